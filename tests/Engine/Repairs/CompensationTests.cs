using System.Text.Json.Nodes;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Repairs;

/// <summary>Undo steps: when they run, in which order, and what ends them.</summary>
public sealed class CompensationTests
{
    private static readonly Stimulus Cancel = new Stimulus.Cancel(Compensate: true);

    [Fact]
    public void A_cancelled_instance_undoes_what_was_done_newest_first()
    {
        var run = Started(Booking(Draw.Wait("w")));

        run.Take(Cancel);

        run.Lines.ShouldBe(["A", "B", "undoB", "undoA"]);
        run.Status.ShouldBe("Finished/Cancelled");
        run.State.Undo.ShouldBeEmpty();
    }

    [Fact]
    public void A_fault_undoes_what_was_done_and_stays_a_fault()
    {
        var run = Started(Booking(Draw.Fault("f")));

        run.Lines.ShouldBe(["A", "B", "undoB", "undoA"]);
        run.Status.ShouldBe("Finished/Faulted");
        run.State.Incidents.ShouldHaveSingleItem().ActivityId.ShouldBe("f");
        run.State.Frames.ShouldBeEmpty();
    }

    [Fact]
    public void A_cancel_without_compensation_undoes_nothing()
    {
        var run = Started(Booking(Draw.Wait("w")));

        run.Take(new Stimulus.Cancel());

        run.Lines.ShouldBe(["A", "B"]);
        run.Status.ShouldBe("Finished/Cancelled");
    }

    [Fact]
    public void An_undo_step_may_wait_and_the_older_ones_wait_for_it()
    {
        var run = Started(Booking(Draw.Wait("w"), Draw.Wait("undoB")));

        run.Take(Cancel);

        run.Status.ShouldBe("Running/Suspended");
        run.Waiting.ShouldBe(["undoB"]);
        run.Lines.ShouldBe(["A", "B"]);
        run.Resume("undoB");
        run.Lines.ShouldBe(["A", "B", "undoA"]);
        run.Status.ShouldBe("Finished/Cancelled");
    }

    [Fact]
    public void An_undo_step_that_waits_for_ever_can_be_cancelled()
    {
        var run = Started(Booking(Draw.Wait("w"), Draw.Wait("undoB")));
        run.Take(Cancel);

        run.Take(new Stimulus.Cancel());

        run.Status.ShouldBe("Finished/Cancelled");
        run.State.Bookmarks.ShouldBeEmpty();
    }

    [Fact]
    public void An_undo_step_that_is_cancelled_by_hand_lets_the_older_ones_run()
    {
        var run = Started(Booking(Draw.Wait("w"), Draw.Wait("undoB")));
        run.Take(Cancel);

        run.Take(new Stimulus.Alter([new Alteration.CancelActivity("undoB")]));

        run.Lines.ShouldBe(["A", "B", "undoA"]);
        run.Status.ShouldBe("Finished/Cancelled");
    }

    [Fact]
    public void An_undo_step_that_fails_leaves_the_instance_faulted()
    {
        var run = Started(Booking(Draw.Wait("w"), Draw.Fault("undoB")));

        run.Take(Cancel);

        run.Lines.ShouldBe(["A", "B"]);
        run.Status.ShouldBe("Finished/Faulted");
        run.State.Incidents.ShouldHaveSingleItem().ActivityId.ShouldBe("undoB");
    }

    [Theory]
    [InlineData("Elsa.Finish")]
    [InlineData("Elsa.Complete")]
    [InlineData("Elsa.End")]
    public void An_undo_step_cannot_end_the_workflow_in_another_way(string type)
    {
        var run = Started(Booking(Draw.Wait("w"), Draw.Of(type, "undoB")));

        run.Take(Cancel);

        run.Status.ShouldBe("Finished/Cancelled");
        run.State.Undoing.ShouldBeNull();
        run.Lines.ShouldBe(["A", "B", "undoA"]);
    }

    [Fact]
    public void An_undo_step_sees_what_it_undoes()
    {
        var run = Started(
            Draw.Chart("A>w", Draw.Line("A").UndoneBy("u"), Draw.Wait("w"), Draw.Line("u", "get Compensated"))
                .AsDefinition(commit: "ActivityExecuting")
        );

        for (var i = 0; i < 9 && run.History[^1].Step.IsCheckpoint; i++)
            run.Take(new Stimulus.Continue());

        run.Take(Cancel);
        run.Take(new Stimulus.Continue());

        run.Lines[^1].ShouldBe("""{"activityId":"A","execution":3,"inputs":{"Text":"A"},"outputs":{}}""");
        run.Status.ShouldBe("Finished/Cancelled");
    }

    [Fact]
    public void An_undo_step_sees_outputs_from_before_a_wait()
    {
        var run = Started(Draw.Chart("T>w", Draw.Of("Elsa.RunTask", "T").UndoneBy("u"), Draw.Wait("w"), Draw.Line("u", "get Compensated")));
        run.Resume("T");

        run.Take(Cancel);

        run.Lines[^1].ShouldContain("\"TaskId\":\"wf-1:3\"");
    }

    [Fact]
    public void A_workflow_may_undo_and_the_instance_waits_for_it()
    {
        var run = Started(
            Draw.Chart("A>w", Draw.Line("A").Custom("compensation", new JsonObject { ["workflow"] = "refund" }), Draw.Wait("w"))
        );

        var step = run.Take(Cancel);

        var dispatch = step.Effects.OfType<Effect.Dispatch>().ShouldHaveSingleItem();
        dispatch.DefinitionId.ShouldBe("refund");
        run.Status.ShouldBe("Running/Suspended");
        run.Take(new Stimulus.Resume(run.State.Bookmarks.ShouldHaveSingleItem().Id));
        run.Status.ShouldBe("Finished/Cancelled");
    }

    [Fact]
    public void Only_what_completed_is_undone_and_each_time_it_did()
    {
        var run = Started(
            Draw.Chart(
                    "S>A A>d d.True>A d.False>w",
                    Draw.Line("A").UndoneBy("u"),
                    Draw.If("d", "count n 2"),
                    Draw.Wait("w").UndoneBy("u"),
                    Draw.Line("u")
                )
                .AsDefinition(variables: Draw.Variable("n"))
        );

        run.Take(Cancel);

        run.Lines.ShouldBe(["S", "A", "A", "A", "u", "u", "u"]);
    }

    /// <summary>A, then B, then the last step; both can be undone.</summary>
    private static JsonObject Booking(JsonObject last, JsonObject? undoB = null) =>
        Draw.Chart(
            $"A>B B>{(string?)last["id"]}",
            Draw.Line("A").UndoneBy("undoA"),
            Draw.Line("B").UndoneBy("undoB"),
            last,
            Draw.Line("undoA"),
            undoB ?? Draw.Line("undoB")
        );

    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void A_workflow_that_is_cancelled_by_hand_while_it_is_undone_ends(FlowSemantics semantics)
    {
        // Found by the fuzzer: the older undo steps went on without the workflow that they hang on.
        var run = Started(Booking(Draw.Wait("w"), Draw.Wait("undoB")), semantics);
        run.Take(Cancel);
        run.Waiting.ShouldBe(["undoB"]);

        run.Take(new Stimulus.Alter([new Alteration.CancelActivity(run.Graph.Root.Id)]));

        run.Status.ShouldBe("Finished/Cancelled");
        run.Lines.ShouldBe(["A", "B"]);
        run.State.Frames.ShouldBeEmpty();
        run.State.Undoing.ShouldBeNull();
    }

    private static ChartRun Started(JsonObject drawing, FlowSemantics semantics = FlowSemantics.Sound)
    {
        var run = new ChartRun(drawing.Graph(semantics));
        run.Take(new Stimulus.Start());
        return run;
    }
}
