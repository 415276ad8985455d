using ServiceLoop.Engine.Bench.Flows;
using ServiceLoop.Engine.Bench.Measuring;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Bench.Cases;

/// <summary>A workflow of ten trivial activities from start to end, in memory.</summary>
internal static class BurstCase
{
    public const int Length = 10;

    public static Group Group() =>
        new(
            "Run: ten trivial activities, start to end",
            "run",
            [
                Of("run: flowchart, sound", Chart(FlowSemantics.Sound)),
                Of("run: flowchart, elsa-counter", Chart(FlowSemantics.ElsaCounter)),
                Of("run: flowchart, elsa-token", Chart(FlowSemantics.ElsaToken)),
                Of("run: sequence", Charts.Sequence(Length)),
                Of(
                    "run: flowchart of WriteLine, sound",
                    Charts.Chain(Length, FlowSemantics.Sound, static () => new WriteLine { Text = new("hello") })
                ),
                new("run: ceiling, ten virtual calls and a journal by hand", WalkByHand()),
            ]
        )
        {
            Aim = new(10_000, 4_000),
            Recorded = [new("Elsa 3.6.3", 1_000_000, 380_000)],
            Note =
                "One `Advance` from a new state to the end, the journal included; nothing is stored. The ceiling has neither queue nor joins nor variables.",
        };

    public static WorkflowGraph Chart(FlowSemantics semantics) => Charts.Chain(Length, semantics, static () => new Nothing());

    private static Contestant Of(string name, WorkflowGraph graph)
    {
        Charts.Check(graph, Length);
        return new(name, () => Charts.Run(graph));
    }

    private static Action WalkByHand()
    {
        var walk = new HandWalk(Length);
        return () => walk.Run();
    }
}
