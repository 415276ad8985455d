using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;

namespace ServiceLoop.Runtime.Tests.Instances;

public sealed class DoorTests
{
    private readonly World world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_started_instance_is_durable_with_its_waiter()
    {
        await world.PublishAsync("main", $"{HostUnderTest.Line("a")}, {HostUnderTest.Event("go")}, {HostUnderTest.Line("b")}");

        var state = await world.StartAsync("main", "i-1");

        state.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await world.Store.FindBookmarksAsync(new(InstanceId: "i-1"), Ct)).ShouldHaveSingleItem().Name.ShouldBe("Elsa.Event");
    }

    [Fact]
    public async Task A_resume_finishes_it_and_its_waiter_is_gone()
    {
        await world.PublishAsync("main", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("b")}");
        var state = await world.StartAsync("main", "i-1");

        var result = await world.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, "ann", null, Ct);

        result.Outcome.ShouldBe(ResumeOutcome.Resumed);
        result.State!.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.Store.FindBookmarksAsync(new(InstanceId: "i-1"), Ct)).ShouldBeEmpty();
        (await world.LinesAsync("i-1")).ShouldBe(["b"]);
    }

    [Fact]
    public async Task A_second_resume_is_told_that_it_is_gone()
    {
        await world.PublishAsync("main", HostUnderTest.Event("go"));
        var state = await world.StartAsync("main", "i-1");
        await world.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, null, Ct);

        (await world.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, null, Ct)).Outcome.ShouldBe(ResumeOutcome.Gone);
        (await world.Runtime.ResumeAsync("i-1", 4711, null, null, null, Ct)).Outcome.ShouldBe(ResumeOutcome.Unknown);
        (await world.Runtime.ResumeAsync("none", 1, null, null, null, Ct)).Outcome.ShouldBe(ResumeOutcome.Unknown);
    }

    [Fact]
    public async Task A_task_is_completed_once_by_its_id()
    {
        await world.PublishAsync("main", """{ "type": "Elsa.RunTask", "id": "ask", "taskName": "Ask" }""");
        var state = await world.StartAsync("main", "i-1");
        var taskId = $"i-1:{state.Bookmarks[0].FrameId}";

        (await world.Runtime.CompleteTaskAsync(taskId, "yes", "ann", Ct)).Outcome.ShouldBe(ResumeOutcome.Resumed);

        (await world.Runtime.CompleteTaskAsync(taskId, "no", "bob", Ct)).Outcome.ShouldBe(ResumeOutcome.Gone);
        (await world.Runtime.CompleteTaskAsync("i-1:99", "no", "bob", Ct)).Outcome.ShouldBe(ResumeOutcome.Unknown);
        (await world.Runtime.CompleteTaskAsync("nonsense", "no", "bob", Ct)).Outcome.ShouldBe(ResumeOutcome.Unknown);
    }

    [Fact]
    public async Task A_task_row_lives_as_long_as_its_waiter()
    {
        await world.PublishAsync("main", """{ "type": "Elsa.RunTask", "id": "ask", "taskName": "Ask" }""");
        var state = await world.StartAsync("main", "i-1");
        await world.Runtime.CompleteTaskAsync($"i-1:{state.Bookmarks[0].FrameId}", "yes", null, Ct);

        ((InMemoryStore)world.Store).Records.Select(r => r.Row.GetType().Name).ShouldBe(["RunTaskRequest", "RunTaskEnd"]);
    }

    [Fact]
    public async Task A_stimulus_starts_what_it_triggers_and_resumes_who_waited()
    {
        await world.PublishAsync("starter", HostUnderTest.Event("go", starts: true));
        await world.PublishAsync("waiter", HostUnderTest.Event("go"));
        await world.StartAsync("waiter", "w-1");
        await world.StartAsync("waiter", "w-2", correlationId: "c");

        var all = await world.Runtime.DeliverAsync(new DeliverRequest(EventHash("go")) { CorrelationId = "c" }, Ct);

        all.Started.ShouldHaveSingleItem().CorrelationId.ShouldBe("c");
        all.Resumed.ShouldHaveSingleItem().InstanceId.ShouldBe("w-2");
    }

    [Fact]
    public async Task A_start_with_an_id_that_is_taken_gives_what_is_there()
    {
        await world.PublishAsync("main", HostUnderTest.Event("go"));
        await world.StartAsync("main", "i-1");

        var again = await world.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, Ct);

        again.IsNew.ShouldBeFalse();
        again.State!.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await world.InstancesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_definition_cannot_be_started()
    {
        await Should.ThrowAsync<DefinitionNotFoundException>(() => world.Runtime.StartAsync(new StartInstanceRequest("none"), Ct));
        await Should.ThrowAsync<DefinitionNotFoundException>(() => world.Runtime.DispatchAsync(new StartInstanceRequest("none"), Ct));
    }

    [Fact]
    public async Task A_dispatched_start_happens_once_through_the_queue()
    {
        await world.PublishAsync("main", HostUnderTest.Line("a"));

        var id = await world.Runtime.DispatchAsync(new StartInstanceRequest("main") { Who = "ann" }, Ct);

        (await world.Store.FindInstanceAsync(id, Ct)).ShouldBeNull();
        (await world.Node.PumpAsync()).ShouldBe(1);
        (await world.LinesAsync(id)).ShouldBe(["a"]);
        (await world.Runtime.ReadHistoryAsync(id, Ct)).ShouldAllBe(h => h.Who == "ann");
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_reaches_its_handler_and_one_without_a_handler_is_set_aside()
    {
        await world.Runtime.SendAsync("test", "hello", "k-1", Ct);
        await world.Runtime.SendAsync("test", "hello", "k-1", Ct);
        await world.Runtime.SendAsync("nobody", null, "k-2", Ct);

        await world.Node.PumpAsync();

        world.Outside.Calls.ShouldBe(["m:k-1 hello"]);
        (await world.WorkAsync(isBuried: true)).ShouldHaveSingleItem().Error!.ShouldContain("nobody");
    }

    [Fact]
    public async Task The_bell_rings_for_timers_and_work()
    {
        await world.PublishAsync("main", HostUnderTest.Delay("00:05:00"));

        await world.StartAsync("main");

        world.Node.Bell.Rung.ShouldBe([World.Noon.AddMinutes(5)]);
    }

    private static string EventHash(string name) => StimulusHash.Of("Elsa.Event", new Dictionary<string, object?> { ["EventName"] = name });
}
