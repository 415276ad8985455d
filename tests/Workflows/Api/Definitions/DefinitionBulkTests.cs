using System.Net;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>Bulk actions of the list, deletion, and consumers.</summary>
public sealed class DefinitionBulkTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-definitions";
    private const string Bulk = "/elsa/api/bulk-actions";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bulk_publish_tells_of_each()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("bulk-done", ""));
        await client.SaveAsync(Sequence("bulk-draft", ""), publish: false, Ct);

        var response = await client.PostJsonAsync(
            $"{Bulk}/publish/workflow-definitions/by-definition-ids",
            """{ "definitionIds": ["bulk-draft", "bulk-done", "bulk-none"] }""",
            Ct
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var view = await response.JsonAsync(Ct);
        Texts(view, "published").ShouldBe(["bulk-draft"]);
        Texts(view, "alreadyPublished").ShouldBe(["bulk-done"]);
        Texts(view, "notFound").ShouldBe(["bulk-none"]);
        Texts(view, "updatedConsumers").ShouldBeEmpty();
    }

    [Fact]
    public async Task Bulk_publish_publishes_what_it_can_and_tells_what_is_wrong_with_the_rest()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(
            Sequence("bulk-faulty", $$"""{ "id": "w", "type": "Elsa.WriteLine", "version": 1, "text": {{Of("JavaScript", "a +")}} }"""),
            publish: false,
            Ct
        );
        await client.SaveAsync(Sequence("bulk-sound", ""), publish: false, Ct);

        var response = await client.PostJsonAsync(
            $"{Bulk}/publish/workflow-definitions/by-definition-ids",
            """{ "definitionIds": ["bulk-faulty", "bulk-sound"] }""",
            Ct
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync(Ct)).GetProperty("errors").GetProperty("bulk-faulty")[0].GetString()!.ShouldContain("w");
        (await client.JsonAsync($"{Path}/by-definition-id/bulk-sound", Ct)).GetProperty("isPublished").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Bulk_retract_tells_of_each()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("back-done", ""));
        await client.SaveAsync(Sequence("back-draft", ""), publish: false, Ct);

        var view = await (
            await client.PostJsonAsync(
                $"{Bulk}/retract/workflow-definitions/by-definition-ids",
                """{ "definitionIds": ["back-draft", "back-done", "back-none"] }""",
                Ct
            )
        ).JsonAsync(Ct);

        Texts(view, "retracted").ShouldBe(["back-done"]);
        Texts(view, "alreadyRetracted").ShouldBe(["back-draft"]);
        Texts(view, "notFound").ShouldBe(["back-none"]);
    }

    [Fact]
    public async Task A_line_is_deleted_with_its_ended_instances_and_a_second_time_is_404()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("doomed", ""));
        var instance = (await client.PostJsonAsync($"{Path}/doomed/execute", "{}", Ct)).InstanceId();
        await client.UntilAsync(instance, "Finished", Ct);

        var first = await client.DeleteAsync($"{Path}/doomed".Local(), Ct);
        var second = await client.DeleteAsync($"{Path}/doomed".Local(), Ct);

        first.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        second.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.JsonAsync($"{Path}?versionOptions=&DefinitionIds=doomed", Ct)).GetProperty("totalCount").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task What_instances_run_on_is_not_deleted()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("running-line", RunTask("T", "t"), """ "id": "running-v1", """));
        await client.PostJsonAsync($"{Path}/running-line/execute", "{}", Ct);
        await client.PublishAsync(Ct, Sequence("running-line", ""));

        var line = await client.DeleteAsync($"{Path}/running-line".Local(), Ct);
        var version = await client.DeleteAsync("/elsa/api/workflow-definition-versions/running-v1".Local(), Ct);
        var bulk = await client.PostJsonAsync($"{Bulk}/delete/workflow-definitions/by-id", """{ "ids": ["running-v1"] }""", Ct);

        foreach (var response in new[] { line, version, bulk })
        {
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.JsonAsync(Ct))
                .GetProperty("errors")
                .EnumerateObject()
                .First()
                .Value[0]
                .GetString()!
                .ShouldContain("Cancel or migrate");
        }

        (await client.JsonAsync($"{Path}?versionOptions=&Ids=running-v1", Ct)).GetProperty("totalCount").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Bulk_deletion_counts_what_is_gone()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("gone-1", ""),
            Sequence("gone-2", "", """ "id": "gone-2-v1", """),
            Sequence("gone-2", RunTask("T", "t"))
        );

        var lines = await client.PostJsonAsync(
            $"{Bulk}/delete/workflow-definitions/by-definition-id",
            """{ "definitionIds": ["gone-1", "gone-none"] }""",
            Ct
        );
        var versions = await client.PostJsonAsync($"{Bulk}/delete/workflow-definitions/by-id", """{ "ids": ["gone-2-v1"] }""", Ct);

        (await lines.JsonAsync(Ct)).GetProperty("deleted").GetInt32().ShouldBe(1);
        (await versions.JsonAsync(Ct)).GetProperty("deleted").GetInt32().ShouldBe(1);
        (await client.JsonAsync($"{Path}?versionOptions=AllVersions&DefinitionIds=gone-2", Ct))
            .GetProperty("totalCount")
            .GetInt32()
            .ShouldBe(1);
    }

    [Fact]
    public async Task A_published_version_is_not_deleted_alone()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("kept", "", """ "id": "kept-v1", """));

        var response = await client.DeleteAsync("/elsa/api/workflow-definition-versions/kept-v1".Local(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync(Ct)).ShouldBe("definition.published");
    }

    [Fact]
    public async Task Consumers_that_follow_are_counted_and_others_follow_when_told()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("quiet", "", """ "options": { "usableAsActivity": true }, """),
            Sequence("loud", "", """ "options": { "usableAsActivity": true, "autoUpdateConsumingWorkflows": true }, """)
        );

        foreach (var used in new[] { "quiet", "loud" })
        {
            var version = (await client.JsonAsync($"{Path}/by-definition-id/{used}", Ct)).GetProperty("id").GetString();
            var type = char.ToUpperInvariant(used[0]) + used[1..];
            await client.PublishAsync(
                Ct,
                Sequence(
                    $"{used}-user",
                    $$"""{ "id": "c", "type": "{{type}}", "version": 1, "workflowDefinitionId": "{{used}}", "workflowDefinitionVersionId": "{{version}}" }"""
                )
            );
        }

        var loud = await client.SaveAsync(
            Sequence("loud", RunTask("T", "t"), """ "options": { "usableAsActivity": true, "autoUpdateConsumingWorkflows": true }, """),
            publish: true,
            Ct
        );
        await client.SaveAsync(Sequence("quiet", RunTask("T", "t"), """ "options": { "usableAsActivity": true }, """), publish: true, Ct);
        var told = await client.PostJsonAsync($"{Path}/quiet/update-references", "{}", Ct);

        (await loud.JsonAsync(Ct)).GetProperty("consumingWorkflowCount").GetInt32().ShouldBe(1);
        Texts(await told.JsonAsync(Ct), "affectedWorkflows").ShouldBe(["quiet-user"]);
        var call = (await client.JsonAsync($"{Path}/by-definition-id/quiet-user", Ct)).GetProperty("root").GetProperty("activities")[0];
        call.GetProperty("version").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Many_versions_and_their_number_are_told()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("many-1", "", """ "id": "many-1-v1", """),
            Sequence("many-2", "", """ "id": "many-2-v1", """)
        );

        var many = await client.JsonAsync($"{Path}/many-by-id?ids=many-1-v1&ids=many-2-v1&ids=many-none", Ct);
        var count = await client.JsonAsync($"{Path}/query/count?versionOptions=Published&DefinitionIds=many-1&DefinitionIds=many-2", Ct);

        many.GetProperty("count").GetInt32().ShouldBe(2);
        many.GetProperty("items").EnumerateArray().ShouldAllBe(i => i.GetProperty("root").ValueKind == JsonValueKind.Object);
        count.GetProperty("count").GetInt32().ShouldBe(2);
    }

    private static List<string?> Texts(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(i => i.GetString())];
}
