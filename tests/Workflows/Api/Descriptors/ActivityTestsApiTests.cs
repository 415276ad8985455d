using System.Net;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Descriptors;

public sealed class ActivityTestsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Address = "/elsa/api/tests/activities";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_activity_of_a_draft_runs_alone_and_leaves_nothing_behind()
    {
        var client = await server.ClientAsync(Ct);
        await SaveAsync(
            client,
            "draft",
            $$"""{{Fault("Before", "no", "It must not run.")}}, { "id": "W", "type": "Elsa.WriteLine", "text": {{Of("JavaScript", "'a' + 'b'")}} }"""
        );

        var result = await TryAsync(client, "draft", "W");

        result.GetProperty("status").GetString().ShouldBe("Completed");
        result.GetProperty("activityState").GetProperty("Text").GetString().ShouldBe("ab");
        result.GetProperty("payload").GetProperty("Outcomes").GetRawText().ShouldBe("[\"Done\"]");
        result.GetProperty("outputs").ValueKind.ShouldBe(JsonValueKind.Object);
        result.GetProperty("exception").ValueKind.ShouldBe(JsonValueKind.Null);
        using var instances = await client.PostJsonAsync("/elsa/api/workflow-instances", """{ "definitionId": "draft" }""", Ct);
        (await instances.JsonAsync(Ct)).GetProperty("totalCount").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_workflow_used_as_an_activity_runs_with_what_is_in_it()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "inner",
                $$"""{ "id": "S", "type": "Elsa.SetOutput", "outputName": {{Literal("Said")}}, "outputValue": {{Of("JavaScript", "getWord() + '!'")}} }""",
                """ "inputs": [ { "name": "Word", "type": "String" } ], "outputs": [ { "name": "Said", "type": "String" } ], "options": { "usableAsActivity": true }, """
            )
        );
        await SaveAsync(
            client,
            "outer",
            $$"""{ "id": "C", "type": "Inner", "version": 1, "workflowDefinitionId": "inner", "word": {{Literal("hey")}} }"""
        );

        var result = await TryAsync(client, "outer", "C");

        result.GetProperty("status").GetString().ShouldBe("Completed", result.GetRawText());
        result.GetProperty("outputs").GetProperty("Said").GetString().ShouldBe("hey!");
    }

    [Fact]
    public async Task A_wait_is_running_and_a_fault_says_why()
    {
        var client = await server.ClientAsync(Ct);
        await SaveAsync(client, "ends", $"{Event("E", "e", starts: true)}, {Fault("F", "code", "It broke.")}");

        var wait = await TryAsync(client, "ends", "E");
        var fault = await TryAsync(client, "ends", "F");

        wait.GetProperty("status").GetString().ShouldBe("Running");
        fault.GetProperty("status").GetString().ShouldBe("Faulted");
        fault.GetProperty("exception").GetProperty("message").GetString().ShouldBe("It broke.");
    }

    [Fact]
    public async Task What_cannot_be_tried_says_why_where_the_designer_shows_it()
    {
        var client = await server.ClientAsync(Ct);
        await SaveAsync(client, "bad", $$"""{ "id": "W", "type": "Elsa.WriteLine", "text": {{Of("JavaScript", "1 +")}} }""");

        var broken = await TryAsync(client, "bad", "W");
        var nobody = await TryAsync(client, "bad", "Nobody");
        var nowhere = await TryAsync(client, "missing", "W");

        MessageOf(broken).ShouldContain("does not parse");
        MessageOf(nobody).ShouldContain("'Nobody'");
        MessageOf(nowhere).ShouldContain("'missing'");
        nobody.GetProperty("status").GetString().ShouldBe("Faulted");
    }

    [Theory]
    [InlineData("""{ "activityHandle": { "activityId": "A" } }""", "test.no-definition")]
    [InlineData("""{ "workflowDefinitionHandle": { "definitionId": "x" } }""", "test.no-activity")]
    public async Task A_request_that_names_nothing_is_refused(string body, string code)
    {
        var client = await server.ClientAsync(Ct);

        using var response = await client.PostJsonAsync(Address, body, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync(Ct)).ShouldBe(code);
    }

    private static string MessageOf(JsonElement result) => result.GetProperty("exception").GetProperty("message").GetString()!;

    private static async Task SaveAsync(HttpClient client, string id, string activities)
    {
        using var saved = await client.SaveAsync(Sequence(id, activities), publish: false, Ct);
        saved.StatusCode.ShouldBe(HttpStatusCode.OK, await saved.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<JsonElement> TryAsync(HttpClient client, string definitionId, string activityId)
    {
        using var response = await client.PostJsonAsync(
            Address,
            $$"""{ "workflowDefinitionHandle": { "definitionId": "{{definitionId}}", "versionOptions": "Latest" }, "activityHandle": { "activityId": "{{activityId}}" } }""",
            Ct
        );
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return await response.JsonAsync(Ct);
    }
}
