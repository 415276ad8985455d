using System.Net;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Instances;

/// <summary>The list of instances as Elsa Studio asks for it.</summary>
public sealed class InstanceListApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-instances";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Studios_own_request_with_all_its_nulls_and_empty_lists_lists_everything_newest_first()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("whole", RunTask("T", "t")), Sequence("done", ""));
        var first = await AnswersApiTests.StartAsync(client, "whole", """{ "correlationId": "whole-1", "name": "Case 1" }""");
        var second = await AnswersApiTests.StartAsync(client, "done");

        var page = await ListAsync(
            client,
            """
            {"page":0,"pageSize":2,"searchTerm":"","definitionId":null,"definitionIds":[],"correlationId":null,"version":null,"hasIncidents":null,
             "isSystem":false,"status":null,"statuses":[],"subStatus":null,"subStatuses":[],"orderBy":null,"orderDirection":"Descending","timestampFilters":[]}
            """
        );

        page.GetProperty("totalCount").GetInt64().ShouldBeGreaterThanOrEqualTo(2);
        Ids(page).ShouldBe([second, first]);
        var item = page.GetProperty("items")[1];
        item.GetProperty("definitionId").GetString().ShouldBe("whole");
        item.GetProperty("definitionVersionId").GetString().ShouldNotBeNullOrEmpty();
        item.GetProperty("version").GetInt32().ShouldBe(1);
        item.GetProperty("status").GetString().ShouldBe("Running");
        item.GetProperty("subStatus").GetString().ShouldBe("Suspended");
        item.GetProperty("correlationId").GetString().ShouldBe("whole-1");
        item.GetProperty("name").GetString().ShouldBe("Case 1");
        item.GetProperty("incidentCount").GetInt32().ShouldBe(0);
        item.GetProperty("createdAt").GetDateTimeOffset().ShouldBeLessThanOrEqualTo(item.GetProperty("updatedAt").GetDateTimeOffset());
        item.GetProperty("finishedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        page.GetProperty("items")[0].GetProperty("finishedAt").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task Every_filter_narrows()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("f-wait", RunTask("T", "t")),
            Sequence("f-done", ""),
            Sequence("f-bad", Fault("F", "x", "boom"))
        );
        var wait = await AnswersApiTests.StartAsync(client, "f-wait", """{ "correlationId": "f-1", "name": "Refund of Ms Lee" }""");
        var done = await AnswersApiTests.StartAsync(client, "f-done", """{ "correlationId": "f-2" }""");
        var bad = await AnswersApiTests.StartAsync(client, "f-bad");
        var created = (await client.JsonAsync($"{Path}/{done}", Ct)).GetProperty("createdAt").GetString();
        const string All = """ "definitionIds": ["f-wait", "f-done", "f-bad"] """;

        (await IdsAsync(client, All)).ShouldBe([bad, done, wait]);
        (await IdsAsync(client, All + """, "orderDirection": "Ascending" """)).ShouldBe([wait, done, bad]);
        (await IdsAsync(client, """ "definitionId": "f-done" """)).ShouldBe([done]);
        (await IdsAsync(client, """ "definitionId": "f-done", "version": 1 """)).ShouldBe([done]);
        (await IdsAsync(client, """ "definitionId": "f-done", "version": 2 """)).ShouldBeEmpty();
        (await IdsAsync(client, """ "correlationId": "f-2" """)).ShouldBe([done]);
        (await IdsAsync(client, All + """, "hasIncidents": true """)).ShouldBe([bad]);
        (await IdsAsync(client, All + """, "hasIncidents": false """)).ShouldBe([done, wait]);
        (await IdsAsync(client, All + """, "isSystem": true """)).ShouldBeEmpty();
        (await IdsAsync(client, All + """, "status": "Running" """)).ShouldBe([wait]);
        (await IdsAsync(client, All + """, "statuses": ["Finished"] """)).ShouldBe([bad, done]);
        (await IdsAsync(client, All + """, "statuses": ["Running", "Finished"] """)).ShouldBe([bad, done, wait]);
        (await IdsAsync(client, All + """, "subStatus": "Faulted" """)).ShouldBe([bad]);
        (await IdsAsync(client, All + """, "subStatuses": ["Faulted", "Suspended"] """)).ShouldBe([bad, wait]);
        (await IdsAsync(client, All + """, "subStatuses": ["Interrupted"] """)).ShouldBeEmpty();
        (await IdsAsync(client, All + """, "subStatuses": ["Interrupted", "Faulted"] """)).ShouldBe([bad]);
        (await IdsAsync(client, """ "searchTerm": "ms lee" """)).ShouldBe([wait]);
        (await IdsAsync(client, $$""" "searchTerm": "{{done}}" """)).ShouldBe([done]);
        (
            await IdsAsync(
                client,
                All + $$""", "timestampFilters": [{ "column": "CreatedAt", "operator": "Is", "timestamp": "{{created}}" }] """
            )
        ).ShouldBe([done]);
        (
            await IdsAsync(
                client,
                All + $$""", "timestampFilters": [{ "column": "CreatedAt", "operator": "LessThan", "timestamp": "{{created}}" }] """
            )
        ).ShouldBe([wait]);
        (
            await IdsAsync(
                client,
                All
                    + $$""", "timestampFilters": [{ "column": "FinishedAt", "operator": "GreaterThanOrEqual", "timestamp": "{{created}}" }, { "column": "UpdatedAt", "operator": "IsNot", "timestamp": null }] """
            )
        ).ShouldBe([bad, done]);
        (await IdsAsync(client, All + """, "orderBy": "Finished" """)).ShouldBe([bad, done, wait]);
        (await IdsAsync(client, All + """, "orderBy": "Name", "orderDirection": "Descending" """))[0].ShouldBe(wait);
        (await IdsAsync(client, All + """, "orderBy": "LastExecuted", "pageSize": 1, "page": 1 """)).ShouldBe([done]);
    }

    [Theory]
    [InlineData(""" "status": "Waiting" """)]
    [InlineData(""" "subStatuses": ["Resting"] """)]
    [InlineData(""" "orderBy": "Size" """)]
    [InlineData(""" "orderDirection": "Sideways" """)]
    [InlineData(""" "timestampFilters": [{ "column": "BornAt", "operator": "Is", "timestamp": "2026-01-01T00:00:00Z" }] """)]
    [InlineData(""" "timestampFilters": [{ "column": "CreatedAt", "operator": "Near", "timestamp": "2026-01-01T00:00:00Z" }] """)]
    public async Task An_unknown_word_is_400_and_says_what_is_allowed(string member)
    {
        var client = await server.ClientAsync(Ct);

        var response = await client.PostJsonAsync(Path, $"{{ {member} }}", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.JsonAsync(Ct);
        problem.GetProperty("code").GetString().ShouldBe("filter.value");
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("Use ");
    }

    [Fact]
    public async Task Get_lists_too_with_repeated_keys()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("g-1", ""), Sequence("g-2", ""));
        var one = await AnswersApiTests.StartAsync(client, "g-1");
        var two = await AnswersApiTests.StartAsync(client, "g-2");

        var page = await client.JsonAsync($"{Path}?DefinitionIds=g-1&DefinitionIds=g-2&Page=0&PageSize=10", Ct);

        Ids(page).ShouldBe([two, one]);
    }

    private static async Task<JsonElement> ListAsync(HttpClient client, string body)
    {
        var response = await client.PostJsonAsync(Path, body, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return await response.JsonAsync(Ct);
    }

    private static async Task<string?[]> IdsAsync(HttpClient client, string members) => Ids(await ListAsync(client, $"{{ {members} }}"));

    private static string?[] Ids(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString())];
}
