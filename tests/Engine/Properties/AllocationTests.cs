using System.Text;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Properties;

/// <summary>What a step may allocate. Not about time: the numbers are the same on every machine.</summary>
public sealed class AllocationTests
{
    /// <summary>Measured: 100 to 330 bytes. The journal alone, which the caller keeps, is 40 bytes an entry and two entries an activity.</summary>
    private const long BytesPerActivity = 600;

    [Fact]
    public void A_long_chart_allocates_little_for_each_activity()
    {
        var connections = new StringBuilder();

        for (var i = 0; i < 1_000; i++)
            connections.Append($"a{i}>a{i + 1} ");

        Measure(Draw.Chart(connections.ToString(), [.. Enumerable.Range(0, 1_001).Select(i => Draw.Of("Elsa.Start", $"a{i}"))]), 1_001);
    }

    [Fact]
    public void A_long_sequence_allocates_little_for_each_activity()
    {
        Measure(Draw.Sequence("s", [.. Enumerable.Range(0, 1_000).Select(i => Draw.Of("Elsa.Start", $"a{i}"))]), 1_000);
    }

    [Fact]
    public void Diamonds_allocate_little_for_each_activity()
    {
        var connections = new StringBuilder();

        for (var i = 0; i < 250; i++)
            connections.Append($"s{i}>l{i} s{i}>r{i} l{i}>s{i + 1} r{i}>s{i + 1} ");

        Measure(
            Draw.Chart(
                connections.ToString(),
                [
                    .. Enumerable
                        .Range(0, 251)
                        .SelectMany(i => new[] { $"s{i}", $"l{i}", $"r{i}" }.Take(i < 250 ? 3 : 1))
                        .Select(id => Draw.Of("Elsa.Start", id)),
                ]
            ),
            751
        );
    }

    private static void Measure(System.Text.Json.Nodes.JsonObject drawing, int activities)
    {
        var graph = drawing.Graph();
        var state = WorkflowState.New("wf-1", graph);
        var start = new Stimulus.Start();

        // The first runs fill what the graph keeps.
        for (var i = 0; i < 3; i++)
            WorkflowEngine.Advance(graph, state, start, ChartRun.Noon);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var step = WorkflowEngine.Advance(graph, state, start, ChartRun.Noon);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        step.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        step.Journal.Count(j => j.Event == JournalEvent.Completed).ShouldBeGreaterThan(activities);
        (bytes / activities).ShouldBeLessThanOrEqualTo(BytesPerActivity, $"{bytes} bytes for {activities} activities");
    }
}
