using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Instances;

/// <summary>What people do to instances in Elsa Studio's list: cancel, delete, export, import; one and many.</summary>
public sealed class InstanceActionsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Instances = "/elsa/api/workflow-instances";
    private const string BulkCancel = "/elsa/api/bulk-actions/cancel/workflow-instances";
    private const string BulkDelete = "/elsa/api/bulk-actions/delete/workflow-instances/by-id";
    private const string BulkExport = "/elsa/api/bulk-actions/export/workflow-instances";
    private const string BulkImport = "/elsa/api/bulk-actions/import/workflow-instances";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_are_cancelled_by_id_by_version_and_by_definition_with_studios_nulls()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("a-cancel", RunTask("T", "t")));
        var ids = await StartAsync(client, "a-cancel", 4);
        var version = (await client.JsonAsync($"{Instances}/{ids[0]}", Ct)).GetProperty("definitionVersionId").GetString();

        var byId = await client.PostJsonAsync(
            BulkCancel,
            $$"""{"ids":["{{ids[0]}}","nobody"],"definitionVersionId":null,"definitionId":null,"versionOptions":null}""",
            Ct
        );
        var afterById = await StatusesAsync(client, ids);
        var latest = await client.PostJsonAsync(
            BulkCancel,
            """{"ids":null,"definitionVersionId":null,"definitionId":"a-cancel","versionOptions":"Draft"}""",
            Ct
        );
        var afterDraft = await StatusesAsync(client, ids);
        var byVersion = await client.PostJsonAsync(
            BulkCancel,
            $$"""{"ids":null,"definitionVersionId":"{{version}}","definitionId":null,"versionOptions":null}""",
            Ct
        );
        var unnamed = await client.PostJsonAsync(
            BulkCancel,
            """{"ids":[],"definitionVersionId":null,"definitionId":null,"versionOptions":null}""",
            Ct
        );

        (await byId.JsonAsync(Ct)).GetProperty("cancelledCount").GetInt32().ShouldBe(1);
        afterById.ShouldBe(["Cancelled", "Suspended", "Suspended", "Suspended"]);
        latest.IsSuccessStatusCode.ShouldBeTrue();
        afterDraft.ShouldBe(afterById);
        byVersion.IsSuccessStatusCode.ShouldBeTrue();
        (await StatusesAsync(client, ids)).ShouldBe(["Cancelled", "Cancelled", "Cancelled", "Cancelled"]);
        unnamed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await unnamed.CodeAsync(Ct)).ShouldBe("bulk.unnamed");
    }

    [Fact]
    public async Task A_running_one_is_ended_before_it_is_deleted_and_an_unknown_one_is_404()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("a-delete", RunTask("T", "t")));
        var ids = await StartAsync(client, "a-delete", 3);

        var one = await client.DeleteAsync($"{Instances}/{ids[0]}".Local(), Ct);
        var again = await client.DeleteAsync($"{Instances}/{ids[0]}".Local(), Ct);
        var many = await client.PostJsonAsync(BulkDelete, $$"""{"ids":["{{ids[1]}}","{{ids[2]}}","nobody"]}""", Ct);
        var unnamed = await client.PostJsonAsync(BulkDelete, """{"ids":null}""", Ct);

        one.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await many.JsonAsync(Ct)).GetProperty("deleted").GetInt32().ShouldBe(2);
        (await unnamed.CodeAsync(Ct)).ShouldBe("bulk.unnamed");
        (await client.JsonAsync($"{Instances}?definitionId=a-delete", Ct)).GetProperty("totalCount").GetInt32().ShouldBe(0);
        await using var command = (await server.DatabaseAsync(Ct)).CreateCommand(
            "select count(*) from bookmark where instance_id = any($1)"
        );
        command.Parameters.Add(new() { Value = ids });
        (await command.ExecuteScalarAsync(Ct)).ShouldBe(0L);
    }

    [Fact]
    public async Task An_exported_instance_that_waits_is_put_in_again_looks_the_same_and_goes_on()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("a-files", $"{RunTask("One", "1")}, {RunTask("Two", "2")}"));
        var id = (await StartAsync(client, "a-files", 1))[0];
        await CompleteAsync(client, id, "One");
        var (before, journal) = (await client.JsonAsync($"{Instances}/{id}", Ct), await client.JsonAsync($"{Instances}/{id}/journal", Ct));

        var export = await client.GetAsync($"{Instances}/{id}/export".Local(), Ct);
        var file = await export.Content.ReadAsByteArrayAsync(Ct);
        var twice = await ImportAsync(client, ("one.json", file));
        await client.DeleteAsync($"{Instances}/{id}".Local(), Ct);
        var imported = await ImportAsync(client, ("one.json", file));

        export.Content.Headers.ContentDisposition!.FileName.ShouldNotBeNull().ShouldContain(id);
        twice.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await twice.Content.ReadAsStringAsync(Ct)).ShouldContain("already");
        (await imported.JsonAsync(Ct)).GetProperty("count").GetInt32().ShouldBe(1);
        (await client.JsonAsync($"{Instances}/{id}", Ct)).GetRawText().ShouldBe(before.GetRawText());
        (await client.JsonAsync($"{Instances}/{id}/journal", Ct)).GetRawText().ShouldBe(journal.GetRawText());
        var record = (
            await client.JsonAsync(
                $"/elsa/api/activity-executions/list?WorkflowInstanceId={id}&ActivityNodeId={NodeOf(journal, "One")}",
                Ct
            )
        ).GetProperty("items")[0];
        record.GetProperty("activityState").GetProperty("TaskName").GetString().ShouldBe("1");
        await CompleteAsync(client, id, "Two");
        await client.UntilAsync(id, "Finished", Ct);
    }

    [Fact]
    public async Task A_timer_that_fell_due_meanwhile_fires_after_the_import()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("a-timer", Delay("Nap", TimeSpan.FromHours(9))));
        var id = (await StartAsync(client, "a-timer", 1))[0];
        var file = JsonNode.Parse(await (await client.GetAsync($"{Instances}/{id}/export".Local(), Ct)).Content.ReadAsStringAsync(Ct))!;
        await client.DeleteAsync($"{Instances}/{id}".Local(), Ct);
        file["state"]!["bookmarks"]![0]!["due"] = "2026-01-01T00:00:00.0000000+00:00";

        await ImportAsync(client, ("late.json", Encoding.UTF8.GetBytes(file.ToJsonString())));

        await client.UntilAsync(id, "Finished", Ct);
    }

    [Fact]
    public async Task Several_leave_and_come_as_an_archive()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("a-zip", ""), Sequence("a-zip-bad", Fault("F", "x", "boom")));
        string[] ids = [.. await StartAsync(client, "a-zip", 1), .. await StartAsync(client, "a-zip-bad", 1)];
        var before = await StatusesAsync(client, ids);

        var export = await client.PostJsonAsync(BulkExport, JsonSerializer.Serialize(new { ids = ids.Append("nobody") }), Ct);
        var archive = await export.Content.ReadAsByteArrayAsync(Ct);
        await client.PostJsonAsync(BulkDelete, JsonSerializer.Serialize(new { ids }), Ct);
        var imported = await ImportAsync(client, ("all.zip", archive), ("bad.json", "{}"u8.ToArray()));

        export.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        using (var zip = new ZipArchive(new MemoryStream(archive)))
            zip.Entries.Count.ShouldBe(2);
        var answer = await imported.JsonAsync(Ct);
        answer.GetProperty("count").GetInt32().ShouldBe(2);
        answer.GetProperty("failed")[0].GetProperty("file").GetString().ShouldBe("bad.json");
        (await StatusesAsync(client, ids)).ShouldBe(before);
        before.ShouldBe(["Finished", "Faulted"]);
    }

    [Theory]
    [InlineData("not json", "is not JSON")]
    [InlineData("""{ "workflowState": { "id": "x" }, "bookmarks": [] }""", "no instance that was exported here")]
    [InlineData("""{ "format": "serviceloop.instance", "formatVersion": 2 }""", "no instance that was exported here")]
    [InlineData("""{ "format": "serviceloop.instance", "formatVersion": 1 }""", "'state' cannot be read")]
    [InlineData(
        """{ "format": "serviceloop.instance", "formatVersion": 1, "state": { "v": 1, "id": "x", "definition": "gone", "version": "gone-1", "status": "Finished", "next": 5 } }""",
        "Import that version first"
    )]
    public async Task What_cannot_be_put_in_is_refused_with_the_reason(string file, string why)
    {
        var client = await server.ClientAsync(Ct);

        var response = await ImportAsync(client, ("odd.json", Encoding.UTF8.GetBytes(file)));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.JsonAsync(Ct);
        problem.GetProperty("code").GetString().ShouldBe("import.refused");
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(why);
    }

    [Fact]
    public async Task An_instance_whose_activities_are_others_here_and_one_in_a_burst_are_refused()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("a-other", RunTask("T", "t")));
        var id = (await StartAsync(client, "a-other", 1))[0];
        var text = await (await client.GetAsync($"{Instances}/{id}/export".Local(), Ct)).Content.ReadAsStringAsync(Ct);
        await client.DeleteAsync($"{Instances}/{id}".Local(), Ct);
        var other = JsonNode.Parse(text)!;
        other["activities"] = "00";
        var busy = JsonNode.Parse(text)!;
        busy["state"]!["status"] = "Executing";

        var first = await ImportAsync(client, ("other.json", Encoding.UTF8.GetBytes(other.ToJsonString())));
        var second = await ImportAsync(client, ("busy.json", Encoding.UTF8.GetBytes(busy.ToJsonString())));

        (await first.Content.ReadAsStringAsync(Ct)).ShouldContain("other activities here");
        (await second.Content.ReadAsStringAsync(Ct)).ShouldContain("in the middle of a burst");
        (await client.GetAsync($"{Instances}/{id}".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_plan_changes_all_that_fit_its_filter_and_an_empty_filter_none()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("a-plan", RunTask("T", "t")));
        var ids = await StartAsync(client, "a-plan", 2);

        var none = await client.PostJsonAsync(
            "/elsa/api/alterations/submit",
            """{ "alterations": [{ "type": "Cancel" }], "filter": {} }""",
            Ct
        );
        var dry = await client.PostJsonAsync(
            "/elsa/api/alterations/dry-run",
            """{ "definitionIds": ["a-plan"], "statuses": ["Running"] }""",
            Ct
        );
        var afterNone = await StatusesAsync(client, ids);
        var all = await client.PostJsonAsync(
            "/elsa/api/alterations/submit",
            """{ "alterations": [{ "type": "Cancel" }], "filter": { "definitionIds": ["a-plan"], "subStatuses": ["Suspended"] } }""",
            Ct
        );

        (await none.JsonAsync(Ct)).GetProperty("results").GetArrayLength().ShouldBe(0);
        afterNone.ShouldBe(["Suspended", "Suspended"]);
        (await dry.JsonAsync(Ct)).GetProperty("workflowInstanceIds").GetArrayLength().ShouldBe(2);
        (await all.JsonAsync(Ct)).GetProperty("planId").GetString().ShouldNotBeNullOrEmpty();
        (await StatusesAsync(client, ids)).ShouldBe(["Cancelled", "Cancelled"]);
    }

    private static async Task<string[]> StartAsync(HttpClient client, string definitionId, int many)
    {
        var ids = new List<string>();

        for (var n = 0; n < many; n++)
            ids.Add(await AnswersApiTests.StartAsync(client, definitionId));

        return [.. ids];
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    public async Task A_file_that_is_only_called_zip_is_refused_by_name(string content)
    {
        var client = await server.ClientAsync(Ct);

        using var response = await ImportAsync(client, ("few.zip", System.Text.Encoding.UTF8.GetBytes(content)));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync(Ct)).GetProperty("detail").GetString().ShouldBe("few.zip: 'few.zip' is not a zip file.");
    }

    private static async Task<string?[]> StatusesAsync(HttpClient client, string[] ids)
    {
        var found = new List<string?>();

        foreach (var id in ids)
            found.Add((await client.JsonAsync($"{Instances}/{id}", Ct)).GetProperty("subStatus").GetString());

        return [.. found];
    }

    private static async Task CompleteAsync(HttpClient client, string id, string activityId)
    {
        var waiter = (await client.JsonAsync($"{Instances}/{id}", Ct))
            .GetProperty("workflowState")
            .GetProperty("bookmarks")
            .EnumerateArray()
            .Single(b => b.GetProperty("activityId").GetString() == activityId);
        using var done = await client.PostJsonAsync(
            $"/elsa/api/tasks/{waiter.GetProperty("activityInstanceId").GetString()}/complete",
            "{}",
            Ct
        );
        done.IsSuccessStatusCode.ShouldBeTrue();
    }

    private static string? NodeOf(JsonElement journal, string activityId) =>
        journal
            .GetProperty("items")
            .EnumerateArray()
            .First(l => l.GetProperty("activityId").GetString() == activityId)
            .GetProperty("nodeId")
            .GetString();

    private static async Task<HttpResponseMessage> ImportAsync(HttpClient client, params (string Name, byte[] Content)[] files)
    {
        using var form = new MultipartFormDataContent();

        foreach (var (name, content) in files)
            form.Add(new ByteArrayContent(content), "files", name);

        return await client.PostAsync(BulkImport.Local(), form, Ct);
    }
}
