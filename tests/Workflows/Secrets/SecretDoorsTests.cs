using System.IO.Compression;
using System.Net;
using System.Text.Json;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Workflows.Tests.Access;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Secrets;

/// <summary>The two doors through which a secret comes out: one value, and a file with all of an instance. Who may not is refused, and stands in the audit log.</summary>
public sealed class SecretDoorsTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Secret = "4711-swordfish-0815";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_is_shown_for_a_reason_which_is_in_the_audit_log()
    {
        var id = await StartAsync("revealed");
        using var admin = await Crew.ClientAsync(await server.NodeAsync(Ct), BuiltInRoles.Admin, Ct);

        using var answer = await RevealAsync(admin, id, "inputs/Pin", "a customer asks");

        (await answer.JsonAsync(Ct)).GetProperty("value").GetString().ShouldBe(Secret);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var entries = await EntriesAsync(id, "Done");
        entries[^1].GetProperty("wanted").GetProperty("what").GetString().ShouldBe("inputs/Pin");
        entries[^1].GetProperty("wanted").GetProperty("reason").GetString().ShouldBe("a customer asks");
        entries[^1].GetProperty("end").GetString().ShouldBe("Begun");
        JsonSerializer.Serialize(entries).ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("inputs/Pin", "")]
    [InlineData("", "a customer asks")]
    [InlineData("inputs/None", "a customer asks")]
    public async Task A_value_that_is_not_there_or_asked_for_without_a_reason_is_refused(string what, string reason)
    {
        var id = await StartAsync("unreasoned");
        using var admin = await Crew.ClientAsync(await server.NodeAsync(Ct), BuiltInRoles.Admin, Ct);

        using var answer = await RevealAsync(admin, id, what, reason);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.CodeAsync(Ct)).ShouldBe("reveal.refused");
    }

    [Theory]
    [InlineData(BuiltInRoles.ProcessOwner)]
    [InlineData(BuiltInRoles.Auditor)]
    [InlineData(BuiltInRoles.Supervisor)]
    public async Task Who_may_not_see_secrets_is_refused_and_stands_in_the_audit_log(string role)
    {
        var id = await StartAsync("denied");
        using var client = await Crew.ClientAsync(await server.NodeAsync(Ct), role, Ct);

        using var answer = await RevealAsync(client, id, "inputs/Pin", "I am curious");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldNotContain(Secret);
        var entry = (await EntriesAsync(id, "Denied")).ShouldHaveSingleItem();
        entry.GetProperty("actor").GetString().ShouldStartWith(role);
        entry.GetProperty("permission").GetString().ShouldBe("values:reveal");
        entry.GetProperty("wanted").GetProperty("reason").GetString().ShouldBe("I am curious");
    }

    [Fact]
    public async Task A_file_has_no_secrets_and_cannot_be_put_in_until_somebody_who_may_asks_for_them()
    {
        var id = await StartAsync("filed");
        using var admin = await Crew.ClientAsync(await server.NodeAsync(Ct), BuiltInRoles.Admin, Ct);

        var without = await admin.GetStringAsync(ExportOf(id).Local(), Ct);
        var with = await admin.GetStringAsync($"{ExportOf(id)}?secrets=true&reason=a%20move".Local(), Ct);

        without.ShouldContain("\"secretsWithheld\":true");
        without.ShouldNotContain(Secret);
        with.ShouldContain(Secret);
        (await EntriesAsync(id, "Done"))[^1].GetProperty("wanted").GetProperty("what").GetString().ShouldBe("export");
        (await admin.DeleteAsync($"/elsa/api/workflow-instances/{id}".Local(), Ct)).IsSuccessStatusCode.ShouldBeTrue();
        using var refused = await ImportAsync(admin, without);
        (await refused.Content.ReadAsStringAsync(Ct)).ShouldContain("without the secrets");
        using var taken = await ImportAsync(admin, with);
        (await taken.JsonAsync(Ct)).GetProperty("count").GetInt32().ShouldBe(1);
        using var again = await RevealAsync(admin, id, "inputs/Pin", "was it moved");
        (await again.JsonAsync(Ct)).GetProperty("value").GetString().ShouldBe(Secret);
        (await DatabaseDump.ReadAsync(await server.DatabaseAsync(Ct), Ct)).Holding(Secret).ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_files_are_each_written_down()
    {
        string[] ids = [await StartAsync("many"), await StartAsync("many")];
        using var admin = await Crew.ClientAsync(await server.NodeAsync(Ct), BuiltInRoles.Admin, Ct);

        (await TextsAsync(await ExportAsync(admin, ids, ""))).ShouldAllBe(t => !t.Contains(Secret));
        (await TextsAsync(await ExportAsync(admin, ids, """, "secrets": true, "reason": "a move" """))).ShouldAllBe(t =>
            t.Contains(Secret)
        );

        foreach (var id in ids)
            (await EntriesAsync(id, "Done"))[^1].GetProperty("wanted").GetProperty("reason").GetString().ShouldBe("a move");
    }

    [Fact]
    public async Task Who_may_only_export_gets_no_secrets_and_stands_in_the_audit_log()
    {
        var id = await StartAsync("half");
        using var owner = await Crew.ClientAsync(await server.NodeAsync(Ct), BuiltInRoles.ProcessOwner, Ct);

        using var allowed = await owner.GetAsync(ExportOf(id).Local(), Ct);
        using var one = await owner.GetAsync($"{ExportOf(id)}?secrets=true&reason=curious".Local(), Ct);
        using var several = await ExportAsync(owner, [id, id + "x"], """, "secrets": true, "reason": "curious" """);

        allowed.StatusCode.ShouldBe(HttpStatusCode.OK);
        one.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        several.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await EntriesAsync(id, "Denied", 2)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_file_with_secrets_wants_a_reason()
    {
        var id = await StartAsync("mute");
        using var admin = await Crew.ClientAsync(await server.NodeAsync(Ct), BuiltInRoles.Admin, Ct);

        using var answer = await admin.GetAsync($"{ExportOf(id)}?secrets=true".Local(), Ct);

        (await answer.CodeAsync(Ct)).ShouldBe("reveal.refused");
    }

    private async Task<string> StartAsync(string name)
    {
        var client = await server.ClientAsync(Ct);
        const string Inputs =
            """ "inputs": [ { "name": "Pin", "type": "String", "storageDriverType": "ServiceLoop.EncryptedStorageDriver, ServiceLoop" } ], """;
        await client.PublishAsync(Ct, Sequence(name, Event("Wait", "never"), Inputs));
        var started = await client.PostJsonAsync(
            $"/elsa/api/workflow-definitions/{name}/execute",
            $$"""{ "input": { "Pin": "{{Secret}}" } }""",
            Ct
        );
        return started.InstanceId();
    }

    private static Task<HttpResponseMessage> RevealAsync(HttpClient client, string id, string what, string reason) =>
        client.PostJsonAsync(
            $"/api/instances/{id}/reveal",
            JsonSerializer.Serialize(new Dictionary<string, string> { ["what"] = what, ["reason"] = reason }),
            Ct
        );

    private static string ExportOf(string id) => $"/elsa/api/workflow-instances/{id}/export";

    private static Task<HttpResponseMessage> ExportAsync(HttpClient client, string[] ids, string more) =>
        client.PostJsonAsync(
            "/elsa/api/bulk-actions/export/workflow-instances",
            $$"""{ "ids": {{JsonSerializer.Serialize(ids)}} {{more}} }""",
            Ct
        );

    private static async Task<HttpResponseMessage> ImportAsync(HttpClient client, string json)
    {
        using var form = new MultipartFormDataContent { { new StringContent(json), "files", "one.json" } };
        return await client.PostAsync("/elsa/api/bulk-actions/import/workflow-instances".Local(), form, Ct);
    }

    private static async Task<List<string>> TextsAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(Ct));
        var texts = new List<string>();

        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(Ct));
            texts.Add(await reader.ReadToEndAsync(Ct));
        }

        texts.Count.ShouldBe(2);
        return texts;
    }

    /// <summary>What the audit log has of secrets of an instance, newest first; how it ended is written soon after.</summary>
    private async Task<List<JsonElement>> EntriesAsync(string id, string end, int count = 1)
    {
        var client = await server.ClientAsync(Ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(180));

        while (true)
        {
            var page = await client.JsonAsync($"/api/audit?action=value.reveal&subject={id}", patience.Token);
            var entries = page.GetProperty("items").EnumerateArray().ToList();

            if (entries.Count(e => e.GetProperty("end").GetString() == end) >= count)
                return entries;

            await Task.Delay(50, patience.Token);
        }
    }
}
