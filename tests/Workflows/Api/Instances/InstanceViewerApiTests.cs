using System.Net;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Instances;

/// <summary>All that the instance viewer of Elsa Studio asks for.</summary>
public sealed class InstanceViewerApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string[] Started = ["Started"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_instance_carries_its_state_with_places_of_waiting_and_faults()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("v-state", RunTask("Ask", "approve")),
            Sequence("v-bad", Fault("F", "crm.down", "CRM down"))
        );
        var waiting = await AnswersApiTests.StartAsync(client, "v-state");
        var faulted = await AnswersApiTests.StartAsync(client, "v-bad");

        var one = await client.JsonAsync($"/elsa/api/workflow-instances/{waiting}", Ct);
        var two = await client.JsonAsync($"/elsa/api/workflow-instances/{faulted}", Ct);

        var state = one.GetProperty("workflowState");
        state.GetProperty("id").GetString().ShouldBe(waiting);
        state.GetProperty("definitionVersion").GetInt32().ShouldBe(1);
        var bookmark = state.GetProperty("bookmarks")[0];
        bookmark.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.String);
        bookmark.GetProperty("activityNodeId").GetString().ShouldNotBeNull().ShouldEndWith(":root:Ask");
        bookmark.GetProperty("activityInstanceId").GetString().ShouldNotBeNull().ShouldStartWith(waiting + ":");
        state.GetProperty("completionCallbacks").GetArrayLength().ShouldBe(0);
        state
            .GetProperty("activityExecutionContexts")
            .EnumerateArray()
            .Select(c => c.GetProperty("scheduledActivityNodeId").GetString()!.Split(':')[^1])
            .ShouldBe(["Workflow1", "root", "Ask"]);
        two.GetProperty("incidentCount").GetInt32().ShouldBe(1);
        two.GetProperty("finishedAt").ValueKind.ShouldBe(JsonValueKind.String);
        var incident = two.GetProperty("workflowState").GetProperty("incidents")[0];
        incident.GetProperty("activityId").GetString().ShouldBe("F");
        incident.GetProperty("activityNodeId").GetString().ShouldNotBeNull().ShouldEndWith(":root:F");
        incident.GetProperty("exception").GetProperty("message").GetString().ShouldBe("CRM down");
        incident.GetProperty("exception").GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task An_instance_whose_version_does_not_compile_any_more_can_still_be_looked_at()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("v-gone", RunTask("Ask", "approve")));
        var id = await AnswersApiTests.StartAsync(client, "v-gone");
        await using var command = (await server.DatabaseAsync(Ct)).CreateCommand(
            "update definition_version set content = convert_to(replace(convert_from(content, 'UTF8'), 'Elsa.RunTask', 'Elsa.TakenAway'), 'UTF8') where definition_id = 'v-gone'"
        );
        await command.ExecuteNonQueryAsync(Ct);
        var node = await server.AnotherNodeAsync(Ct);
        using var later = node.CreateClient();

        var instance = await later.JsonAsync($"/elsa/api/workflow-instances/{id}", Ct);
        var variables = await later.JsonAsync($"/elsa/api/workflow-instances/{id}/variables", Ct);
        var journal = await later.JsonAsync($"/elsa/api/workflow-instances/{id}/journal", Ct);

        instance.GetProperty("workflowState").GetProperty("id").GetString().ShouldBe(id);
        variables.GetProperty("items").ValueKind.ShouldBe(JsonValueKind.Array);
        journal.GetProperty("items").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Node_ids_are_those_of_the_definition()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("v-nodes", RunTask("Ask", "approve")));
        var id = await AnswersApiTests.StartAsync(client, "v-nodes");
        var instance = await client.JsonAsync($"/elsa/api/workflow-instances/{id}", Ct);
        var version = instance.GetProperty("definitionVersionId").GetString();

        var definition = await client.JsonAsync($"/elsa/api/workflow-definitions/by-id/{version}", Ct);
        var nodeId = definition.GetProperty("root").GetProperty("activities")[0].GetProperty("nodeId").GetString();

        instance.GetProperty("workflowState").GetProperty("bookmarks")[0].GetProperty("activityNodeId").GetString().ShouldBe(nodeId);
        (await RecordsAsync(client, id, nodeId!)).ShouldHaveSingleItem().GetProperty("activityNodeId").GetString().ShouldBe(nodeId);
    }

    [Fact]
    public async Task The_journal_is_filtered_counted_and_paged()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("v-journal", $"{Say("One", "'1'")}, {Say("Two", "'2'")}, {RunTask("Ask", "a")}"));
        var id = await AnswersApiTests.StartAsync(client, "v-journal");
        var nodes = (await NodesAsync(client, id)).Where(n => n.Value is "One" or "Ask").Select(n => n.Key).ToArray();

        var whole = await JournalAsync(client, id, "", new { filter = (object?)null });
        var inside = await JournalAsync(
            client,
            id,
            "",
            new
            {
                filter = new
                {
                    activityIds = (string[]?)null,
                    activityNodeIds = (string[]?)null,
                    excludedActivityTypes = new[] { "Elsa.Workflow", "Elsa.Sequence" },
                    eventNames = (string[]?)null,
                },
            }
        );
        var some = await JournalAsync(client, id, "?skip=1&take=2", new { filter = new { activityNodeIds = nodes } });
        var started = await JournalAsync(client, id, "", new { filter = new { activityIds = new[] { "Two" }, eventNames = Started } });
        var get = await client.JsonAsync($"/elsa/api/workflow-instances/{id}/journal?skip=0&take=3", Ct);

        Told(inside)
            .Where(l => !l.StartsWith(':'))
            .ShouldBe([
                "One:Started",
                "One:WriteLine",
                "One:Completed",
                "Two:Started",
                "Two:WriteLine",
                "Two:Completed",
                "Ask:Started",
                "Ask:Suspended",
            ]);
        Told(some).ShouldBe(["One:WriteLine", "One:Completed"]);
        some.GetProperty("totalCount").GetInt32().ShouldBe(5);
        Told(started).ShouldBe(["Two:Started"]);
        whole.GetProperty("totalCount").GetInt32().ShouldBeGreaterThan(8);
        get.GetProperty("items").GetArrayLength().ShouldBe(3);
        get.GetProperty("totalCount").GetInt32().ShouldBe(whole.GetProperty("totalCount").GetInt32());
        var line = inside.GetProperty("items")[2];
        line.GetProperty("activityType").GetString().ShouldBe("Elsa.WriteLine");
        line.GetProperty("activityTypeVersion").GetInt32().ShouldBe(1);
        line.GetProperty("payload").GetProperty("Outcomes")[0].GetString().ShouldBe("Done");
        line.GetProperty("activityInstanceId").GetString().ShouldNotBeNull().ShouldStartWith(id + ":");
        whole.GetProperty("items").EnumerateArray().Select(l => l.GetProperty("sequence").GetInt32()).ShouldBeInOrder();
    }

    [Fact]
    public async Task A_record_carries_evaluated_inputs_outputs_and_outcomes_though_no_burst_wrote_them()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "v-values",
                $"{Say("Hello", "'Hi ' + getInput('who')")}, {RunTask("Ask", "approve")}",
                """ "inputs": [ { "name": "who", "type": "String" } ], """
            )
        );
        var id = await AnswersApiTests.StartAsync(client, "v-values", """{ "input": { "who": "Ann" } }""");

        var ask = (await RecordsAsync(client, id, await NodeAsync(client, id, "Ask"))).ShouldHaveSingleItem();
        await client.PostJsonAsync($"/elsa/api/tasks/{ask.GetProperty("id").GetString()}/complete", """{ "result": { "ok": true } }""", Ct);
        await client.UntilAsync(id, "Finished", Ct);
        var hello = (await RecordsAsync(client, id, await NodeAsync(client, id, "Hello"))).ShouldHaveSingleItem();
        var done = await client.JsonAsync($"/elsa/api/activity-executions/by-id?id={ask.GetProperty("id").GetString()}", Ct);

        ask.GetProperty("status").GetString().ShouldBe("Running");
        ask.GetProperty("hasBookmarks").GetBoolean().ShouldBeTrue();
        ask.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        ask.GetProperty("activityState").GetProperty("TaskName").GetString().ShouldBe("approve");
        hello.GetProperty("activityState").GetProperty("Text").GetString().ShouldBe("Hi Ann");
        hello.GetProperty("payload").GetProperty("Outcomes")[0].GetString().ShouldBe("Done");
        hello.GetProperty("status").GetString().ShouldBe("Completed");
        hello.GetProperty("callStackDepth").GetInt32().ShouldBe(2);
        hello.GetProperty("schedulingActivityExecutionId").GetString().ShouldNotBeNull().ShouldStartWith(id + ":");
        hello.GetProperty("exception").ValueKind.ShouldBe(JsonValueKind.Null);
        done.GetProperty("status").GetString().ShouldBe("Completed");
        done.GetProperty("hasBookmarks").GetBoolean().ShouldBeFalse();
        done.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);
        done.GetProperty("outputs").GetProperty("Result").GetProperty("ok").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Summaries_and_call_stacks_and_counts_agree_with_records()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("v-stack", RunTask("Ask", "a")));
        var id = await AnswersApiTests.StartAsync(client, "v-stack");
        var node = await NodeAsync(client, id, "Ask");
        var record = (await RecordsAsync(client, id, node)).ShouldHaveSingleItem();
        var recordId = record.GetProperty("id").GetString();

        var summaries = await client.JsonAsync(
            $"/elsa/api/activity-execution-summaries/list?WorkflowInstanceId={id}&ActivityNodeId={node}",
            Ct
        );
        var stack = await client.JsonAsync($"/elsa/api/activity-executions/{recordId}/call-stack?includeCrossWorkflowChain=True", Ct);
        var count = await client.JsonAsync($"/elsa/api/activity-executions/count?WorkflowInstanceId={id}", Ct);
        var retries = await client.JsonAsync($"/elsa/api/resilience/retries/{recordId}?skip=0&take=10", Ct);

        var summary = summaries.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        summary.GetProperty("id").GetString().ShouldBe(recordId);
        summary.TryGetProperty("activityState", out _).ShouldBeFalse();
        stack.GetProperty("activityExecutionId").GetString().ShouldBe(recordId);
        stack
            .GetProperty("items")
            .EnumerateArray()
            .Select(r => r.GetProperty("activityId").GetString())
            .ShouldBe(["Workflow1", "root", "Ask"]);
        stack.GetProperty("totalCount").GetInt32().ShouldBe(3);
        count.GetProperty("count").GetInt32().ShouldBe(3);
        retries.GetProperty("totalCount").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task The_report_has_the_badges_and_a_repair_shows_as_a_retry()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("v-report", $"{Say("Ok", "'1'")}, {Fault("F", "x", "boom")}"));
        var id = await AnswersApiTests.StartAsync(client, "v-report");
        var nodes = await NodesAsync(client, id);

        var stats = await ReportAsync(client, id, [.. nodes.Keys, "Workflow1:nobody"]);
        var faulted = (await RecordsAsync(client, id, nodes.Single(n => n.Value == "F").Key)).ShouldHaveSingleItem();
        await client.PostJsonAsync(
            "/elsa/api/alterations/workflows/retry",
            $$"""{ "workflowInstanceIds": ["{{id}}"], "activityIds": ["F"] }""",
            Ct
        );
        var retries = await client.JsonAsync($"/elsa/api/resilience/retries/{faulted.GetProperty("id").GetString()}", Ct);

        stats["Ok"].GetProperty("startedCount").GetInt32().ShouldBe(1);
        stats["Ok"].GetProperty("completedCount").GetInt32().ShouldBe(1);
        stats["Ok"].GetProperty("isFaulted").GetBoolean().ShouldBeFalse();
        stats["F"].GetProperty("isFaulted").GetBoolean().ShouldBeTrue();
        stats["F"].GetProperty("uncompletedCount").GetInt32().ShouldBe(1);
        stats["root"].GetProperty("aggregateFaultCount").GetInt32().ShouldBe(1);
        faulted.GetProperty("status").GetString().ShouldBe("Faulted");
        faulted.GetProperty("exception").GetProperty("message").GetString().ShouldBe("boom");
        faulted.GetProperty("aggregateFaultCount").GetInt32().ShouldBe(1);
        var attempt = retries.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        attempt.GetProperty("attemptNumber").GetInt32().ShouldBe(1);
        attempt.GetProperty("details").GetProperty("Message").GetString().ShouldBe("boom");
    }

    [Fact]
    public async Task Attempts_of_a_resilience_strategy_are_told()
    {
        var client = await server.ClientAsync(Ct);
        await using var host = new FlakyHost(failures: 2);
        await client.PublishAsync(
            Ct,
            Sequence(
                "v-attempts",
                $$"""
                { "id": "Call", "type": "Elsa.SendHttpRequest", "url": {{Literal($"{host.Address}orders")}}, "method": {{Literal("POST")}},
                  "customProperties": { "resilienceStrategy": { "mode": "Identifier", "strategyId": "http-repeat" } } },
                {{Say("Then", "'1'")}}
                """
            )
        );
        var id = await AnswersApiTests.StartAsync(client, "v-attempts");
        await client.UntilAsync(id, "Finished", Ct);
        var node = await NodeAsync(client, id, "Call");
        var record = (await RecordsAsync(client, id, node)).ShouldHaveSingleItem();

        var retries = await client.JsonAsync($"/elsa/api/resilience/retries/{record.GetProperty("id").GetString()}?skip=1&take=10", Ct);
        var summary = (
            await client.JsonAsync($"/elsa/api/activity-execution-summaries/list?WorkflowInstanceId={id}&ActivityNodeId={node}", Ct)
        ).GetProperty("items")[0];
        var stats = await ReportAsync(client, id, [node, await NodeAsync(client, id, "Then")]);

        host.Asked.ShouldBe(3);
        retries.GetProperty("totalCount").GetInt32().ShouldBe(2);
        var attempts = retries.GetProperty("items").EnumerateArray().ToList();
        attempts.Select(a => a.GetProperty("attemptNumber").GetInt32()).ShouldBe([2]);
        attempts[0].GetProperty("retryDelay").GetString().ShouldBe("00:00:02");
        attempts[0].GetProperty("details").GetProperty("StatusCode").GetString().ShouldBe("503");
        attempts[0].GetProperty("details").GetProperty("Message").GetString()!.ShouldContain($"{host.Address}orders");
        attempts[0].GetProperty("activityId").GetString().ShouldBe("Call");
        summary.GetProperty("metadata").GetProperty("HasRetryAttempts").GetBoolean().ShouldBeTrue();
        stats["Call"].GetProperty("metadata").GetProperty("HasRetryAttempts").GetBoolean().ShouldBeTrue();
        stats["Then"].GetProperty("metadata").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_printed_line_stands_in_the_journal_of_its_activity()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("v-line", Say("Hello", "'good day'")));
        var id = await AnswersApiTests.StartAsync(client, "v-line");
        var node = await NodeAsync(client, id, "Hello");

        var response = await client.PostJsonAsync(
            $"/elsa/api/workflow-instances/{id}/journal",
            $$"""{ "filter": { "activityNodeIds": ["{{node}}"] } }""",
            Ct
        );

        var lines = (await response.JsonAsync(Ct)).GetProperty("items").EnumerateArray().ToList();
        lines.Select(l => l.GetProperty("eventName").GetString()).ShouldBe(["Started", "WriteLine", "Completed"]);
        lines[1].GetProperty("message").GetString().ShouldBe("good day");
        lines[1].GetProperty("activityType").GetString().ShouldBe("Elsa.WriteLine");
        lines[1].GetProperty("activityInstanceId").GetString().ShouldBe(lines[0].GetProperty("activityInstanceId").GetString());
    }

    [Fact]
    public async Task What_log_persistence_excludes_is_not_shown()
    {
        const string Exclude = "Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core";
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence(
                "v-private",
                $$"""
                { "id": "Secret", "type": "Elsa.WriteLine", "text": {{Literal("4111 1111")}},
                  "customProperties": { "logPersistenceConfig": { "inputs": { "Text": { "evaluationMode": "Strategy", "strategyType": "{{Exclude}}" } } } } },
                {{Say("Open", "'hello'")}}
                """
            )
        );
        var id = await AnswersApiTests.StartAsync(client, "v-private");

        var secret = (await RecordsAsync(client, id, await NodeAsync(client, id, "Secret"))).ShouldHaveSingleItem();
        var open = (await RecordsAsync(client, id, await NodeAsync(client, id, "Open"))).ShouldHaveSingleItem();

        secret.GetProperty("activityState").EnumerateObject().ShouldBeEmpty();
        open.GetProperty("activityState").GetProperty("Text").GetString().ShouldBe("hello");
    }

    [Fact]
    public async Task The_execution_state_moves_with_each_burst()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("v-moves", $"{RunTask("One", "1")}, {RunTask("Two", "2")}"));
        var id = await AnswersApiTests.StartAsync(client, "v-moves");
        var before = await client.JsonAsync($"/elsa/api/workflow-instances/{id}/execution-state", Ct);
        var record = (await RecordsAsync(client, id, await NodeAsync(client, id, "One"))).Single();

        await client.PostJsonAsync($"/elsa/api/tasks/{record.GetProperty("id").GetString()}/complete", "{}", Ct);
        var after = await client.JsonAsync($"/elsa/api/workflow-instances/{id}/execution-state", Ct);

        before.GetProperty("status").GetString().ShouldBe("Running");
        before.GetProperty("workflowSubStatus").GetString().ShouldBe("Suspended");
        after.GetProperty("updatedAt").GetDateTimeOffset().ShouldBeGreaterThan(before.GetProperty("updatedAt").GetDateTimeOffset());
        (await RecordsAsync(client, id, await NodeAsync(client, id, "Two"))).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("/elsa/api/workflow-instances/nobody", "instance.unknown")]
    [InlineData("/elsa/api/workflow-instances/nobody/variables", "instance.unknown")]
    [InlineData("/elsa/api/workflow-instances/nobody/journal", "instance.unknown")]
    [InlineData("/elsa/api/workflow-instances/nobody/execution-state", "instance.unknown")]
    [InlineData("/elsa/api/activity-executions/list?WorkflowInstanceId=nobody", "instance.unknown")]
    [InlineData("/elsa/api/activity-execution-summaries/list", "instance.unknown")]
    [InlineData("/elsa/api/activity-executions/by-id?id=nobody:1", "execution.unknown")]
    [InlineData("/elsa/api/activity-executions/by-id", "execution.unknown")]
    [InlineData("/elsa/api/activity-executions/nobody/call-stack", "execution.unknown")]
    [InlineData("/elsa/api/resilience/retries/nobody:7", "execution.unknown")]
    public async Task What_is_not_there_is_404(string path, string code)
    {
        var client = await server.ClientAsync(Ct);

        var response = await client.GetAsync(path.Local(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.CodeAsync(Ct)).ShouldBe(code);
    }

    private static string Say(string id, string script) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.WriteLine", "text": {{Of("JavaScript", script)}} }""";

    private static async Task<Dictionary<string, string>> NodesAsync(HttpClient client, string id) =>
        (await client.JsonAsync($"/elsa/api/workflow-instances/{id}/journal", Ct))
            .GetProperty("items")
            .EnumerateArray()
            .Where(l => l.GetProperty("nodeId").GetString() is { Length: > 0 })
            .DistinctBy(l => l.GetProperty("nodeId").GetString())
            .ToDictionary(l => l.GetProperty("nodeId").GetString()!, l => l.GetProperty("activityId").GetString()!);

    private static async Task<string> NodeAsync(HttpClient client, string id, string activityId) =>
        (await NodesAsync(client, id)).Single(n => n.Value == activityId).Key;

    private static async Task<List<JsonElement>> RecordsAsync(HttpClient client, string id, string nodeId) =>
        [
            .. (await client.JsonAsync($"/elsa/api/activity-executions/list?WorkflowInstanceId={id}&ActivityNodeId={nodeId}", Ct))
                .GetProperty("items")
                .EnumerateArray(),
        ];

    private static async Task<JsonElement> JournalAsync(HttpClient client, string id, string query, object body)
    {
        var response = await client.PostJsonAsync($"/elsa/api/workflow-instances/{id}/journal{query}", JsonSerializer.Serialize(body), Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.JsonAsync(Ct);
    }

    private static async Task<Dictionary<string, JsonElement>> ReportAsync(HttpClient client, string id, string[] nodeIds)
    {
        var body = JsonSerializer.Serialize(new { workflowInstanceId = id, activityNodeIds = nodeIds });
        var response = await client.PostJsonAsync("/elsa/api/activity-executions/report", body, Ct);
        return (await response.JsonAsync(Ct))
            .GetProperty("stats")
            .EnumerateArray()
            .ToDictionary(s => s.GetProperty("activityId").GetString()!);
    }

    private static List<string> Told(JsonElement page) =>
        [
            .. page.GetProperty("items")
                .EnumerateArray()
                .Select(l => $"{l.GetProperty("activityId").GetString()}:{l.GetProperty("eventName").GetString()}"),
        ];
}
