using System.Net;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

public sealed class DefinitionListTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-definitions";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_page_is_as_studio_asks_for_it()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("list-b", ""),
            Sequence("list-a", "", """ "description": "find me", "toolVersion": "3.8.0.0", """)
        );
        await client.SaveAsync(Sequence("list-a", ""), publish: false, Ct);
        await client.SaveAsync(Sequence("list-system", "", """ "isSystem": true, """), publish: false, Ct);

        var page = await client.JsonAsync(
            $"{Path}?versionOptions=Latest&Page=0&PageSize=10&SearchTerm=LIST-&IsSystem=False&OrderBy=Name&OrderDirection=Descending",
            Ct
        );

        page.GetProperty("totalCount").GetInt32().ShouldBe(2);
        Texts(page, "definitionId").ShouldBe(["list-b", "list-a"]);
        DefinitionViewTests.Rels(page).ShouldContain("bulk-publish");
        var row = page.GetProperty("items")[1];
        row.GetProperty("version").GetInt32().ShouldBe(2);
        row.GetProperty("isPublished").GetBoolean().ShouldBeFalse();
        DefinitionViewTests.Rels(row).ShouldContain("publish");

        foreach (
            var name in new[] { "description", "toolVersion", "providerName", "materializerName", "isMaterializerAvailable", "isReadonly" }
        )
            row.TryGetProperty(name, out _).ShouldBeTrue(name);
    }

    [Fact]
    public async Task Published_versions_of_named_lines_come_with_repeated_ids()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("pub-1", ""), Sequence("pub-2", ""), Sequence("pub-3", ""));
        await client.SaveAsync(Sequence("pub-1", ""), publish: false, Ct);

        var page = await client.JsonAsync($"{Path}?versionOptions=Published&DefinitionIds=pub-1&DefinitionIds=pub-2", Ct);
        var all = await client.JsonAsync($"{Path}?versionoptions=published", Ct);

        Texts(page, "definitionId").ShouldBe(["pub-1", "pub-2"], ignoreOrder: true);
        page.GetProperty("items").EnumerateArray().ShouldAllBe(i => i.GetProperty("version").GetInt32() == 1);
        Texts(all, "definitionId").ShouldContain("pub-3");
    }

    [Fact]
    public async Task Empty_version_options_find_old_versions_and_drafts_by_id()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("old", "", """ "id": "old-v1", """),
            Sequence("old", RunTask("T", "t"), """ "id": "old-v2", """)
        );
        await client.SaveAsync(Sequence("old", "", """ "id": "old-v3", """), publish: false, Ct);

        var page = await client.JsonAsync($"{Path}?versionOptions=&Ids=old-v1&Ids=old-v3", Ct);

        Texts(page, "id").ShouldBe(["old-v1", "old-v3"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_history_of_a_line_is_paged_newest_first()
    {
        var client = await server.ClientAsync(Ct);

        for (var n = 0; n < 3; n++)
            await client.PublishAsync(Ct, Sequence("history", RunTask($"T{n}", "t")));

        var page = await client.JsonAsync(
            $"{Path}?versionOptions=AllVersions&Page=1&PageSize=2&DefinitionIds=history&OrderBy=Version&OrderDirection=Descending",
            Ct
        );

        page.GetProperty("totalCount").GetInt32().ShouldBe(3);
        page.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("OrderBy=Colour", "query.unknown-value")]
    [InlineData("OrderDirection=Up", "query.unknown-value")]
    [InlineData("Page=one", "query.unknown-value")]
    [InlineData("IsSystem=maybe", "query.unknown-value")]
    [InlineData("versionOptions=Newest", "version-options.unknown")]
    public async Task A_word_that_means_nothing_is_refused_and_named(string query, string code)
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("any", ""));

        var response = await client.GetAsync($"{Path}?{query}".Local(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync(Ct)).ShouldBe(code);
    }

    [Fact]
    public async Task A_name_is_unique_until_another_line_has_it()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync("""{ "definitionId": "named", "name": "Workflow 1", "root": null }""", publish: false, Ct);

        var taken = await client.JsonAsync($"{Path}/validation/is-name-unique?name=workflow%201", Ct);
        var own = await client.JsonAsync($"{Path}/validation/is-name-unique?name=Workflow%201&definitionId=named", Ct);
        var free = await client.JsonAsync($"{Path}/validation/is-name-unique?name=Workflow%202&definitionId=", Ct);

        taken.GetProperty("isUnique").GetBoolean().ShouldBeFalse();
        own.GetProperty("isUnique").GetBoolean().ShouldBeTrue();
        free.GetProperty("isUnique").GetBoolean().ShouldBeTrue();
    }

    private static List<string?> Texts(JsonElement page, string name) =>
        [.. page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(name).GetString())];
}
