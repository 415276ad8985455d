using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Instances;

public class DoorTests : WorldTests
{
    [Fact]
    public async Task A_started_instance_is_durable_with_its_waiter()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Line("a")}, {HostUnderTest.Event("go")}, {HostUnderTest.Line("b")}");

        var state = await World.StartAsync("main", "i-1");

        state.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await World.Store.FindBookmarksAsync(new(InstanceId: "i-1"), Ct)).ShouldHaveSingleItem().Name.ShouldBe("Elsa.Event");
    }

    [Fact]
    public async Task A_resume_finishes_it_and_its_waiter_is_gone()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("b")}");
        var state = await World.StartAsync("main", "i-1");

        var result = await World.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct);

        result.Outcome.ShouldBe(ResumeOutcome.Resumed);
        result.State!.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.Store.FindBookmarksAsync(new(InstanceId: "i-1"), Ct)).ShouldBeEmpty();
        (await World.LinesAsync("i-1")).ShouldBe(["b"]);
    }

    [Fact]
    public async Task A_second_resume_is_told_that_it_is_gone()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"));
        var state = await World.StartAsync("main", "i-1");
        await World.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct);

        (await World.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct)).Outcome.ShouldBe(ResumeOutcome.Gone);
        (await World.Runtime.ResumeAsync("i-1", 4711, null, null, Ct)).Outcome.ShouldBe(ResumeOutcome.Unknown);
        (await World.Runtime.ResumeAsync("none", 1, null, null, Ct)).Outcome.ShouldBe(ResumeOutcome.Unknown);
    }

    [Fact]
    public async Task A_task_is_completed_once_by_its_id()
    {
        await World.PublishAsync("main", """{ "type": "Elsa.RunTask", "id": "ask", "taskName": "Ask" }""");
        var state = await World.StartAsync("main", "i-1");
        var taskId = $"i-1:{state.Bookmarks[0].FrameId}";

        (await World.Runtime.CompleteTaskAsync(taskId, "yes", Ct)).Outcome.ShouldBe(ResumeOutcome.Resumed);

        (await World.Runtime.CompleteTaskAsync(taskId, "no", Ct)).Outcome.ShouldBe(ResumeOutcome.Gone);
        (await World.Runtime.CompleteTaskAsync("i-1:99", "no", Ct)).Outcome.ShouldBe(ResumeOutcome.Unknown);
        (await World.Runtime.CompleteTaskAsync("nonsense", "no", Ct)).Outcome.ShouldBe(ResumeOutcome.Unknown);
    }

    [Fact]
    public async Task A_task_row_lives_as_long_as_its_waiter()
    {
        await World.PublishAsync("main", """{ "type": "Elsa.RunTask", "id": "ask", "taskName": "Ask" }""");
        var state = await World.StartAsync("main", "i-1");
        (await OpenTasksAsync()).ShouldBe([$"i-1:{state.Bookmarks[0].FrameId}"]);

        await World.Runtime.CompleteTaskAsync($"i-1:{state.Bookmarks[0].FrameId}", "yes", Ct);

        (await OpenTasksAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stimulus_starts_what_it_triggers_and_resumes_who_waited()
    {
        await World.PublishAsync("starter", HostUnderTest.Event("go", starts: true));
        await World.PublishAsync("waiter", HostUnderTest.Event("go"));
        await World.StartAsync("waiter", "w-1");
        await World.StartAsync("waiter", "w-2", correlationId: "c");

        var all = await World.Runtime.DeliverAsync(new DeliverRequest(EventHash("go")) { CorrelationId = "c" }, Ct);

        all.Started.ShouldHaveSingleItem().CorrelationId.ShouldBe("c");
        all.Resumed.ShouldHaveSingleItem().InstanceId.ShouldBe("w-2");
    }

    [Fact]
    public async Task A_start_with_an_id_that_is_taken_gives_what_is_there()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"));
        await World.StartAsync("main", "i-1");

        var again = await World.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct);

        again.IsNew.ShouldBeFalse();
        again.State!.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await World.InstancesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_definition_cannot_be_started()
    {
        await Should.ThrowAsync<DefinitionNotFoundException>(() => World.Runtime.StartAsync(new StartInstanceRequest("none"), Ct));
        await Should.ThrowAsync<DefinitionNotFoundException>(() => World.Runtime.DispatchAsync(new StartInstanceRequest("none"), Ct));
    }

    [Fact]
    public async Task A_dispatched_start_happens_once_through_the_queue()
    {
        await World.PublishAsync("main", HostUnderTest.Line("a"));

        World.Caller.StepUp("ann");

        var id = await World.Runtime.DispatchAsync(new StartInstanceRequest("main"), Ct);

        (await World.Store.FindInstanceAsync(id, Ct)).ShouldBeNull();
        (await World.Node.PumpAsync()).ShouldBe(1);
        (await World.LinesAsync(id)).ShouldBe(["a"]);
        (await World.Runtime.ReadHistoryAsync(id, Ct)).ShouldAllBe(h => h.Who == "ann");
        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_reaches_its_handler_and_one_without_a_handler_is_set_aside()
    {
        await World.Runtime.SendAsync("test", "hello", "k-1", Ct);
        await World.Runtime.SendAsync("test", "hello", "k-1", Ct);
        await World.Runtime.SendAsync("nobody", null, "k-2", Ct);

        await World.Node.PumpAsync();

        World.Outside.Calls.ShouldBe(["m:k-1 hello"]);
        (await World.WorkAsync(isBuried: true)).ShouldHaveSingleItem().Error!.ShouldContain("nobody");
    }

    [Fact]
    public async Task The_bell_rings_for_timers_and_work()
    {
        await World.PublishAsync("main", HostUnderTest.Delay("00:05:00"));

        await World.StartAsync("main");

        World.Node.Bell.Rung.ShouldBe([World.Noon.AddMinutes(5)]);
    }

    private static string EventHash(string name) => StimulusHash.Of("Elsa.Event", new Dictionary<string, object?> { ["EventName"] = name });
}

public sealed class DoorTestsOnPostgres(PostgresFixture postgres) : DoorTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
