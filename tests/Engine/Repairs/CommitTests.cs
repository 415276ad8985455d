using System.Text.Json.Nodes;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.TestKit;

namespace ServiceLoop.Engine.Tests.Repairs;

/// <summary>Where a burst is committed before its end.</summary>
public sealed class CommitTests
{
    [Theory]
    [InlineData(null, "AB")]
    [InlineData("WorkflowExecuting", "|AB")]
    [InlineData("ActivityExecuting", "||A|B")]
    [InlineData("ActivityExecuted", "A|B")]
    public void A_strategy_of_the_workflow_sets_the_commits(string? strategy, string expected)
    {
        Trace(Draw.Sequence("s", Draw.Line("A"), Draw.Line("B")).AsDefinition(commit: strategy)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Executing", "A|BC")]
    [InlineData("Executed", "AB|C")]
    [InlineData("CommitAlways", "A|B|C")]
    [InlineData("CommitNever", "ABC")]
    public void A_strategy_of_an_activity_sets_the_commits_around_it(string strategy, string expected)
    {
        Trace(Draw.Sequence("s", Draw.Line("A"), Draw.Line("B").Custom("commitStrategyName", strategy), Draw.Line("C"))).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Executing", "A|BC")]
    [InlineData("Executed", "AB|C")]
    public void A_container_is_committed_around_all_of_it(string strategy, string expected)
    {
        Trace(
                Draw.Sequence(
                    "s",
                    Draw.Line("A"),
                    Draw.Sequence("inner", Draw.Line("B")).Custom("commitStrategyName", strategy),
                    Draw.Line("C")
                )
            )
            .ShouldBe(expected);
    }

    [Fact]
    public void An_activity_that_waited_is_committed_after_it_completed()
    {
        Trace(Draw.Sequence("s", Draw.Line("A"), Draw.Of("Elsa.Delay", "D").Custom("commitStrategyName", "Executed"), Draw.Line("C")))
            .ShouldBe("A.|C");
    }

    [Fact]
    public void An_activity_of_an_activity_strategy_wins_over_the_workflow()
    {
        Trace(
                Draw.Sequence("s", Draw.Line("A").Custom("commitStrategyName", "CommitNever"), Draw.Line("B"), Draw.Line("C"))
                    .AsDefinition(commit: "ActivityExecuted")
            )
            .ShouldBe("AB|C");
    }

    [Fact]
    public void The_last_activity_needs_no_checkpoint()
    {
        Trace(Draw.Chart("S>X S>a", Draw.Of("Elsa.End", "X").Custom("commitStrategyName", "Executed"))).ShouldBe("S");
    }

    [Fact]
    public void The_host_is_told_when_to_commit_around_what_it_runs()
    {
        var run = new ChartRun(Draw.Sequence("s", Draw.Of("Test.HostAnswer", "H").Custom("commitStrategyName", "CommitAlways")).Graph());

        run.Take(new Stimulus.Start()).Invocation.ShouldNotBeNull().Commit.ShouldBe(CommitPoint.BeforeAndAfter);
    }

    [Theory]
    [InlineData("WorkflowExecuting")]
    [InlineData("ActivityExecuting")]
    public void A_trigger_behind_a_checkpoint_still_receives_what_started_it(string strategy)
    {
        var run = new ChartRun(
            Draw.Chart("E>L", Draw.Wait("E").Custom("canStartWorkflow", true).With("result", Into("x")), Draw.Line("L", "get x"))
                .AsDefinition(commit: strategy, variables: Draw.Variable("x"))
                .Graph()
        );
        run.Take(
            new Stimulus.Start
            {
                TriggerActivityId = "E",
                TriggerInput = new Dictionary<string, object?> { ["__EventPayloadWorkflowInput"] = "paid" },
            }
        );

        for (var i = 0; i < 9 && run.History[^1].Step.IsCheckpoint; i++)
            run.Take(new Stimulus.Continue());

        run.Lines.ShouldBe(["paid"]);
        run.Status.ShouldBe("Finished/Finished");
    }

    [Fact]
    public void Loop_variables_survive_a_commit_before_the_body()
    {
        Trace(
                Draw.Of("Elsa.ParallelForEach", "each")
                    .With("items", Draw.Literal("Object", "[1,\"b\"]"))
                    .With("body", Draw.Line("L", "get CurrentValue"))
                    .AsDefinition(commit: "ActivityExecuting")
            )
            .ShouldBe("||1|b");
    }

    [Fact]
    public void A_second_continue_changes_nothing_while_the_host_runs_an_activity()
    {
        var run = new ChartRun(Draw.Many("Elsa.Parallel", "p", "activities", Draw.Of("Test.HostAnswer", "H"), Draw.Line("A")).Graph());
        run.Take(new Stimulus.Start()).Invocation.ShouldNotBeNull();

        run.Take(new Stimulus.Continue()).Effects.ShouldBeEmpty();

        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Executing);
    }

    [Theory]
    [InlineData("Every 10 seconds", 10)]
    [InlineData("every 10 seconds", 10)]
    [InlineData("Periodic30Seconds", 30)]
    [InlineData("Periodically", 10)]
    [InlineData("Every minute", 60)]
    [InlineData("Every 2 hours", 7200)]
    public void A_burst_that_takes_longer_than_the_interval_is_committed_on_its_way(string strategy, int seconds)
    {
        var interval = TimeSpan.FromSeconds(seconds);
        var run = new ChartRun(ThreeCalls(strategy));
        run.Take(new Stimulus.Start()).Invocation.ShouldNotBeNull();

        // Not later than the interval: on it goes.
        run.Take(Answer(run, "H1"), ChartRun.Noon + interval).IsCheckpoint.ShouldBeFalse();
        run.Take(Answer(run, "H2"), ChartRun.Noon + interval + TimeSpan.FromMilliseconds(1)).IsCheckpoint.ShouldBeTrue();
        // A commit may take longer than the interval: it is not repeated.
        run.Take(new Stimulus.Continue(), ChartRun.Noon + interval * 5).Invocation.ShouldNotBeNull();

        // The last commit counts, not the beginning.
        run.Take(Answer(run, "H3"), ChartRun.Noon + interval * 6).IsCheckpoint.ShouldBeFalse();
        run.Status.ShouldBe("Finished/Finished");
        run.Lines.ShouldBe(["end"]);
        run.State.CommittedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("When I like it")]
    [InlineData("Every 0 seconds")]
    [InlineData("Every 10 parsecs")]
    public void An_unknown_strategy_is_a_warning_and_commits_at_the_end(string strategy)
    {
        var graph = ThreeCalls(strategy);

        graph.CommitInterval.ShouldBeNull();
        graph.Warnings.ShouldContain(w => w.Code == "options.commit-strategy" && w.Message.Contains(strategy, StringComparison.Ordinal));
    }

    [Fact]
    public void The_time_of_waiting_does_not_count_as_time_without_commit()
    {
        var run = new ChartRun(
            Draw.Sequence("s", Draw.Of("Elsa.Delay", "D"), Draw.Line("A"), Draw.Line("B")).AsDefinition(commit: "Every 10 seconds").Graph()
        );
        run.Take(new Stimulus.Start());

        run.Take(new Stimulus.Resume(run.State.Bookmarks[0].Id), ChartRun.Noon.AddDays(1)).IsCheckpoint.ShouldBeFalse();

        run.Lines.ShouldBe(["A", "B"]);
    }

    [Theory]
    [InlineData("ActivityExecuted")]
    [InlineData("ActivityExecuting")]
    public void Commits_give_an_endless_loop_no_new_budget(string strategy)
    {
        var run = new ChartRun(Endless(Draw.Line("A"), strategy));
        var step = run.Take(new Stimulus.Start());

        for (var i = 0; i <= run.Graph.StepBudget && step.IsCheckpoint; i++)
            step = run.Take(new Stimulus.Continue());

        run.Status.ShouldBe("Finished/Faulted");
        run.State.Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Runaway);
        run.State.BurstSteps.ShouldBe(0);
    }

    [Fact]
    public void A_loop_that_calls_the_host_without_end_is_found()
    {
        var run = new ChartRun(Endless(Draw.Of("Test.HostAnswer", "H"), null));
        var step = run.Take(new Stimulus.Start());
        var calls = 0;

        for (; calls <= run.Graph.StepBudget && step.Invocation is not null; calls++)
            step = run.Take(Answer(run, "H"));

        calls.ShouldBe(run.Graph.StepBudget);
        run.State.Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Runaway);
    }

    private static WorkflowGraph Endless(JsonObject body, string? commit) =>
        Draw.Of("Elsa.While", "W").With("condition", Draw.Literal("Boolean", true)).With("body", body).AsDefinition(commit: commit).Graph();

    private static WorkflowGraph ThreeCalls(string strategy) =>
        Draw.Sequence(
                "s",
                Draw.Of("Test.HostAnswer", "H1"),
                Draw.Of("Test.HostAnswer", "H2"),
                Draw.Of("Test.HostAnswer", "H3"),
                Draw.Line("end")
            )
            .AsDefinition(commit: strategy)
            .Graph();

    private static Stimulus.Returned Answer(ChartRun run, string activity) =>
        new(run.State.Frames.Single(f => run.Graph.Nodes[f.Node].Id == activity).Id, [new HostAction.Complete(Outcomes.Default)]);

    private static JsonObject Into(string variable) =>
        new()
        {
            ["typeName"] = "Object",
            ["memoryReference"] = new JsonObject { ["id"] = variable },
        };

    /// <summary>What was printed, a bar for each checkpoint and a dot for each wait.</summary>
    private static string Trace(JsonObject drawing)
    {
        var run = new ChartRun(drawing.Graph());
        var step = run.Take(new Stimulus.Start());
        var trace = Lines(step);

        for (var i = 0; i < 50 && run.State.Status == WorkflowStatus.Running; i++)
        {
            if (step.IsCheckpoint)
            {
                step = run.Take(new Stimulus.Continue());
                trace += "|" + Lines(step);
            }
            else
            {
                run.State.Bookmarks.ShouldNotBeEmpty();
                step = run.Take(new Stimulus.Resume(run.State.Bookmarks[0].Id));
                trace += "." + Lines(step);
            }
        }

        run.Status.ShouldBe("Finished/Finished");
        return trace;

        static string Lines(Step step) => string.Concat(step.Effects.OfType<Effect.WriteLine>().Select(l => l.Text));
    }
}
