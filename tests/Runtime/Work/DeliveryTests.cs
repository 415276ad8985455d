using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Work;

public class EventDeliveryTests : WorldTests
{
    [Fact]
    public async Task An_event_reaches_each_waiter_once_though_it_is_expanded_twice()
    {
        await World.PublishAsync("waiter", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("woken")}, {HostUnderTest.Event("go")}");
        await World.PublishAsync("starter", HostUnderTest.Event("go", starts: true));

        for (var i = 0; i < 20; i++)
            await World.StartAsync("waiter", $"w-{i}");

        await World.EventAsync("go", "x");
        var other = World.Join();
        var now = World.Clock.GetUtcNow();
        var row = (await World.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();
        await World.Node.Runner.RunAsync(row, Ct);
        await other.Runner.RunAsync(row, Ct);
        await World.Node.PumpAsync();

        for (var i = 0; i < 20; i++)
            (await World.LinesAsync($"w-{i}")).ShouldBe(["woken"]);

        (await World.InstancesAsync("starter")).Count.ShouldBe(1);
        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delivery_that_two_nodes_do_at_once_wakes_once()
    {
        await World.PublishAsync("waiter", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("woken")}, {HostUnderTest.Event("go")}");
        await World.StartAsync("waiter", "w-1");
        await World.EventAsync("go");
        var other = World.Join();
        var now = World.Clock.GetUtcNow();
        await World.Node.Runner.RunAsync((await World.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct))[0], Ct);
        var row = (await World.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct)).ShouldHaveSingleItem();

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => (i % 2 == 0 ? World.Node : other).Runner.RunAsync(row, Ct), Ct))
        );

        (await World.LinesAsync("w-1")).ShouldBe(["woken"]);
    }

    [Fact]
    public async Task An_event_of_a_workflow_leaves_with_its_commit_only()
    {
        await World.PublishAsync("waiter", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("woken")}");
        await World.PublishAsync("publisher", """{ "type": "Elsa.PublishEvent", "eventName": "go" }""");
        await World.StartAsync("waiter", "w-1");

        await World.StartAsync("publisher", "p-1");
        (await World.WorkAsync()).ShouldHaveSingleItem().Kind.ShouldBe(WorkKind.Publish);
        await World.Node.PumpAsync();

        (await World.StateAsync("w-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_correlated_event_reaches_only_its_own()
    {
        await World.PublishAsync("waiter", HostUnderTest.Event("go"));
        await World.StartAsync("waiter", "w-1", "one");
        await World.StartAsync("waiter", "w-2", "two");

        await World.EventAsync("go", correlationId: "two");
        await World.Node.PumpAsync();

        (await World.StateAsync("w-1")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await World.StateAsync("w-2")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_publication_with_a_key_is_one_however_often_it_comes()
    {
        await World.Runtime.PublishAsync(new PublishEventRequest("go") { IdempotencyKey = "k" }, Ct);
        await World.Runtime.PublishAsync(new PublishEventRequest("go") { IdempotencyKey = "k" }, Ct);

        (await World.WorkAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_event_for_a_failed_instance_is_kept_until_its_repair()
    {
        await World.PublishAsync(
            "main",
            """
            { "type": "Elsa.Parallel", "activities": [
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "id": "go", "eventName": "go" }, { "type": "Elsa.WriteLine", "text": "woken" } ] },
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "id": "fail", "eventName": "fail" }, { "type": "Test.CallOutside" } ] } ] }
            """
        );
        await World.StartAsync("main", "i-1");
        World.Outside.OnCall = static (_, _) => throw new InvalidOperationException("No.");

        // Both are on their way when the instance fails.
        await World.EventAsync("fail");
        await World.EventAsync("go");
        var now = World.Clock.GetUtcNow();

        foreach (var publish in await World.Store.LeaseDueAsync(now, now.AddSeconds(30), 10, Ct))
            await World.Node.Runner.RunAsync(publish, Ct);

        await World.Node.PumpAsync();
        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        World.Outside.OnCall = static (_, _) => Task.CompletedTask;
        await World.Runtime.RetryAsync("i-1", null, Ct);
        await World.PassAsync(TimeSpan.FromMinutes(1));

        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.LinesAsync("i-1")).ShouldBe(["woken"]);
    }
}

public class ChildDeliveryTests : WorldTests
{
    private const string Waits = """{ "type": "Test.StartChild", "id": "child", "definition": "child" }""";

    [Fact]
    public async Task A_parent_goes_on_when_its_child_has_ended()
    {
        await World.PublishAsync("child", HostUnderTest.Event("go"));
        await World.PublishAsync("parent", Waits);
        await World.StartAsync("parent", "p-1");
        await World.Node.PumpAsync();
        (await World.StateAsync("p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);

        await World.EventAsync("go");
        await World.Node.PumpAsync();

        (await World.StateAsync("p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.LinesAsync("p-1")).ShouldBe(["Finished "]);
        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_child_that_is_not_awaited_runs_beside_its_parent()
    {
        await World.PublishAsync("child", HostUnderTest.Event("go"));
        await World.PublishAsync(
            "parent",
            """{ "type": "Elsa.DispatchWorkflow", "workflowDefinitionId": "child", "waitForCompletion": false }"""
        );

        (await World.StartAsync("parent", "p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        await World.Node.PumpAsync();

        (await World.InstancesAsync("child")).ShouldHaveSingleItem().ParentId.ShouldBe("p-1");
    }

    [Fact]
    public async Task A_bulk_dispatch_waits_for_all_and_counts_each_once()
    {
        await World.PublishAsync("child", HostUnderTest.Event("go"));
        await World.PublishAsync(
            "parent",
            """
            { "type": "Elsa.BulkDispatchWorkflows", "workflowDefinitionId": "child", "items": "[1,2,3,4,5]", "waitForCompletion": true },
            { "type": "Elsa.WriteLine", "text": "all" }
            """
        );
        await World.StartAsync("parent", "p-1");
        await World.Node.PumpAsync();
        (await World.InstancesAsync("child")).Count.ShouldBe(5);

        await World.EventAsync("go");
        await World.Node.PumpAsync();

        (await World.StateAsync("p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.LinesAsync("p-1")).ShouldBe(["all"]);
    }

    [Fact]
    public async Task A_child_that_cannot_start_is_reported_to_its_parent()
    {
        await World.PublishAsync("parent", Waits);
        await World.StartAsync("parent", "p-1");

        await World.Node.PumpAsync();

        (await World.StateAsync("p-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.LinesAsync("p-1")).ShouldHaveSingleItem().ShouldStartWith("Faulted No published version");
        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_end_of_a_child_whose_parent_is_gone_is_done_with()
    {
        await World.PublishAsync("child", HostUnderTest.Line("a"));
        await World.Runtime.StartAsync(new StartInstanceRequest("child") { ParentInstanceId = "gone" }, Ct);
        (await World.WorkAsync()).ShouldHaveSingleItem().Kind.ShouldBe(WorkKind.ChildEnded);

        await World.Node.PumpAsync();

        (await World.WorkAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancel_reaches_the_children_and_those_that_are_still_to_start()
    {
        await World.PublishAsync("child", HostUnderTest.Event("go"));
        await World.PublishAsync("parent", $$"""{ "type": "Elsa.Parallel", "activities": [ {{Waits}} ] }""");
        await World.StartAsync("parent", "p-1");
        await World.Node.PumpAsync();
        await World.StartAsync("parent", "p-2");

        await World.Runtime.CancelAsync("p-1", compensate: false, Ct);
        await World.Runtime.CancelAsync("p-2", compensate: false, Ct);
        await World.Node.PumpAsync();

        (await World.InstancesAsync("child")).ShouldHaveSingleItem().SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
        (await World.WorkAsync()).ShouldBeEmpty();
    }
}

public class PoisonTests : WorldTests
{
    [Fact]
    public async Task A_background_activity_that_always_fails_becomes_an_incident_that_can_be_repaired()
    {
        await World.PublishAsync("main", $$"""{ "type": "Test.CallLater" }, {{HostUnderTest.Line("after")}}""");
        World.Outside.OnCall = static (_, _) => throw new InvalidOperationException("The line is dead.");
        await World.StartAsync("main", "i-1");

        await World.Node.PumpAsync();

        World.Outside.Calls.Count.ShouldBe(3);
        World.Outside.Calls.Distinct().Count().ShouldBe(1);
        (await World.StateAsync("i-1")).Incidents.ShouldHaveSingleItem().Message.ShouldBe("The line is dead.");
        (await World.WorkAsync()).ShouldBeEmpty();
        World.Outside.OnCall = static (_, _) => Task.CompletedTask;
        await World.Runtime.RetryAsync("i-1", null, Ct);
        await World.Node.PumpAsync();
        (await World.StateAsync("i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.LinesAsync("i-1")).ShouldBe(["after"]);
    }

    [Fact]
    public async Task Other_work_that_always_fails_is_set_aside_and_can_be_revived()
    {
        await World.PublishAsync("main", HostUnderTest.Line("a"));
        var id = await World.Runtime.DispatchAsync(new StartInstanceRequest("main"), Ct);
        await World.Definitions.RetractAsync("main", Ct);
        await World.Node.PumpAsync();
        var buried = (await World.WorkAsync(isBuried: true)).ShouldHaveSingleItem();

        await World.Definitions.PublishAsync("main", null, Ct);
        await World.Store.ReviveWorkAsync([buried.Id], World.Clock.GetUtcNow(), Ct);
        await World.Node.PumpAsync();

        (await World.LinesAsync(id)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_host_loop_without_end_becomes_an_incident()
    {
        await World.PublishAsync("main", """{ "type": "Elsa.While", "condition": true, "body": { "type": "Test.CallOutside" } }""");

        var state = await World.StartAsync("main", "i-1");

        state.Incidents.ShouldHaveSingleItem().Kind.ShouldBe(IncidentKind.Runaway);
    }

    [Fact]
    public async Task An_activity_that_asks_for_what_only_the_engine_gives_fails()
    {
        await World.PublishAsync("main", """{ "type": "Test.Intruder" }""");

        var state = await World.StartAsync("main", "i-1");

        state.Incidents.ShouldHaveSingleItem().Message.ShouldContain("only the engine gives");
    }

    [Fact]
    public async Task A_cancelled_caller_leaves_nothing_behind()
    {
        await World.PublishAsync("main", """{ "type": "Test.CallOutside" }""");
        using var cancel = new CancellationTokenSource();
        World.Outside.OnCall = (_, ct) =>
        {
            cancel.Cancel();
            ct.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        };

        await Should.ThrowAsync<OperationCanceledException>(() =>
            World.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i-1" }, cancel.Token)
        );

        (await World.Store.FindInstanceAsync("i-1", Ct)).ShouldBeNull();
    }
}

public sealed class EventDeliveryTestsOnPostgres(PostgresFixture postgres) : EventDeliveryTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}

public sealed class ChildDeliveryTestsOnPostgres(PostgresFixture postgres) : ChildDeliveryTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}

public sealed class PoisonTestsOnPostgres(PostgresFixture postgres) : PoisonTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
