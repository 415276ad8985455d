using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;

namespace ServiceLoop.Runtime.Tests.Work;

public sealed class EventDeliveryTests
{
    private readonly World world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_reaches_each_waiter_once_though_it_is_expanded_twice()
    {
        await world.PublishAsync("waiter", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("woken")}, {HostUnderTest.Event("go")}");
        await world.PublishAsync("starter", HostUnderTest.Event("go", starts: true));

        for (var i = 0; i < 20; i++)
            await world.StartAsync("waiter", $"w-{i}");

        await world.EventAsync("go", "x");
        var other = world.Join();
        var now = world.Clock.GetUtcNow();
        var row = (await world.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();
        await world.Node.Runner.RunAsync(row, Ct);
        await other.Runner.RunAsync(row, Ct);
        await world.Node.PumpAsync();

        for (var i = 0; i < 20; i++)
            (await world.LinesAsync($"w-{i}")).ShouldBe(["woken"]);

        (await world.InstancesAsync("starter")).Count.ShouldBe(1);
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delivery_that_two_nodes_do_at_once_wakes_once()
    {
        await world.PublishAsync("waiter", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("woken")}, {HostUnderTest.Event("go")}");
        await world.StartAsync("waiter", "w-1");
        await world.EventAsync("go");
        var other = world.Join();
        var now = world.Clock.GetUtcNow();
        await world.Node.Runner.RunAsync((await world.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct))[0], Ct);
        var row = (await world.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => (i % 2 == 0 ? world.Node : other).Runner.RunAsync(row, Ct), Ct))
        );

        (await world.LinesAsync("w-1")).ShouldBe(["woken"]);
    }

    [Fact]
    public async Task An_event_of_a_workflow_leaves_with_its_commit_only()
    {
        await world.PublishAsync("waiter", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("woken")}");
        await world.PublishAsync("publisher", """{ "type": "Elsa.PublishEvent", "eventName": "go" }""");
        await world.StartAsync("waiter", "w-1");

        await world.StartAsync("publisher", "p-1");
        (await world.WorkAsync()).ShouldHaveSingleItem().Kind.ShouldBe(WorkKind.Publish);
        await world.Node.PumpAsync();

        (await world.StateAsync("w-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_correlated_event_reaches_only_its_own()
    {
        await world.PublishAsync("waiter", HostUnderTest.Event("go"));
        await world.StartAsync("waiter", "w-1", "one");
        await world.StartAsync("waiter", "w-2", "two");

        await world.EventAsync("go", correlationId: "two");
        await world.Node.PumpAsync();

        (await world.StateAsync("w-1")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await world.StateAsync("w-2")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_publication_with_a_key_is_one_however_often_it_comes()
    {
        await world.Runtime.PublishAsync(new PublishEventRequest("go") { IdempotencyKey = "k" }, Ct);
        await world.Runtime.PublishAsync(new PublishEventRequest("go") { IdempotencyKey = "k" }, Ct);

        (await world.WorkAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_event_for_a_failed_instance_is_kept_until_its_repair()
    {
        await world.PublishAsync(
            "main",
            """
            { "type": "Elsa.Parallel", "activities": [
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "id": "go", "eventName": "go" }, { "type": "Elsa.WriteLine", "text": "woken" } ] },
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "id": "fail", "eventName": "fail" }, { "type": "Test.CallOutside" } ] } ] }
            """
        );
        await world.StartAsync("main", "i-1");
        world.Outside.OnCall = static (_, _) => throw new InvalidOperationException("No.");

        // Both are on their way when the instance fails.
        await world.EventAsync("fail");
        await world.EventAsync("go");
        var now = world.Clock.GetUtcNow();

        foreach (var publish in await world.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct))
            await world.Node.Runner.RunAsync(publish, Ct);

        await world.Node.PumpAsync();
        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        world.Outside.OnCall = static (_, _) => Task.CompletedTask;
        await world.Runtime.RetryAsync("i-1", null, null, Ct);
        await world.PassAsync(TimeSpan.FromMinutes(1));

        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.LinesAsync("i-1")).ShouldBe(["woken"]);
    }
}

public sealed class ChildDeliveryTests
{
    private const string Waits = """{ "type": "Test.StartChild", "id": "child", "definition": "child" }""";

    private readonly World world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_parent_goes_on_when_its_child_has_ended()
    {
        await world.PublishAsync("child", HostUnderTest.Event("go"));
        await world.PublishAsync("parent", Waits);
        await world.StartAsync("parent", "p-1");
        await world.Node.PumpAsync();
        (await world.StateAsync("p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);

        await world.EventAsync("go");
        await world.Node.PumpAsync();

        (await world.StateAsync("p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.LinesAsync("p-1")).ShouldBe(["Finished "]);
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_child_that_is_not_awaited_runs_beside_its_parent()
    {
        await world.PublishAsync("child", HostUnderTest.Event("go"));
        await world.PublishAsync(
            "parent",
            """{ "type": "Elsa.DispatchWorkflow", "workflowDefinitionId": "child", "waitForCompletion": false }"""
        );

        (await world.StartAsync("parent", "p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        await world.Node.PumpAsync();

        (await world.InstancesAsync("child")).ShouldHaveSingleItem().ParentId.ShouldBe("p-1");
    }

    [Fact]
    public async Task A_bulk_dispatch_waits_for_all_and_counts_each_once()
    {
        await world.PublishAsync("child", HostUnderTest.Event("go"));
        await world.PublishAsync(
            "parent",
            """
            { "type": "Elsa.BulkDispatchWorkflows", "workflowDefinitionId": "child", "items": "[1,2,3,4,5]", "waitForCompletion": true },
            { "type": "Elsa.WriteLine", "text": "all" }
            """
        );
        await world.StartAsync("parent", "p-1");
        await world.Node.PumpAsync();
        (await world.InstancesAsync("child")).Count.ShouldBe(5);

        await world.EventAsync("go");
        await world.Node.PumpAsync();

        (await world.StateAsync("p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.LinesAsync("p-1")).ShouldBe(["all"]);
    }

    [Fact]
    public async Task A_child_that_cannot_start_is_reported_to_its_parent()
    {
        await world.PublishAsync("parent", Waits);
        await world.StartAsync("parent", "p-1");

        await world.Node.PumpAsync();

        (await world.StateAsync("p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.LinesAsync("p-1")).ShouldHaveSingleItem().ShouldStartWith("Faulted No published version");
        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_end_of_a_child_whose_parent_is_gone_is_done_with()
    {
        await world.PublishAsync("child", HostUnderTest.Line("a"));
        await world.Runtime.StartAsync(new StartInstanceRequest("child") { ParentInstanceId = "gone" }, Ct);
        (await world.WorkAsync()).ShouldHaveSingleItem().Kind.ShouldBe(WorkKind.ChildEnded);

        await world.Node.PumpAsync();

        (await world.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancel_reaches_the_children_and_those_that_are_still_to_start()
    {
        await world.PublishAsync("child", HostUnderTest.Event("go"));
        await world.PublishAsync("parent", $$"""{ "type": "Elsa.Parallel", "activities": [ {{Waits}} ] }""");
        await world.StartAsync("parent", "p-1");
        await world.Node.PumpAsync();
        await world.StartAsync("parent", "p-2");

        await world.Runtime.CancelAsync("p-1", compensate: false, "ann", Ct);
        await world.Runtime.CancelAsync("p-2", compensate: false, "ann", Ct);
        await world.Node.PumpAsync();

        (await world.InstancesAsync("child")).ShouldHaveSingleItem().SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
        (await world.WorkAsync()).ShouldBeEmpty();
    }
}

public sealed class PoisonTests
{
    private readonly World world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_background_activity_that_always_fails_becomes_an_incident_that_can_be_repaired()
    {
        await world.PublishAsync("main", $$"""{ "type": "Test.CallLater" }, {{HostUnderTest.Line("after")}}""");
        world.Outside.OnCall = static (_, _) => throw new InvalidOperationException("The line is dead.");
        await world.StartAsync("main", "i-1");

        await world.Node.PumpAsync();

        world.Outside.Calls.Count.ShouldBe(3);
        world.Outside.Calls.Distinct().Count().ShouldBe(1);
        (await world.StateAsync("i-1")).Incidents.ShouldHaveSingleItem().Message.ShouldBe("The line is dead.");
        (await world.WorkAsync()).ShouldBeEmpty();
        world.Outside.OnCall = static (_, _) => Task.CompletedTask;
        await world.Runtime.RetryAsync("i-1", null, "ann", Ct);
        await world.Node.PumpAsync();
        (await world.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await world.LinesAsync("i-1")).ShouldBe(["after"]);
    }

    [Fact]
    public async Task Other_work_that_always_fails_is_set_aside_and_can_be_revived()
    {
        await world.PublishAsync("main", HostUnderTest.Line("a"));
        var id = await world.Runtime.DispatchAsync(new StartInstanceRequest("main"), Ct);
        await world.Definitions.RetractAsync("main", Ct);
        await world.Node.PumpAsync();
        var buried = (await world.WorkAsync(isBuried: true)).ShouldHaveSingleItem();

        await world.Definitions.PublishAsync("main", null, Ct);
        await world.Store.ReviveWorkAsync([buried.Id], world.Clock.GetUtcNow(), Ct);
        await world.Node.PumpAsync();

        (await world.LinesAsync(id)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_host_loop_without_end_becomes_an_incident()
    {
        await world.PublishAsync("main", """{ "type": "Elsa.While", "condition": true, "body": { "type": "Test.CallOutside" } }""");

        var state = await world.StartAsync("main", "i-1");

        state.Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Runaway);
    }

    [Fact]
    public async Task An_activity_that_asks_for_what_only_the_engine_gives_fails()
    {
        await world.PublishAsync("main", """{ "type": "Test.Intruder" }""");

        var state = await world.StartAsync("main", "i-1");

        state.Incidents.ShouldHaveSingleItem().Message.ShouldContain("only the engine gives");
    }

    [Fact]
    public async Task A_cancelled_caller_leaves_nothing_behind()
    {
        await world.PublishAsync("main", """{ "type": "Test.CallOutside" }""");
        using var cancel = new CancellationTokenSource();
        world.Outside.OnCall = (_, ct) =>
        {
            cancel.Cancel();
            ct.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        };

        await Should.ThrowAsync<OperationCanceledException>(() =>
            world.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, cancel.Token)
        );

        (await world.Store.FindInstanceAsync("i-1", Ct)).ShouldBeNull();
    }
}
