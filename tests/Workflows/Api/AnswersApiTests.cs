using System.Net;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api;

/// <summary>Events, tasks, bookmarks and timers: all that wakes an instance.</summary>
public sealed class AnswersApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_accepted_and_wakes_those_of_its_correlation()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("listener", Event("E", "paid")));
        var one = await StartAsync(client, "listener", """{ "correlationId": "one" }""");
        var two = await StartAsync(client, "listener", """{ "correlationId": "two" }""");

        var response = await client.PostJsonAsync(
            "/elsa/api/events/paid/trigger",
            """{ "correlationId": "one", "input": { "sum": 5 } }""",
            Ct
        );

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await client.UntilAsync(one, "Finished", Ct);
        await client.UntilAsync(two, "Suspended", Ct);
    }

    [Fact]
    public async Task A_repeated_event_with_the_same_key_is_accepted_and_starts_no_more_than_was_sent()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("starter", $"{Event("E", "order-placed", starts: true)}, {RunTask("T", "t")}"));

        for (var n = 0; n < 3; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/elsa/api/events/order-placed/trigger".Local())
            {
                Content = new StringContent("{}", null, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", "k1");
            (await client.SendAsync(request, Ct)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        await client.PostJsonAsync("/elsa/api/events/order-placed/trigger", "{}", Ct);
        var count = 0;

        // The key lives as long as its work; what was delivered already may be delivered again. So: at least two, at most four.
        for (var tries = 0; tries < 600 && count < 2; tries++)
        {
            count = (await client.JsonAsync("/elsa/api/workflow-instances?definitionId=starter", Ct)).GetProperty("items").GetArrayLength();
            await Task.Delay(50, Ct);
        }

        count.ShouldBeInRange(2, 4);
    }

    [Fact]
    public async Task A_task_is_completed_once_and_says_so()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("asker", RunTask("Ask", "approve")));
        var id = await StartAsync(client, "asker");
        var waiter = (await client.UntilAsync(id, "Suspended", Ct)).GetProperty("workflowState").GetProperty("bookmarks")[0];
        var path = $"/elsa/api/tasks/{waiter.GetProperty("payload").GetProperty("TaskId").GetString()}/complete";

        var first = await client.PostJsonAsync(path, """{ "result": { "ok": true } }""", Ct);
        var second = await client.PostJsonAsync(path, """{ "result": { "ok": false } }""", Ct);
        var unknown = await client.PostJsonAsync("/elsa/api/tasks/nobody:1/complete", "{}", Ct);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await first.JsonAsync(Ct)).GetProperty("subStatus").GetString().ShouldBe("Finished");
        second.StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await second.CodeAsync(Ct)).ShouldBe("wait.gone");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.CodeAsync(Ct)).ShouldBe("wait.unknown");
    }

    [Fact]
    public async Task A_bookmark_is_resumed_by_its_number()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("numbered", Event("E", "never-sent")));
        var id = await StartAsync(client, "numbered");
        var number = (await client.UntilAsync(id, "Suspended", Ct))
            .GetProperty("workflowState")
            .GetProperty("bookmarks")[0]
            .GetProperty("id")
            .GetString();

        var unnamed = await client.PostJsonAsync("/elsa/api/bookmarks/resume", "{}", Ct);
        var resumed = await client.PostJsonAsync(
            "/elsa/api/bookmarks/resume",
            $$"""{ "workflowInstanceId": "{{id}}", "bookmarkId": {{number}} }""",
            Ct
        );

        (await unnamed.CodeAsync(Ct)).ShouldBe("bookmark.unnamed");
        resumed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await client.UntilAsync(id, "Finished", Ct);
    }

    [Fact]
    public async Task A_delay_ends_by_itself()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("napper", Delay("Nap", TimeSpan.FromMilliseconds(300))));

        var id = await StartAsync(client, "napper");

        await client.UntilAsync(id, "Finished", Ct);
    }

    [Fact]
    public async Task A_child_that_is_waited_for_ends_before_its_parent()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("child", Delay("Nap", TimeSpan.FromMilliseconds(50))),
            Sequence(
                "parent",
                $$"""{ "id": "Call", "type": "Elsa.DispatchWorkflow", "workflowDefinitionId": {{Literal("child")}}, "waitForCompletion": {{Literal("true")}} }"""
            )
        );

        var id = await StartAsync(client, "parent");

        await client.UntilAsync(id, "Finished", Ct);
        var children = (await client.JsonAsync($"/elsa/api/workflow-instances?parentWorkflowInstanceId={id}", Ct)).GetProperty("items");
        children.EnumerateArray().ShouldHaveSingleItem().GetProperty("subStatus").GetString().ShouldBe("Finished");
    }

    internal static async Task<string> StartAsync(HttpClient client, string definitionId, string body = "{}") =>
        (await client.PostJsonAsync($"/elsa/api/workflow-definitions/{definitionId}/execute", body, Ct)).InstanceId();
}
