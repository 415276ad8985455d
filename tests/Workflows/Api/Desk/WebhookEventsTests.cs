using System.Net.Http.Json;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

public sealed class WebhookEventsTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_to_a_task_is_told_to_those_who_hear_tasks_and_to_nobody_else()
    {
        await using var hears = new Receiver();
        await using var deaf = new Receiver();
        var client = await server.ClientAsync(Ct);
        await SubscribeAsync(client, "tasks", hears, "task.*");
        await SubscribeAsync(client, "cases", deaf, "case.*");
        await client.PublishAsync(
            Ct,
            Sequence(
                "told",
                $$"""{ "id": "Ask", "type": "ServiceLoop.AssignTask", "title": {{Literal("Look")}}, "caseId": {{Literal("C-1")}} }"""
            )
        );

        using var run = await client.PostJsonAsync("/elsa/api/workflow-definitions/told/execute", "{}", Ct);
        await hears.UntilAsync(1, Ct);
        var created = Told(hears);
        created.GetProperty("event").GetString().ShouldBe("task.created");
        created.GetProperty("about").GetProperty("caseId").GetString().ShouldBe("C-1");

        using var cancelled = await client.PostJsonAsync($"/elsa/api/cancel/workflow-instances/{run.InstanceId()}", "{}", Ct);
        cancelled.IsSuccessStatusCode.ShouldBeTrue(await cancelled.Content.ReadAsStringAsync(Ct));
        await hears.UntilAsync(1, Ct);
        var ended = Told(hears);
        ended.GetProperty("event").GetString().ShouldBe("task.ended");
        ended.GetProperty("about").GetProperty("state").GetString().ShouldBe("cancelled");
        ended
            .GetProperty("about")
            .GetProperty("taskId")
            .GetString()
            .ShouldBe(created.GetProperty("about").GetProperty("taskId").GetString());
        deaf.Requests.ShouldBeEmpty();
    }

    private static JsonElement Told(Receiver receiver) => JsonDocument.Parse(receiver.Requests.Last().Body).RootElement;

    private static async Task SubscribeAsync(HttpClient client, string name, Receiver receiver, string heard)
    {
        using var made = await client.PostAsJsonAsync(
            "/api/webhooks",
            new
            {
                name,
                url = receiver.Address.ToString(),
                events = new[] { heard },
            },
            Ct
        );
        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync(Ct));
    }
}
