using System.Globalization;
using ServiceLoop.Engine.Bench.Flows;
using ServiceLoop.Engine.Bench.Measuring;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Bench.Cases;

/// <summary>What one activity costs, whatever the size of the workflow.</summary>
internal static class GrowthCase
{
    // A step may run 10 000 activities, and in Elsa's modes the workflow and the chart count too.
    private static readonly int[] Lengths = [10, 100, 1_000, 9_990];
    private static readonly int[] Diamonds = [10, 100, 1_000, 3_000];
    private static readonly int[] Branches = [10, 100, 1_000];

    public static IEnumerable<Group> Groups(Effort effort)
    {
        var lengths = Fitting(Lengths, effort);
        var diamonds = Fitting(Diamonds, effort);
        (FlowSemantics Semantics, string Name)[] all =
        [
            (FlowSemantics.Sound, "sound"),
            (FlowSemantics.ElsaCounter, "elsa-counter"),
            (FlowSemantics.ElsaToken, "elsa-token"),
        ];

        return all.Select(s => Chains("Growth: a chain runs as flowchart", s.Name, lengths, n => BurstChart(n, s.Semantics)))
            .Append(Chains("Growth: a chain runs as sequence", "sound", lengths, Charts.Sequence))
            .Append(
                new(
                    "Growth: a chain is read and compiled",
                    "activity",
                    [.. lengths.Select(n => Compiling($"growth: compile chain, {Text(n)} activities", DefinitionText.Chain(n), n))]
                )
            )
            .Concat(all.Select(s => DiamondsRun(s.Name, s.Semantics, diamonds)))
            .Concat(all.Select(s => DiamondsFirst(s.Name, s.Semantics, diamonds)))
            .Concat(all.Select(s => Fans(s.Name, s.Semantics, Fitting(Branches, effort))));
    }

    private static int[] Fitting(int[] sizes, Effort effort) => effort.IsQuick ? sizes[..2] : sizes;

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');

    private static WorkflowGraph BurstChart(int length, FlowSemantics semantics) =>
        Charts.Chain(length, semantics, static () => new Nothing());

    private static Group Chains(string title, string semantics, int[] lengths, Func<int, WorkflowGraph> make) =>
        new(
            $"{title}, {semantics}",
            "activity",
            [
                .. lengths.Select(n =>
                {
                    var graph = make(n);
                    Charts.Check(graph, n);
                    return new Contestant($"{title.ToLowerInvariant()}, {semantics}, {Text(n)}", () => Charts.Run(graph), n);
                }),
            ]
        );

    private static Contestant Compiling(string name, byte[] utf8, int operations) => new(name, () => CompileCase.Compile(utf8), operations);

    private static Group DiamondsRun(string name, FlowSemantics semantics, int[] sizes) =>
        new(
            $"Growth: diamonds and a way back run, {name}",
            "diamond",
            [
                .. sizes.Select(n =>
                {
                    var graph = CompileCase.Compile(DefinitionText.Diamonds(n), semantics);
                    Charts.Check(graph, (3 * n) + 1);
                    return new Contestant($"growth: run diamonds, {name}, {Text(n)}", () => Charts.Run(graph), n);
                }),
            ]
        );

    private static Group DiamondsFirst(string name, FlowSemantics semantics, int[] sizes) =>
        new(
            $"Growth: diamonds and a way back are read, compiled and run for the first time, {name}",
            "diamond",
            [
                .. sizes.Select(n =>
                {
                    var utf8 = DefinitionText.Diamonds(n);
                    return new Contestant(
                        $"growth: compile and run diamonds, {name}, {Text(n)}",
                        () => Charts.Run(CompileCase.Compile(utf8, semantics)),
                        n
                    );
                }),
            ]
        )
        {
            Note =
                "With the analysis of loops and joins, which the first run makes. Elsa 3.6.3 doubles with each diamond (recorded, not run here).",
        };

    private static Group Fans(string name, FlowSemantics semantics, int[] sizes) =>
        new(
            $"Growth: a split and a join of many branches run, {name}",
            "branch",
            [
                .. sizes.Select(n =>
                {
                    var graph = CompileCase.Compile(DefinitionText.Fan(n), semantics);
                    Charts.Check(graph, n + 2);
                    return new Contestant($"growth: run fan, {name}, {Text(n)}", () => Charts.Run(graph), n);
                }),
            ]
        );
}
