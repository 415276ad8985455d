using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

public sealed class DefinitionFilesTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-definitions";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_export_is_a_file_with_elsas_name_and_schema()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(
            """{ "definitionId": "refund", "id": "refund-v1", "name": "Refund Request 2", "root": { "id": "r", "type": "Elsa.Sequence", "version": 1 } }""",
            publish: true,
            Ct
        );

        var response = await client.GetAsync($"{Path}/refund/export?versionOptions=Latest&includeConsumingWorkflows=False".Local(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentDisposition!.FileName.ShouldBe("workflow-definition-refund-request-2-refund-refund-v1.json");
        var file = await response.JsonAsync(Ct);
        file.EnumerateObject().First().Name.ShouldBe("$schema");
        file.GetProperty("isPublished").GetBoolean().ShouldBeTrue();
        file.GetProperty("version").GetInt32().ShouldBe(1);
        file.TryGetProperty("links", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task An_export_of_a_number_is_that_version_and_of_none_is_404()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("numbered-export", RunTask("T", "one")), Sequence("numbered-export", RunTask("T", "two")));

        var first = await client.JsonAsync($"{Path}/numbered-export/export?versionOptions=1", Ct);
        var none = await client.GetAsync($"{Path}/numbered-export/export?versionOptions=7".Local(), Ct);

        first.GetRawText().ShouldContain("one");
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_import_of_a_new_file_makes_a_draft_with_its_ids()
    {
        var client = await server.ClientAsync(Ct);

        var response = await client.PostJsonAsync(
            $"{Path}/import",
            Sequence("brand-new", "", """ "id": "brand-new-7", "version": 7, "isPublished": true, """),
            Ct
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var view = await response.JsonAsync(Ct);
        view.GetProperty("id").GetString().ShouldBe("brand-new-7");
        view.GetProperty("version").GetInt32().ShouldBe(1);
        view.GetProperty("isPublished").GetBoolean().ShouldBeFalse();
        DefinitionViewTests.Rels(view).ShouldContain("publish");
    }

    [Fact]
    public async Task An_import_of_a_known_definition_becomes_its_next_draft()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("known", RunTask("T", "one")));

        var first = await (await client.PostJsonAsync($"{Path}/import", Sequence("known", RunTask("T", "two")), Ct)).JsonAsync(Ct);
        using var put = new HttpRequestMessage(HttpMethod.Put, $"{Path}/known/import".Local())
        {
            Content = new StringContent(Sequence("from-elsewhere", RunTask("T", "three")), Encoding.UTF8, "application/json"),
        };
        var second = await (await client.SendAsync(put, Ct)).JsonAsync(Ct);

        first.GetProperty("version").GetInt32().ShouldBe(2);
        second.GetProperty("version").GetInt32().ShouldBe(2);
        second.GetProperty("definitionId").GetString().ShouldBe("known");
        second.GetProperty("root").GetRawText().ShouldContain("three");
    }

    [Fact]
    public async Task A_file_that_is_no_definition_is_refused_with_errors()
    {
        var client = await server.ClientAsync(Ct);

        var response = await client.PostJsonAsync($"{Path}/import", """{ "root": [] }""", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync(Ct)).GetProperty("errors").TryGetProperty("$.root", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Several_versions_are_exported_as_a_zip_that_can_be_imported()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("zip-b", "", """ "id": "zip-b-1", """), Sequence("zip-a", "", """ "id": "zip-a-1", """));

        var response = await client.PostJsonAsync(
            "/elsa/api/bulk-actions/export/workflow-definitions",
            """{ "ids": ["zip-b-1", "zip-a-1"], "includeConsumingWorkflows": false }""",
            Ct
        );
        var bytes = await response.Content.ReadAsByteArrayAsync(Ct);
        var imported = await ImportAsync(client, ("all.zip", bytes));

        response.Content.Headers.ContentDisposition!.FileName.ShouldBe("workflow-definitions.zip");
        using var archive = new ZipArchive(new MemoryStream(bytes));
        archive
            .Entries.Select(e => e.Name)
            .ShouldBe(["workflow-definition-zip-a-zip-a-zip-a-1.json", "workflow-definition-zip-b-zip-b-zip-b-1.json"]);
        archive.Entries.ShouldAllBe(e => e.LastWriteTime.Year == 1980);
        (await imported.JsonAsync(Ct)).GetProperty("count").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Those_who_use_it_come_along_if_asked_for()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("used-one", "", """ "options": { "usableAsActivity": true }, """),
            Sequence(
                "uses-it",
                """{ "id": "c", "type": "UsedOne", "version": 1, "workflowDefinitionId": "used-one" }""",
                """ "options": { "usableAsActivity": true }, """
            ),
            Sequence("uses-that", """{ "id": "c", "type": "UsesIt", "version": 1, "workflowDefinitionId": "uses-it" }""")
        );

        var consumers = await client.JsonAsync($"{Path}/used-one/consumers", Ct);
        var response = await client.GetAsync($"{Path}/used-one/export?includeConsumingWorkflows=True".Local(), Ct);

        consumers
            .GetProperty("consumingWorkflowDefinitionIds")
            .EnumerateArray()
            .Select(c => c.GetString())
            .ShouldBe(["uses-it", "uses-that"], ignoreOrder: true);
        using var archive = new ZipArchive(await response.Content.ReadAsStreamAsync(Ct));
        archive.Entries.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Files_are_imported_all_or_none()
    {
        var client = await server.ClientAsync(Ct);

        var response = await ImportAsync(
            client,
            ("good.json", Encoding.UTF8.GetBytes(Sequence("not-imported", ""))),
            ("bad.json", "{ nonsense"u8.ToArray())
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var errors = (await response.JsonAsync(Ct)).GetProperty("errors");
        errors.EnumerateObject().ShouldHaveSingleItem().Name.ShouldStartWith("bad.json");
        (await client.GetAsync($"{Path}/by-definition-id/not-imported".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_zip_that_grows_without_end_is_refused_and_none_of_it_kept()
    {
        var client = await server.ClientAsync(Ct);
        var bomb = Zip(
            Enumerable
                .Range(0, 40)
                .Select(n => ($"{n}.json", Sequence($"bomb-{n}", "", $""" "description": "{new string('a', 3_000_000)}", """)))
        );
        bomb.Length.ShouldBeLessThan(1_000_000);

        var response = await ImportAsync(client, ("bomb.zip", bomb));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync(Ct)).ShouldBe("import.too-large");
        (await client.GetAsync($"{Path}/by-definition-id/bomb-0".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_path_in_a_zip_is_a_name_and_nothing_more()
    {
        var client = await server.ClientAsync(Ct);
        var outside = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"outside-{Guid.NewGuid():N}.json");
        var zip = Zip([($"../../../../../../..{outside}", Sequence("outside", ""))]);

        var response = await ImportAsync(client, ("paths.zip", zip));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        File.Exists(outside).ShouldBeFalse();
    }

    [Theory]
    [InlineData("flow.txt", "hello", "import.unknown-file")]
    [InlineData("flow.zip", "hello", "import.zip")]
    public async Task Another_file_is_refused_by_name(string name, string content, string code)
    {
        var client = await server.ClientAsync(Ct);

        var response = await ImportAsync(client, (name, Encoding.UTF8.GetBytes(content)));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.JsonAsync(Ct);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("errors").GetProperty(code)[0].GetString()!.ShouldContain(name);
    }

    [Fact]
    public async Task A_form_without_files_is_refused()
    {
        var client = await server.ClientAsync(Ct);
        using var form = new MultipartFormDataContent { { new StringContent("x"), "text" } };

        var response = await client.PostAsync($"{Path}/import-files".Local(), form, Ct);
        var none = await client.PostJsonAsync($"{Path}/import-files", "{}", Ct);

        (await response.CodeAsync(Ct)).ShouldBe("import.no-files");
        none.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    private static async Task<HttpResponseMessage> ImportAsync(HttpClient client, params (string Name, byte[] Content)[] files)
    {
        using var form = new MultipartFormDataContent();

        foreach (var (name, content) in files)
        {
            var part = new ByteArrayContent(content);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            form.Add(part, "files", name);
        }

        return await client.PostAsync($"{Path}/import-files".Local(), form, Ct);
    }

    private static byte[] Zip(IEnumerable<(string Name, string Content)> files)
    {
        using var buffer = new MemoryStream();

        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in files)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }

        return buffer.ToArray();
    }
}
