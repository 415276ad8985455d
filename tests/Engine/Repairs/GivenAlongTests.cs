using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.Engine.Tests.Properties;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Repairs;

/// <summary>What an activity gives along with a child, while the child waits in the queue of a paused burst.</summary>
public sealed class GivenAlongTests
{
    [Theory]
    [InlineData(FlowSemantics.Sound)]
    [InlineData(FlowSemantics.ElsaCounter)]
    public void What_cannot_be_kept_is_the_fault_of_the_activity_that_gives_it(FlowSemantics semantics)
    {
        var run = Run(new Giver { Given = HostileValues.Endless() }, semantics);

        var incident = run.State.Incidents.ShouldHaveSingleItem();
        incident.ActivityType.ShouldBe("Test.Giver");
        incident.Message.ShouldContain("refers to itself");
    }

    [Fact]
    public void What_the_owner_changes_later_does_not_reach_the_child()
    {
        var run = Run(new Giver { Given = "first", Later = "second" }, FlowSemantics.Sound);
        run.State.Queue.ShouldHaveSingleItem();

        run.Take(new Stimulus.Returned(run.State.Frames.Single(f => f.Invoking).Id, [new HostAction.Complete(Outcomes.Default)]));

        run.Lines.ShouldBe(["first"]);
    }

    [Fact]
    public void What_the_host_gives_along_counts_the_last_of_two_names_that_differ_in_case_only()
    {
        var run = new ChartRun(Compile(new HostParent { Body = new WriteLine { Text = Variable("Given") } }, FlowSemantics.Sound));
        run.Take(new Stimulus.Start());
        var body = run.Graph.Nodes.Single(n => n.Activity is WriteLine).Index;

        run.Take(
            new Stimulus.Returned(
                run.State.Frames.Single(f => f.Invoking).Id,
                [new HostAction.Schedule(body, null, 0, [new("given", "a"), new("GIVEN", "b")])]
            )
        );

        run.Lines.ShouldBe(["b"]);
    }

    /// <summary>The giver schedules its body, and then the host is asked: the body waits in the queue.</summary>
    private static ChartRun Run(Giver giver, FlowSemantics semantics)
    {
        giver.Body = new WriteLine { Text = Variable("Given") };
        var run = new ChartRun(Compile(new Nodes.Parallel { Activities = [giver, new HostAnswer()] }, semantics));
        run.Take(new Stimulus.Start());
        return run;
    }

    private static WorkflowGraph Compile(Activity root, FlowSemantics semantics) =>
        new WorkflowCompiler(ActivityCatalog.WithEngineActivities().Add<HostAnswer>().Add<HostParent>().Add<Giver>(), [])
            .Compile(root, semantics: semantics)
            .GraphOrThrow();

    private static Input<string> Variable(string name) => new(new Expressions.ExpressionDefinition("Variable", name, "$"));

    /// <summary>Schedules its body with a variable.</summary>
    [Activity("Test")]
    public sealed class Giver : Activity
    {
        public object? Given { get; init; }

        public object? Later { get; init; }

        [Port]
        public Activity? Body { get; set; }

        protected override void Execute(ActivityExecutionContext context)
        {
            var variables = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Given"] = Given };
            context.Schedule(Body!, variables: variables);
            variables["Given"] = Later;
        }

        protected override void OnChildCompleted(ActivityExecutionContext context, ActivityCompletion completion) => context.Complete();
    }
}
