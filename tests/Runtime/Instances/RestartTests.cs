using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tests.InMemory;
using ServiceLoop.Runtime.Tests.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Instances;

public class RestartTests : WorldTests
{
    private const string Variables =
        """ "variables": [ { "id": "v1", "name": "Who", "typeName": "String", "value": "nobody" }, { "id": "v2", "name": "Count", "typeName": "Int32", "value": "1" } ], "inputs": [ { "name": "Order", "type": "String" } ], """;

    [Fact]
    public async Task It_goes_on_from_a_stage_of_the_other_version_with_what_it_knew()
    {
        await PublishChartAsync("ask");
        await PublishChartAsync("ask, again");
        await StartWithOrderAsync("old", "c-1");
        await World.Runtime.ModifyVariableAsync("old", "Who", "mei", Ct);
        await World.Runtime.ModifyVariableAsync("old", "Count", 7, Ct);
        await World.Definitions.RollbackAsync("main", 1, null, Ct);

        var result = await World.Runtime.RestartAsync("old", new RestartRequest { FromActivityId = "wait", Variables = ["who"] }, Ct);
        await World.Node.PumpAsync();

        (await World.StateAsync("old")).SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
        var state = await World.StateAsync(result.NewInstanceId);
        state.CorrelationId.ShouldBe("c-1");
        state.DefinitionVersionId.ShouldBe((await World.Definitions.FindAsync("main", 1, Ct))!.Id);
        state.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        // The stage waits like one that was reached; nothing before it has run.
        (await World.Store.FindBookmarksAsync(new BookmarkFilter(null, result.NewInstanceId, null), Ct))
            .ShouldHaveSingleItem()
            .ActivityId.ShouldBe("wait");
        (await World.LinesAsync(result.NewInstanceId)).ShouldBeEmpty();

        await World.EventAsync("go", correlationId: "c-1");
        await World.Node.PumpAsync();
        (await World.LinesAsync(result.NewInstanceId)).ShouldBe(["mei 1 O-1"]);
        (await new Replay(World.Store, World.Join().Graphs).RunAsync(result.NewInstanceId, Ct)).Difference.ShouldBeNull();
    }

    [Fact]
    public async Task Called_again_it_starts_nothing_twice()
    {
        await PublishChartAsync("ask");
        await StartWithOrderAsync("old", null);

        var first = await World.Runtime.RestartAsync("old", new RestartRequest(), Ct);
        var second = await World.Runtime.RestartAsync("old", new RestartRequest(), Ct);
        await World.Node.PumpAsync();
        var third = await World.Runtime.RestartAsync("old", new RestartRequest(), Ct);
        await World.Node.PumpAsync();

        (second, third).ShouldBe((first, first));
        (await World.InstancesAsync("main")).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_dies_in_the_middle_loses_none(bool after)
    {
        await PublishChartAsync("ask");
        await StartWithOrderAsync("old", null);
        var dying = World.Join(new StoreThrough(World.Store).DieAt(1, after));

        await Should.ThrowAsync<DeathException>(() => dying.Runtime.RestartAsync("old", new RestartRequest(), Ct));
        await World.Runtime.RestartAsync("old", new RestartRequest(), Ct);
        await World.Node.PumpAsync();

        (await World.InstancesAsync("main"))
            .Select(i => i.SubStatus)
            .ShouldBe([WorkflowSubStatus.Suspended, WorkflowSubStatus.Cancelled], ignoreOrder: true);
    }

    [Fact]
    public async Task A_singleton_may_take_over_from_itself_and_its_children_go()
    {
        await World.PublishAsync("sub", HostUnderTest.Event("never"));
        await World.PublishAsync(
            "main",
            """{ "type": "Test.StartChild", "id": "c", "definition": "sub" }""",
            HostUnderTest.Strategy("SingletonStrategy")
        );
        await World.StartAsync("main", "old");
        await World.Node.PumpAsync();
        (await World.InstancesAsync("sub")).ShouldHaveSingleItem().SubStatus.ShouldBe(WorkflowSubStatus.Suspended);

        var result = await World.Runtime.RestartAsync("old", new RestartRequest(), Ct);
        await World.Node.PumpAsync();

        (await World.StateAsync(result.NewInstanceId)).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        (await World.InstancesAsync("sub")).Count(i => i.SubStatus == WorkflowSubStatus.Cancelled).ShouldBe(1);
        (await World.InstancesAsync("sub")).Count(i => i.SubStatus == WorkflowSubStatus.Suspended).ShouldBe(1);

        // A child is not restarted from under its parent.
        var child = (await World.InstancesAsync("sub")).First(i => i.SubStatus == WorkflowSubStatus.Suspended);
        await Should.ThrowAsync<AlterationException>(() => World.Runtime.RestartAsync(child.Id, new RestartRequest(), Ct));
    }

    [Fact]
    public async Task What_cannot_be_restarted_stays_and_says_why()
    {
        await PublishChartAsync("ask");
        await World.PublishAsync("line", HostUnderTest.Event("go"));
        await World.PublishAsync("done", HostUnderTest.Line("x"));
        await StartWithOrderAsync("chart", null);
        await World.StartAsync("line", "line");
        await World.StartAsync("done", "done");

        (await RefusalAsync("chart", new RestartRequest { FromActivityId = "nowhere" })).ShouldContain("ask, wait, tell");
        (await RefusalAsync("line", new RestartRequest { FromActivityId = "go" })).ShouldContain("no flowchart");
        (await RefusalAsync("done", new RestartRequest())).ShouldContain("has ended");
        await Should.ThrowAsync<InstanceNotFoundException>(() => World.Runtime.RestartAsync("nobody", new RestartRequest(), Ct));
        await Should.ThrowAsync<DefinitionNotFoundException>(() =>
            World.Runtime.RestartAsync("line", new RestartRequest { VersionId = "nobody" }, Ct)
        );
        (await World.StateAsync("chart")).SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task Many_are_restarted_by_a_filter()
    {
        await PublishChartAsync("ask");
        for (var i = 0; i < 5; i++)
            await StartWithOrderAsync($"i{i}", null);
        await PublishChartAsync("ask anew");
        var old = (await World.Definitions.FindAsync("main", 1, Ct)).ShouldNotBeNull();

        var items = new List<BulkItem>();
        await foreach (var item in World.Runtime.RestartAsync(new InstanceFilter { VersionId = old.Id, IsRunning = true }, new(), Ct))
            items.Add(item);
        await World.Node.PumpAsync();

        items.Count.ShouldBe(5);
        items.ShouldAllBe(i => i.Error == null);
        (await World.Definitions.CountRunningAsync("main", Ct))
            .ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(l => l.Version.ShouldBe(2), l => l.Running.ShouldBe(5));
    }

    private async Task<string> RefusalAsync(string instanceId, RestartRequest request) =>
        (await Should.ThrowAsync<AlterationException>(() => World.Runtime.RestartAsync(instanceId, request, Ct))).Message;

    private Task StartWithOrderAsync(string instanceId, string? correlationId) =>
        World.Runtime.StartAsync(
            new StartInstanceRequest("main")
            {
                InstanceId = instanceId,
                CorrelationId = correlationId,
                Inputs = new Dictionary<string, object?> { ["Order"] = "O-1" },
            },
            Ct
        );

    /// <summary>Says something, waits, tells what it knows.</summary>
    private async Task PublishChartAsync(string question)
    {
        var json = $$"""
            { "definitionId": "main", "name": "main", {{Variables}} "root": { "type": "Elsa.Flowchart", "id": "chart",
              "activities": [
                { "type": "Elsa.WriteLine", "id": "ask", "text": "{{question}}" },
                { "type": "Elsa.Event", "id": "wait", "eventName": "go" },
                { "type": "Test.TellAll", "id": "tell"} ],
              "connections": [
                { "source": { "activity": "ask" }, "target": { "activity": "wait" } },
                { "source": { "activity": "wait" }, "target": { "activity": "tell" } } ] } }
            """;
        await World.Definitions.SaveDraftAsync(Engine.Definitions.ElsaJson.Read(System.Text.Encoding.UTF8.GetBytes(json)), Ct);
        await World.Definitions.PublishAsync("main", null, Ct);
    }
}

/// <summary>Prints what it knows.</summary>
[Activity("Test")]
internal sealed class TellAll : Activity
{
    protected override void Execute(ActivityExecutionContext context)
    {
        context.Emit(
            new Effect.WriteLine($"{context.GetVariable("Who")} {context.GetVariable("Count")} {context.GetWorkflowInput("Order")}")
        );
        context.Complete();
    }
}

public sealed class RestartTestsOnPostgres(PostgresFixture postgres) : RestartTests, IClassFixture<PostgresFixture>
{
    protected override PostgresFixture? Postgres => postgres;
}
