using System.Globalization;
using System.Text.Json;
using ServiceLoop.Engine.Bench.Flows;
using ServiceLoop.Engine.Bench.Measuring;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Bench.Cases;

/// <summary>From the bytes of a definition to a graph, warm.</summary>
internal static class CompileCase
{
    private static readonly (int Activities, double AimMilliseconds, double ElsaMilliseconds)[] Sizes =
    [
        (20, 0.5, 8),
        (100, 2, 53),
        (500, 8, 169),
    ];

    public static WorkflowCompiler Compiler { get; } = new(ActivityCatalog.WithEngineActivities().Add<Nothing>(), []);

    public static IEnumerable<Group> Groups() => Sizes.Select(s => Group(s.Activities, s.AimMilliseconds, s.ElsaMilliseconds));

    public static WorkflowGraph Compile(byte[] utf8, FlowSemantics semantics = FlowSemantics.Sound) =>
        Compiler.Compile(ElsaJson.Read(utf8), semantics: semantics).GraphOrThrow();

    private static Group Group(int activities, double aim, double elsa)
    {
        var utf8 = DefinitionText.Designed(activities);
        var definition = ElsaJson.Read(utf8);
        Charts.Check(Compile(utf8), activities);

        return new(
            string.Create(CultureInfo.InvariantCulture, $"Read and compile: {activities} activities, {utf8.Length / 1000.0:0} kB of JSON"),
            "definition",
            [
                new($"compile: read and compile {activities}", () => Compile(utf8)),
                new($"compile: of that, reading {activities}", () => ElsaJson.Read(utf8)),
                new($"compile: of that, compiling {activities}", () => Compiler.Compile(definition).GraphOrThrow()),
                new($"compile: floor, JsonDocument.Parse {activities}", () => JsonDocument.Parse(utf8).Dispose()),
            ]
        )
        {
            Aim = new(aim * 1e6),
            Recorded = [new("Elsa 3.6.3", elsa * 1e6)],
        };
    }
}
