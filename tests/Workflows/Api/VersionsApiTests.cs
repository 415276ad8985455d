using System.Net;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api;

public sealed class VersionsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Definitions_are_listed_by_page_and_found_by_a_part_of_their_name()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("list-a", RunTask("T", "1")), Sequence("list-b", RunTask("T", "1")));
        await client.SaveAsync(Sequence("list-b", RunTask("T", "2")), publish: false, Ct);

        var page = await client.JsonAsync("/api/definitions?search=LIST-&orderBy=Name&descending=true&pageSize=1", Ct);

        page.GetProperty("totalCount").GetInt64().ShouldBe(2);
        var item = page.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (item.GetProperty("definitionId").GetString(), item.GetProperty("version").GetInt32()).ShouldBe(("list-b", 2));
        var second = await client.JsonAsync("/api/definitions?search=LIST-&orderBy=Name&descending=true&pageSize=1&page=1", Ct);
        second.GetProperty("items")[0].GetProperty("definitionId").GetString().ShouldBe("list-a");
        (await client.JsonAsync("/api/definitions?search=list-&versions=All", Ct)).GetProperty("totalCount").GetInt64().ShouldBe(3);
    }

    [Fact]
    public async Task A_version_is_published_with_a_note_and_its_warnings_are_kept()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(Sequence("noted", RunTask("T", "1")), publish: false, Ct);

        var lint = await client.JsonAsync("/api/definitions/noted/lint", Ct);
        var published = await PostAsync(client, "noted/publish", """{ "note": "first try" }""");
        var version = await client.JsonAsync("/api/definitions/noted/versions/1", Ct);

        // The task waits without limit, and nobody owns it.
        lint.EnumerateArray().Select(w => w.GetProperty("code").GetString()).ShouldContain("lint.wait-without-limit");
        published.GetProperty("warnings").GetRawText().ShouldBe(lint.GetRawText());
        version.GetProperty("warnings").GetRawText().ShouldBe(lint.GetRawText());
        version.GetProperty("warnings")[0].GetProperty("activityId").GetString().ShouldBe("T");
        version.GetProperty("warnings")[0].GetProperty("severity").GetString().ShouldBe("Warning");
        var shown = version.GetProperty("version");
        shown.GetProperty("note").GetString().ShouldBe("first try");
        shown.GetProperty("publishedBy").GetString().ShouldBe(DeploymentKey.Name);
        shown.GetProperty("warningCount").GetInt32().ShouldBe(lint.GetArrayLength());
        (await PostAsync(client, "noted/publish", "{}")).GetProperty("wasPublished").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_rollback_shows_where_instances_run_and_they_can_be_restarted_there()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("back", RunTask("One", "1")));
        await client.PublishAsync(Ct, Sequence("back", RunTask("Two", "2")));
        using var started = await client.PostJsonAsync("/elsa/api/workflow-definitions/back/execute", "{}", Ct);

        var rolledBack = await PostAsync(client, "back/rollback", """{ "version": 1, "note": "worse" }""");
        var versions = await client.JsonAsync("/api/definitions/back/versions", Ct);

        rolledBack.GetProperty("replaced").GetInt32().ShouldBe(2);
        var load = rolledBack.GetProperty("running").EnumerateArray().ShouldHaveSingleItem();
        (load.GetProperty("version").GetInt32(), load.GetProperty("running").GetInt64()).ShouldBe((2, 1));
        versions
            .GetProperty("items")
            .EnumerateArray()
            .Select(v =>
                (v.GetProperty("version").GetInt32(), v.GetProperty("isPublished").GetBoolean(), v.GetProperty("running").GetInt64())
            )
            .ShouldBe([(2, false, 1), (1, true, 0)]);

        var restarted = await PostAsync(client, "back/restart", """{ "fromVersion": 2 }""");
        var item = restarted.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("instanceId").GetString().ShouldBe(started.InstanceId());
        var instance = await client.UntilAsync(item.GetProperty("newInstanceId").GetString()!, "Suspended", Ct);
        instance.GetProperty("version").GetInt32().ShouldBe(1);
        await client.UntilAsync(started.InstanceId(), "Cancelled", Ct);

        (await client.JsonAsync("/api/definitions/back/publications", Ct))
            .EnumerateArray()
            .Select(p => $"{p.GetProperty("kind")} {p.GetProperty("version")} {p.GetProperty("who")} {p.GetProperty("note")}")
            .ShouldBe([
                $"RolledBack 1 {DeploymentKey.Name} worse",
                $"Published 2 {DeploymentKey.Name} ",
                $"Published 1 {DeploymentKey.Name} ",
            ]);
    }

    [Fact]
    public async Task A_line_is_deleted_once_its_instances_are_done_with()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("gone", RunTask("T", "1")));
        using var started = await client.PostJsonAsync("/elsa/api/workflow-definitions/gone/execute", "{}", Ct);

        (await DeleteAsync(client, "gone")).ShouldBe((HttpStatusCode.Conflict, "definition.running"));
        (await DeleteAsync(client, "gone/versions/1")).ShouldBe((HttpStatusCode.Conflict, "definition.published"));
        await client.PostJsonAsync($"/elsa/api/cancel/workflow-instances/{started.InstanceId()}", "{}", Ct);
        await client.UntilAsync(started.InstanceId(), "Cancelled", Ct);
        (await DeleteAsync(client, "gone")).ShouldBe((HttpStatusCode.Conflict, "definition.has-ended"));
        (await DeleteAsync(client, "gone?withEnded=true")).ShouldBe((HttpStatusCode.NoContent, null));

        (await DeleteAsync(client, "gone")).ShouldBe((HttpStatusCode.NotFound, "definition.unknown"));
    }

    [Theory]
    [InlineData("POST", "nobody/rollback", """{ "version": 1 }""", HttpStatusCode.NotFound, "definition.unknown")]
    [InlineData("POST", "nobody/rollback", """{ "toVersion": 1 }""", HttpStatusCode.BadRequest, "rollback.version")]
    [InlineData("POST", "nobody/rollback", """{ "version": 0 }""", HttpStatusCode.BadRequest, "rollback.version")]
    [InlineData("POST", "nobody/publish", "{}", HttpStatusCode.NotFound, "definition.unknown")]
    [InlineData("POST", "nobody/restart", "{}", HttpStatusCode.NotFound, "definition.unknown")]
    [InlineData("POST", "nobody/retract", "{}", HttpStatusCode.Conflict, "definition.not-published")]
    [InlineData("GET", "nobody/versions", "", HttpStatusCode.NotFound, "definition.unknown")]
    [InlineData("GET", "nobody/versions/1", "", HttpStatusCode.NotFound, "definition.unknown")]
    [InlineData("GET", "nobody/lint", "", HttpStatusCode.NotFound, "definition.unknown")]
    [InlineData("GET", "?versions=best", "", HttpStatusCode.BadRequest, "version-options.unknown")]
    public async Task What_is_not_there_is_refused(string method, string path, string body, HttpStatusCode status, string code)
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/definitions/{path}".Replace("/?", "?").Local());

        if (body.Length > 0)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var response = await client.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(status);
        (await response.CodeAsync(Ct)).ShouldBe(code);
    }

    [Fact]
    public async Task A_draft_is_no_place_to_roll_back_to()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("drafty", RunTask("T", "1")));
        await client.SaveAsync(Sequence("drafty", RunTask("T", "2")), publish: false, Ct);

        using var response = await client.PostJsonAsync("/api/definitions/drafty/rollback", """{ "version": 2 }""", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.CodeAsync(Ct)).ShouldBe("definition.never-published");
    }

    [Fact]
    public async Task Run_of_the_latest_version_tries_out_a_draft()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(Sequence("tried", RunTask("T", "1")), publish: false, Ct);

        using var started = await client.PostJsonAsync(
            "/elsa/api/workflow-definitions/tried/execute",
            """{ "versionOptions": "Latest" }""",
            Ct
        );

        var instance = await client.UntilAsync(started.InstanceId(), "Suspended", Ct);
        instance.GetProperty("version").GetInt32().ShouldBe(1);
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, string body)
    {
        using var response = await client.PostJsonAsync($"/api/definitions/{path}", body, Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Ct));
        return await response.JsonAsync(Ct);
    }

    private static async Task<(HttpStatusCode, string?)> DeleteAsync(HttpClient client, string path)
    {
        using var response = await client.DeleteAsync($"/api/definitions/{path}".Local(), Ct);
        return (response.StatusCode, response.IsSuccessStatusCode ? null : await response.CodeAsync(Ct));
    }
}
