using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

public sealed class TaskDeskApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Form =
        """{"type": "object", "required": ["amount"], "properties": {"amount": {"type": "number", "maximum": 500}}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_is_routed_offered_taken_and_answered_over_the_api()
    {
        var client = await server.ClientAsync(Ct);
        await PutAsync(client, "/api/agents/desk-ann", new { name = "Ann" });
        await PutAsync(client, "/api/queues/api-desk", new { name = "Desk" });
        await PutAsync(client, "/api/queues/api-desk/members/desk-ann", new { primary = true });
        await PutAsync(client, "/api/presence/desk-ann", new { status = "Available" });
        var instance = await StartAsync(
            client,
            "desk-route",
            """ "queue": { "typeName": "String", "expression": { "type": "Literal", "value": "api-desk" } }, """
        );

        var task = await UntilAsync(client, instance, t => t.GetProperty("state").GetString() == "Offered");
        task.GetProperty("offeredTo").GetString().ShouldBe("desk-ann");
        var id = task.GetProperty("id").GetString()!;

        var offers = await GetAsync(client, "/api/offers?agentId=desk-ann");
        var offer = offers.GetProperty("items").EnumerateArray().Single(o => o.GetProperty("taskId").GetString() == id);
        var no = offer.GetProperty("offerNo").GetInt32();
        using var ann = await AsAsync("desk-ann");
        var taken = await PostAsync(ann, $"/api/offers/{Uri.EscapeDataString(id)}/{no}/accept", new { });
        taken.GetProperty("assignee").GetString().ShouldBe("desk-ann");
        (await GetAsync(client, $"/api/tasks/{Uri.EscapeDataString(id)}/why")).EnumerateArray().ShouldHaveSingleItem();

        var body = new
        {
            expectedRev = taken.GetProperty("rev").GetInt64(),
            operationId = "op",
            outcome = "approve",
            answer = new { amount = 7 },
        };
        (await PostAsync(ann, $"/api/tasks/{Uri.EscapeDataString(id)}/complete", body))
            .GetProperty("state")
            .GetString()
            .ShouldBe("Completed");
        (await PostAsync(ann, $"/api/tasks/{Uri.EscapeDataString(id)}/complete", body))
            .GetProperty("outcome")
            .GetString()
            .ShouldBe("approve");
        (await GetAsync(client, "/api/agents/desk-ann")).GetProperty("usedUnits").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Unknown_wrong_answered_and_cancelled_tasks_are_told_apart()
    {
        var client = await server.ClientAsync(Ct);
        var instance = await StartAsync(client, "desk-codes", "");
        var task = await UntilAsync(client, instance, _ => true);
        var path = $"/api/tasks/{Uri.EscapeDataString(task.GetProperty("id").GetString()!)}/complete";
        var rev = task.GetProperty("rev").GetInt64();

        (
            await RefusedAsync(
                client,
                "/api/tasks/none:1/complete",
                new
                {
                    expectedRev = 1,
                    operationId = "a",
                    outcome = "approve",
                }
            )
        ).ShouldBe((HttpStatusCode.NotFound, "task.unknown"));
        using var wrong = await client.PostAsJsonAsync(
            path.Local(),
            new
            {
                expectedRev = rev,
                operationId = "b",
                outcome = "approve",
                answer = new { amount = 501 },
            },
            Ct
        );
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await wrong.Content.ReadFromJsonAsync<JsonElement>(Ct);
        problem.GetProperty("errors").GetProperty("amount")[0].GetString().ShouldStartWith("answer.too-big");
        (await RefusedAsync(client, path, new { operationId = "b" })).ShouldBe((HttpStatusCode.BadRequest, "task.expected-rev"));

        await PostAsync(
            client,
            path,
            new
            {
                expectedRev = rev,
                operationId = "c",
                outcome = "reject",
                answer = new { amount = 1 },
            }
        );
        (
            await RefusedAsync(
                client,
                path,
                new
                {
                    expectedRev = rev,
                    operationId = "d",
                    outcome = "approve",
                    answer = new { amount = 1 },
                }
            )
        ).ShouldBe((HttpStatusCode.Conflict, "task.answered"));

        var other = await UntilAsync(client, await StartAsync(client, "desk-codes", ""), _ => true);
        var otherPath = $"/api/tasks/{Uri.EscapeDataString(other.GetProperty("id").GetString()!)}/complete";
        using var cancel = await client.PostAsync(
            $"/elsa/api/cancel/workflow-instances/{other.GetProperty("instanceId").GetString()}".Local(),
            null,
            Ct
        );
        cancel.IsSuccessStatusCode.ShouldBeTrue();
        (
            await RefusedAsync(
                client,
                otherPath,
                new
                {
                    expectedRev = 1,
                    operationId = "e",
                    outcome = "approve",
                    answer = new { amount = 1 },
                }
            )
        ).ShouldBe((HttpStatusCode.Gone, "task.cancelled"));
    }

    [Fact]
    public async Task Files_come_back_as_they_were_and_run_nowhere()
    {
        var client = await server.ClientAsync(Ct);
        var task = await UntilAsync(client, await StartAsync(client, "desk-files", ""), _ => true);
        var path = $"/api/tasks/{Uri.EscapeDataString(task.GetProperty("id").GetString()!)}/files";
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("<script>alert(1)</script>"));
        content.Headers.ContentType = new("text/plain");

        using var added = await client.PostAsync($"{path}?name=note.txt".Local(), content, Ct);
        added.StatusCode.ShouldBe(HttpStatusCode.OK, await added.Content.ReadAsStringAsync(Ct));
        var file = await added.Content.ReadFromJsonAsync<JsonElement>(Ct);
        using var read = await client.GetAsync($"{path}/{file.GetProperty("id").GetString()}".Local(), Ct);

        (await read.Content.ReadAsStringAsync(Ct)).ShouldBe("<script>alert(1)</script>");
        read.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        read.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "分配任务", "客户服务", "标题")]
    [InlineData("en-US,en;q=0.9,zh;q=0.8", "Assign Task", "Customer service", "Title")]
    [InlineData("de", "Assign Task", "Customer service", "Title")]
    public async Task Activities_are_described_in_the_language_of_who_asks(string wish, string name, string category, string input)
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/elsa/api/descriptors/activities".Local());
        request.Headers.TryAddWithoutValidation("Accept-Language", wish);

        using var response = await client.SendAsync(request, Ct);
        var type = (await response.Content.ReadFromJsonAsync<JsonElement>(Ct))
            .GetProperty("items")
            .EnumerateArray()
            .Single(t => t.GetProperty("typeName").GetString() == "ServiceLoop.AssignTask");

        type.GetProperty("displayName").GetString().ShouldBe(name);
        type.GetProperty("category").GetString().ShouldBe(category);
        type.GetProperty("inputs")
            .EnumerateArray()
            .Single(i => i.GetProperty("name").GetString() == "Title")
            .GetProperty("displayName")
            .GetString()
            .ShouldBe(input);
        response.Headers.Vary.ShouldContain("Accept-Language");
    }

    private async Task<HttpClient> AsAsync(string agent)
    {
        var client = (await server.NodeAsync(Ct)).CreateClient();
        client.DefaultRequestHeaders.Add("X-On-Behalf-Of", agent);
        return client;
    }

    private static async Task<string> StartAsync(HttpClient client, string id, string inputs)
    {
        await client.PublishAsync(
            Ct,
            $$"""
            { "definitionId": "{{id}}", "name": "{{id}}", "root": { "id": "flow", "type": "Elsa.Flowchart", "start": "task", "connections": [], "activities": [
              { "id": "task", "type": "ServiceLoop.AssignTask", {{inputs}} "title": {{Flows.Literal("Approve")}},
                "answerOutcomes": {{Flows.Of("Object", "[\"approve\", \"reject\"]")}}, "form": {{Flows.Literal(Form)}} } ] } }
            """
        );
        using var response = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{id}/execute".Local(), new { }, Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
        return response.InstanceId();
    }

    private static async Task<JsonElement> UntilAsync(HttpClient client, string instance, Func<JsonElement, bool> isIt)
    {
        for (var tries = 0; ; tries++)
        {
            var tasks = (await GetAsync(client, "/api/tasks?open=true")).GetProperty("items").EnumerateArray();

            if (tasks.Where(t => t.GetProperty("instanceId").GetString() == instance).ToList() is [var task] && isIt(task))
                return task;

            tries.ShouldBeLessThan(1800, "the task did not come to be as expected");
            await Task.Delay(100, Ct);
        }
    }

    private static async Task<(HttpStatusCode, string?)> RefusedAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path.Local(), body, Ct);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("code").GetString());
    }

    private static async Task PutAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PutAsJsonAsync(path.Local(), body, Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path.Local(), body, Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        await client.GetFromJsonAsync<JsonElement>(path.Local(), Ct);
}
