using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Repairs;

/// <summary>Instances that stand at a limit or in the middle of a fault: whatever happens to them, the engine answers.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(FlowSemantics.ElsaCounter)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void A_retry_while_a_faulting_burst_still_runs_mends_it(FlowSemantics semantics)
    {
        // In Elsa's modes what was queued still runs after a fault: H asks the host while f has failed.
        var run = new ChartRun(
            Draw.Chart(
                    "S>A A>f A>H",
                    Draw.Line("A").UndoneBy("undoA"),
                    Draw.Line("undoA"),
                    Draw.If("f", "flaky n 1"),
                    Draw.Of("Test.HostAnswer", "H")
                )
                .AsDefinition(variables: Draw.Variable("n"))
                .Graph(semantics)
        );
        run.Take(new Stimulus.Start());
        run.Status.ShouldBe("Running/Executing");
        run.State.Incidents.ShouldHaveSingleItem().ActivityId.ShouldBe("f");

        run.Take(new Stimulus.Retry());

        run.Status.ShouldBe("Running/Executing");
        run.State.Incidents.ShouldBeEmpty();
        run.Take(new Stimulus.Returned(FrameOf(run, "H"), [new HostAction.Complete(Outcomes.Default)]));
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void A_retry_of_one_of_two_faults_of_a_running_burst_leaves_it_faulted()
    {
        var run = new ChartRun(
            Draw.Chart(
                    "S>A A>f A>g A>H",
                    Draw.Line("A").UndoneBy("undoA"),
                    Draw.Line("undoA"),
                    Draw.Fault("f"),
                    Draw.If("g", "flaky n 1"),
                    Draw.Of("Test.HostAnswer", "H")
                )
                .AsDefinition(variables: Draw.Variable("n"))
                .Graph(FlowSemantics.ElsaCounter)
        );
        run.Take(new Stimulus.Start());
        run.State.Incidents.Length.ShouldBe(2);

        run.Take(new Stimulus.Retry(run.State.Incidents.Single(i => i.ActivityId == "g").Id));
        run.Take(new Stimulus.Returned(FrameOf(run, "H"), [new HostAction.Complete(Outcomes.Default)]));

        run.Status.ShouldBe("Finished/Faulted");
        run.State.Incidents.ShouldHaveSingleItem().ActivityId.ShouldBe("f");
        run.Lines.ShouldContain("undoA");
    }

    [Fact]
    public void A_chart_that_multiplies_its_steps_can_be_retried_and_cancelled()
    {
        // Every step leads to every other: the queue grows until it is full.
        var ids = Enumerable.Range(0, 13).Select(i => $"s{i}").ToList();
        var run = new ChartRun(
            Draw.Chart(string.Join(' ', ids.SelectMany(a => ids.Select(b => $"{a}>{b}"))), [.. ids.Select(i => Draw.Of("Elsa.Start", i))])
                .Graph()
        );
        run.Take(new Stimulus.Start());
        run.Status.ShouldBe("Finished/Faulted");
        run.State.Queue.Length.ShouldBe(10_000);

        // The retried activity comes on top of what waits.
        run.Take(new Stimulus.Retry());
        run.Status.ShouldBe("Finished/Faulted");
        run.Take(new Stimulus.Cancel());

        run.Status.ShouldBe("Finished/Cancelled");
        run.State.Frames.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaCounter)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void An_instance_with_a_full_queue_is_loaded_and_refuses_more_by_hand(FlowSemantics semantics)
    {
        var (graph, full) = Full(semantics);

        var refused = Should.Throw<AlterationException>(() =>
            WorkflowEngine.Advance(graph, full, new Stimulus.Alter([new Alteration.ScheduleActivity("a")]), ChartRun.Noon)
        );

        refused.Message.ShouldContain("'a' cannot be scheduled: 10,001 activities wait");
        var cancelled = WorkflowEngine.Advance(graph, full, new Stimulus.Cancel(), ChartRun.Noon).State;
        cancelled.SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
        cancelled.Queue.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaCounter)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void A_full_queue_does_not_keep_an_instance_from_being_undone(FlowSemantics semantics)
    {
        var (graph, full) = Full(semantics);

        var step = WorkflowEngine.Advance(graph, full, new Stimulus.Cancel(Compensate: true), ChartRun.Noon);

        step.Effects.OfType<Effect.WriteLine>().Select(l => l.Text).ShouldBe(["undo"]);
        step.State.SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
    }

    /// <summary>An instance that the host works for, with more in its queue than may be scheduled.</summary>
    private static (WorkflowGraph Graph, WorkflowState State) Full(FlowSemantics semantics)
    {
        var run = new ChartRun(
            Draw.Chart("S>H S>a", Draw.Line("S").UndoneBy("undo"), Draw.Line("undo"), Draw.Of("Test.HostAnswer", "H")).Graph(semantics)
        );
        run.Take(new Stimulus.Start());
        var queued = run.State.Queue.ShouldHaveSingleItem();
        return (run.Graph, run.State with { Queue = [.. Enumerable.Repeat(queued, 10_001)] });
    }

    private static long FrameOf(ChartRun run, string activityId) =>
        run.State.Frames.Single(f => run.Graph.Nodes[f.Node].Id == activityId).Id;
}
