using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Repairs;

/// <summary>Faults, and what people do about them.</summary>
public sealed class FaultTests
{
    private static readonly Stimulus Retry = new Stimulus.Retry();

    [Fact]
    public void A_fault_takes_waiters_down_and_a_skip_brings_them_back()
    {
        var run = Started(Draw.Chart("S>w S>f w>A f>B A>J B>J", Draw.Wait("w"), Draw.Fault("f"), Draw.Join("J", "WaitAll")));

        run.Status.ShouldBe("Finished/Faulted");
        run.State.Bookmarks.ShouldBeEmpty();
        run.State.Parked.Length.ShouldBe(1);
        run.Resume("w").ShouldBeFalse();

        var step = run.Take(Alter(new Alteration.Skip(FrameOf(run, "f"), [])));

        run.Status.ShouldBe("Running/Suspended");
        run.State.Incidents.ShouldBeEmpty();
        step.Effects.OfType<Effect.BookmarkAdded>().Count().ShouldBe(1);
        run.Resume("w").ShouldBeTrue();
        run.Lines.ShouldBe(["S", "B", "A"]);
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void The_failed_activity_can_be_cancelled_and_the_rest_goes_on()
    {
        var run = Started(Draw.Chart("S>w S>f w>A f>B A>J B>J J>Z", Draw.Wait("w"), Draw.Fault("f"), Draw.Join("J", "WaitAllActive")));

        run.Take(Alter(new Alteration.CancelActivity("f")));

        run.Status.ShouldBe("Running/Suspended");
        run.Waiting.ShouldBe(["w"]);
        run.Resume("w");
        run.Lines.ShouldBe(["S", "A", "Z"]);
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void A_retry_runs_only_the_failed_activity_again()
    {
        var run = Started(Draw.Sequence("s", Draw.Line("A"), Draw.Of("Test.HostAnswer", "H"), Draw.Line("B")));

        run.Take(new Stimulus.Threw(FrameOf(run, "H"), new FaultDetail("no answer")));
        run.Status.ShouldBe("Finished/Faulted");
        run.Take(Retry).Invocation.ShouldNotBeNull();
        run.Take(new Stimulus.Returned(FrameOf(run, "H"), [new HostAction.Complete(Outcomes.Default)]));

        run.Lines.ShouldBe(["A", "B"]);
        run.Status.ShouldBe("Finished/Finished");
        run.State.Incidents.ShouldBeEmpty();
    }

    [Fact]
    public void An_instance_that_finishes_after_a_retry_says_so()
    {
        var run = Started(Draw.Sequence("s", Draw.Of("Test.HostAnswer", "H"), Draw.Line("A")));

        run.Take(new Stimulus.Threw(FrameOf(run, "H"), new FaultDetail("no answer")))
            .Effects.ShouldContain(new Effect.Ended(WorkflowSubStatus.Faulted));
        run.Take(Retry);
        var step = run.Take(new Stimulus.Returned(FrameOf(run, "H"), [new HostAction.Complete(Outcomes.Default)]));

        step.Effects.ShouldContain(new Effect.Ended(WorkflowSubStatus.Finished));
    }

    [Fact]
    public void A_skip_that_ends_a_faulted_instance_is_told()
    {
        var run = Started(Draw.Sequence("s", Draw.Fault("f"), Draw.Line("A")));

        var step = run.Take(Alter(new Alteration.Skip(FrameOf(run, "f"), [])));

        run.Status.ShouldBe("Finished/Finished");
        step.Effects.ShouldContain(new Effect.Ended(WorkflowSubStatus.Finished));
    }

    [Fact]
    public void Finish_after_a_repair_finishes()
    {
        var run = Started(Draw.Sequence("s", Draw.Fault("f"), Draw.Of("Elsa.Finish", "X")));

        run.Take(Alter(new Alteration.Skip(FrameOf(run, "f"), [])));

        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void A_faulted_instance_stays_so_when_its_background_job_returns_and_keeps_the_result()
    {
        var run = Started(
            Draw.Many(
                "Elsa.Parallel",
                "p",
                "activities",
                Draw.Sequence("s1", Draw.Of("Test.HostJob", "J"), Draw.Line("A")),
                Draw.Sequence("s2", Draw.Line("B"), Draw.Fault("f"))
            )
        );
        run.Status.ShouldBe("Finished/Faulted");

        run.Take(new Stimulus.Returned(FrameOf(run, "J"), [new HostAction.Complete(Outcomes.Default)]));

        run.Status.ShouldBe("Finished/Faulted");
        run.Lines.ShouldBe(["B"]);
        run.Take(Alter(new Alteration.Skip(FrameOf(run, "f"), [])));
        run.Lines.ShouldBe(["B", "A"]);
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void A_stray_continue_does_not_revive_a_faulted_instance()
    {
        var run = Started(Draw.Chart("S>f S>B", Draw.Fault("f")));
        run.State.Queue.ShouldNotBeEmpty();

        run.Take(new Stimulus.Continue()).Effects.ShouldBeEmpty();

        run.Status.ShouldBe("Finished/Faulted");
        run.Lines.ShouldBe(["S"]);
    }

    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaCounter)]
    [InlineData(FlowSemantics.ElsaToken)]
    public void Going_on_with_incidents_finishes_after_the_repair(FlowSemantics semantics)
    {
        var run = new ChartRun(
            Draw.Many(
                    "Elsa.Parallel",
                    "p",
                    "activities",
                    Draw.Of("Test.HostAnswer", "H"),
                    Draw.Sequence("s", Draw.Wait("w"), Draw.Line("A"))
                )
                .AsDefinition(goesOnWithIncidents: true)
                .Graph(semantics)
        );
        run.Take(new Stimulus.Start());

        run.Take(new Stimulus.Threw(FrameOf(run, "H"), new FaultDetail("no answer")));
        run.Status.ShouldBe("Running/Suspended");
        run.State.Incidents.Length.ShouldBe(1);
        run.Resume("w").ShouldBeTrue();
        run.Status.ShouldBe("Running/Suspended");
        run.Take(Retry);
        run.Take(new Stimulus.Returned(FrameOf(run, "H"), [new HostAction.Complete(Outcomes.Default)]));

        run.Lines.ShouldBe(["A"]);
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void A_retry_of_two_racing_branches_runs_the_loser_no_more()
    {
        var run = new ChartRun(
            Draw.Many("Elsa.Fork", "fork", "branches", Draw.Of("Test.HostJob", "A"), Draw.Of("Test.HostJob", "B"))
                .With("joinMode", "WaitAny")
                .AsDefinition(goesOnWithIncidents: true)
                .Graph()
        );
        run.Take(new Stimulus.Start());
        run.Take(new Stimulus.Threw(FrameOf(run, "A"), new FaultDetail("a")));
        run.Take(new Stimulus.Threw(FrameOf(run, "B"), new FaultDetail("b")));
        run.Take(Retry);

        var step = run.Take(new Stimulus.Returned(FrameOf(run, "A"), [new HostAction.Complete(Outcomes.Default)]));

        run.Status.ShouldBe("Finished/Finished");
        step.State.Bookmarks.ShouldBeEmpty();
    }

    [Fact]
    public void A_retried_activity_whose_container_has_ended_meanwhile_does_not_run()
    {
        var run = new ChartRun(
            Draw.Many("Elsa.Fork", "fork", "branches", Once("A"), Once("B"))
                .With("joinMode", "WaitAny")
                .AsDefinition(goesOnWithIncidents: true, variables: Draw.Variable("n"))
                .Graph()
        );
        run.Take(new Stimulus.Start());
        run.State.Incidents.Length.ShouldBe(2);
        run.Take(Alter(new Alteration.ModifyVariable("n", 5)));

        run.Take(Retry);

        run.Lines.ShouldBe(["5"]);
        run.Status.ShouldBe("Finished/Finished");

        static System.Text.Json.Nodes.JsonObject Once(string id) => Draw.Line(id, "needs n");
    }

    [Fact]
    public void A_loop_whose_condition_fails_goes_on_after_the_retry()
    {
        var run = Started(
            Draw.Of("Elsa.While", "loop")
                .With("condition", Draw.Script("Boolean", "flaky n 2"))
                .With("body", Draw.Chart("A>B"))
                .AsDefinition(variables: Draw.Variable("n"))
        );

        run.Status.ShouldBe("Finished/Faulted");
        run.Take(Retry);

        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void An_exception_of_a_loop_that_is_told_of_a_skip_is_an_incident()
    {
        var run = Started(
            Draw.Of("Elsa.While", "loop")
                .With("condition", Draw.Script("Boolean", "flaky n 2"))
                .With("body", Draw.Wait("w"))
                .AsDefinition(variables: Draw.Variable("n"))
        );

        run.Take(Alter(new Alteration.Skip(FrameOf(run, "w"), [])));

        run.Status.ShouldBe("Finished/Faulted");
        run.State.Incidents.Length.ShouldBe(1);
    }

    [Fact]
    public void A_runaway_loop_names_its_nodes_and_a_retry_gives_a_new_budget()
    {
        var run = Started(Draw.Chart("A>B B>A"));

        run.Status.ShouldBe("Finished/Faulted");
        var incident = run.State.Incidents.ShouldHaveSingleItem();
        incident.Kind.ShouldBe(IncidentKind.Runaway);
        incident.Message.ShouldContain("'A'");
        incident.Message.ShouldContain("'B'");
        var before = run.Lines.Count;

        run.Take(Retry);

        run.Lines.Count.ShouldBeGreaterThan(before + 9_000);
        run.State.Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Runaway);
    }

    [Fact]
    public void A_runaway_loop_can_be_stopped_by_hand()
    {
        var run = Started(
            Draw.Chart("A>d d.True>A d.False>Z", Draw.If("d", "every n 2")).AsDefinition(variables: Draw.Variable("n", "Int32", 0))
        );

        run.Take(Alter(new Alteration.ModifyVariable("n", 1)));

        run.Lines[^1].ShouldBe("Z");
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void An_activity_that_nothing_can_wake_is_an_incident_until_it_is_skipped()
    {
        var run = Started(Draw.Sequence("s", Draw.Of("Test.Forgetful", "F"), Draw.Line("A")));

        run.Status.ShouldBe("Running/Suspended");
        var incident = run.State.Incidents.ShouldHaveSingleItem();
        incident.Kind.ShouldBe(IncidentKind.Stuck);
        incident.ActivityId.ShouldBe("F");
        run.Take(Alter(new Alteration.Skip(FrameOf(run, "F"), [])));

        run.Lines.ShouldBe(["A"]);
        run.Status.ShouldBe("Finished/Finished");
        run.State.Incidents.ShouldBeEmpty();
    }

    [Fact]
    public void A_bookmark_asked_for_after_completion_is_nobodys()
    {
        var run = Started(Draw.Sequence("s", Draw.Of("Test.Reluctant", "R").With("body", Draw.Line("never")), Draw.Line("A")));

        run.State.Bookmarks.ShouldBeEmpty();
        run.Lines.ShouldNotContain("never");
    }

    [Fact]
    public void Cancelling_everything_by_hand_is_a_cancelled_instance()
    {
        var run = Started(Draw.Sequence("s", Draw.Wait("w")));

        run.Take(Alter(new Alteration.CancelActivity(null, run.State.Frames[0].Id)));

        run.Status.ShouldBe("Finished/Cancelled");
    }

    private static ChartRun Started(System.Text.Json.Nodes.JsonObject drawing)
    {
        var run = new ChartRun(drawing.Graph());
        run.Take(new Stimulus.Start());
        return run;
    }

    private static Stimulus Alter(params ImmutableArray<Alteration> alterations) => new Stimulus.Alter(alterations);

    private static long FrameOf(ChartRun run, string activityId) =>
        run.State.Frames.Single(f => run.Graph.Nodes[f.Node].Id == activityId).Id;
}
