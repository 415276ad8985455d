using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.Tests.Charts;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Repairs;

/// <summary>A container that failed while its children live, and begins anew.</summary>
public sealed class RetriedContainerTests
{
    [Fact]
    public void What_the_failed_attempt_began_is_cancelled_by_the_retry()
    {
        var run = Run(IncidentStrategy.Fault);
        run.Resume("k");
        run.Status.ShouldBe("Finished/Faulted");

        run.Take(new Stimulus.Retry());

        // One body waits, not the old one beside the new one.
        run.Status.ShouldBe("Running/Suspended");
        run.Waiting.ShouldBe(["body", "k"]);
    }

    [Fact]
    public void Nothing_is_scheduled_by_hand_into_a_container_that_is_about_to_run_again()
    {
        // The burst waits for the host, so the retry stays in the queue.
        var run = Run(IncidentStrategy.ContinueWithIncidents, new HostAnswer { Id = "host" });
        run.Resume("k");
        run.Resume("gate");
        run.Status.ShouldBe("Running/Executing");
        run.Take(new Stimulus.Retry());

        var refused = Should.Throw<AlterationException>(() => run.Take(new Stimulus.Alter([new Alteration.ScheduleActivity("body")])));

        refused.Message.ShouldContain("its container 'k' is about to run again");
    }

    private static ChartRun Run(IncidentStrategy strategy, params Activity[] afterGate)
    {
        var compiler = new WorkflowCompiler(ActivityCatalog.WithEngineActivities().Add<HostAnswer>().Add<Keeper>(), []);
        var keeper = new Keeper
        {
            Id = "k",
            Body = new Event { Id = "body", EventName = "body" },
        };
        var other = new Sequence { Activities = [new Event { Id = "gate", EventName = "gate" }, .. afterGate] };
        var run = new ChartRun(compiler.Compile(new Nodes.Parallel { Activities = [keeper, other] }, strategy: strategy).GraphOrThrow());
        run.Take(new Stimulus.Start());

        // Only where the gate matters: it waits beside the keeper otherwise.
        if (afterGate.Length == 0)
            run.Resume("gate");

        run.Waiting.ShouldContain("k");
        return run;
    }

    /// <summary>Begins its body, and fails when it is woken.</summary>
    [Activity("Test")]
    public sealed class Keeper : Activity
    {
        [Port]
        public Activity? Body { get; set; }

        protected override void Execute(ActivityExecutionContext context)
        {
            context.Schedule(Body!);
            context.CreateBookmark(new BookmarkRequest("Test.Keeper"), OnWoken);
        }

        private void OnWoken(ActivityExecutionContext context) => throw new WorkflowFaultException("Woken on purpose.");
    }
}
