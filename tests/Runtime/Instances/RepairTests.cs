using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Instances;

public class RepairTests : WorldTests
{
    [Fact]
    public async Task A_failed_instance_is_retried_and_can_finish()
    {
        await World.PublishAsync("main", """{ "type": "Test.CallOutside" }, { "type": "Elsa.WriteLine", "text": "after" }""");
        World.Outside.OnCall = static (_, _) => throw new InvalidOperationException("No.");
        (await World.StartAsync("main", "i-1")).SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        (await World.InstancesAsync()).ShouldHaveSingleItem().IncidentCount.ShouldBe(1);
        World.Outside.OnCall = static (_, _) => Task.CompletedTask;

        World.Caller.StepUp("ann");

        var state = await World.Runtime.RetryAsync("i-1", null, Ct);

        state.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        (await World.InstancesAsync()).ShouldHaveSingleItem().IncidentCount.ShouldBe(0);
        (await World.Runtime.ReadHistoryAsync("i-1", Ct)).Where(h => h.Burst == 2).ShouldAllBe(h => h.Who == "ann");
        World.Outside.Calls.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_variable_gets_another_value_and_a_wrong_one_is_refused()
    {
        await World.PublishAsync(
            "main",
            """{ "type": "Elsa.Event", "eventName": "go" }, { "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Variable", "value": { "id": "v" } } } }""",
            """ "variables": [ { "id": "v", "name": "amount", "typeName": "Int32", "value": "1" } ], """
        );
        var state = await World.StartAsync("main", "i-1");

        await World.Runtime.ModifyVariableAsync("i-1", "amount", 42, Ct);
        await Should.ThrowAsync<AlterationException>(() => World.Runtime.ModifyVariableAsync("i-1", "amount", "many", Ct));
        await Should.ThrowAsync<AlterationException>(() => World.Runtime.ModifyVariableAsync("i-1", "none", 1, Ct));

        await World.Runtime.ResumeAsync("i-1", state.Bookmarks[0].Id, null, null, Ct);
        (await World.LinesAsync("i-1")).ShouldBe(["42"]);
    }

    [Fact]
    public async Task A_waiting_activity_can_be_skipped()
    {
        await World.PublishAsync("main", $"{HostUnderTest.Event("go")}, {HostUnderTest.Line("after")}");
        var state = await World.StartAsync("main", "i-1");

        (await World.Runtime.SkipAsync("i-1", state.Bookmarks[0].FrameId, [], Ct)).SubStatus.ShouldBe(WorkflowSubStatus.Finished);

        (await World.LinesAsync("i-1")).ShouldBe(["after"]);
        (await World.Store.FindBookmarksAsync(new(), Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_does_not_exist_cannot_be_repaired()
    {
        await Should.ThrowAsync<InstanceNotFoundException>(() => World.Runtime.RetryAsync("none", null, Ct));
        await Should.ThrowAsync<InstanceNotFoundException>(() => World.Runtime.CancelAsync("none", false, Ct));
    }

    [Fact]
    public async Task Many_are_repaired_in_pages_and_each_is_reported()
    {
        await World.PublishAsync("main", """{ "type": "Test.CallOutside" }""");
        await World.PublishAsync("healthy", HostUnderTest.Event("go"));
        World.Outside.OnCall = static (_, _) => throw new InvalidOperationException("No.");

        for (var i = 0; i < 120; i++)
            await World.StartAsync("main");

        await World.StartAsync("healthy");
        World.Outside.OnCall = static (_, _) => Task.CompletedTask;
        var filter = new InstanceFilter { HasIncidents = true };
        var items = new List<BulkItem>();

        await foreach (var item in World.Runtime.BulkAsync(filter, (id, ct) => World.Runtime.RetryAsync(id, null, ct), Ct))
            items.Add(item);

        items.Count.ShouldBe(120);
        items.ShouldAllBe(i => i.Error == null);
        (await World.Store.ListInstancesAsync(filter, 0, 1, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_fails_with_one_of_many_does_not_touch_the_others()
    {
        await World.PublishAsync("main", HostUnderTest.Event("go"));
        await World.StartAsync("main", "i-1");
        await World.StartAsync("main", "i-2");
        var items = new List<BulkItem>();

        await foreach (
            var item in World.Runtime.BulkAsync(
                new InstanceFilter(),
                (id, ct) => id == "i-1" ? World.Runtime.SkipAsync(id, 99, [], ct) : World.Runtime.CancelAsync(id, false, ct),
                Ct
            )
        )
            items.Add(item);

        items.Single(i => i.InstanceId == "i-1").Error.ShouldBe("Execution 99 does not live.");
        items.Single(i => i.InstanceId == "i-2").Error.ShouldBeNull();
        (await World.StateAsync("i-2")).SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
    }

    [Fact]
    public async Task An_open_task_survives_a_fault_and_its_repair()
    {
        await World.PublishAsync(
            "main",
            """
            { "type": "Elsa.Parallel", "activities": [
              { "type": "Elsa.RunTask", "id": "ask", "taskName": "Ask" },
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "eventName": "go" }, { "type": "Test.CallOutside" } ] } ] }
            """
        );
        var state = await World.StartAsync("main", "i-1");
        var taskId = $"i-1:{state.Bookmarks.Single(b => b.Name == "Elsa.RunTask").FrameId}";
        World.Outside.OnCall = static (_, _) => throw new InvalidOperationException("No.");
        await World.EventAsync("go");
        await World.Node.PumpAsync();

        (await OpenTasksAsync()).ShouldBe([taskId]);
        (await World.Runtime.CompleteTaskAsync(taskId, 1, Ct)).Outcome.ShouldBe(ResumeOutcome.Faulted);
        World.Outside.OnCall = static (_, _) => Task.CompletedTask;
        await World.Runtime.RetryAsync("i-1", null, Ct);
        (await World.Runtime.CompleteTaskAsync(taskId, 1, Ct)).Outcome.ShouldBe(ResumeOutcome.Resumed);
        (await OpenTasksAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_task_of_a_failed_instance_goes_with_its_cancellation()
    {
        await World.PublishAsync(
            "main",
            """
            { "type": "Elsa.Parallel", "activities": [
              { "type": "Elsa.RunTask", "id": "ask", "taskName": "Ask" },
              { "type": "Elsa.Sequence", "activities": [ { "type": "Elsa.Event", "eventName": "go" }, { "type": "Test.CallOutside" } ] } ] }
            """
        );
        await World.StartAsync("main", "i-1");
        World.Outside.OnCall = static (_, _) => throw new InvalidOperationException("No.");
        await World.EventAsync("go");
        await World.Node.PumpAsync();

        await World.Runtime.CancelAsync("i-1", compensate: false, Ct);

        (await OpenTasksAsync()).ShouldBeEmpty();
    }
}

public sealed class RepairTestsOnPostgres(PostgresFixture postgres) : RepairTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
