using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Descriptors;

public sealed class ActivityDescriptorTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Address = "/elsa/api/descriptors/activities?Refresh=True";

    private static readonly string[] Members =
    [
        "typeName",
        "namespace",
        "name",
        "version",
        "category",
        "displayName",
        "description",
        "kind",
        "isBrowsable",
        "isContainer",
        "isStart",
        "isTerminal",
        "inputs",
        "outputs",
        "ports",
        "customProperties",
        "constructionProperties",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_descriptor_has_all_that_the_designer_reads_and_nothing_is_null_that_it_walks_through()
    {
        var items = await ItemsAsync();

        items.Count.ShouldBeGreaterThan(35);

        foreach (var item in items)
        {
            var type = item.GetProperty("typeName").GetString();

            foreach (var member in Members)
                item.TryGetProperty(member, out var value).ShouldBeTrue($"{type} lacks {member}");

            item.GetProperty("kind").GetString().ShouldBeOneOf("Action", "Trigger", "Job", "Task");
            item.GetProperty("description").ValueKind.ShouldBe(JsonValueKind.String);

            foreach (var list in new[] { "inputs", "outputs", "ports" })
                item.GetProperty(list).ValueKind.ShouldBe(JsonValueKind.Array, $"{type}.{list}");

            foreach (var input in item.GetProperty("inputs").EnumerateArray())
            {
                input.GetProperty("uiHint").ValueKind.ShouldBe(JsonValueKind.String, $"{type}.{input.GetProperty("name")}");
                input.GetProperty("uiSpecifications").ValueKind.ShouldBe(JsonValueKind.Object);
                input.GetProperty("typeName").GetString().ShouldNotBeNullOrEmpty();
                input.GetProperty("defaultSyntax").GetString().ShouldNotBeNullOrEmpty();
            }

            foreach (var port in item.GetProperty("ports").EnumerateArray())
                port.GetProperty("type").GetString().ShouldBeOneOf("Flow", "Embedded");
        }
    }

    [Fact]
    public async Task A_type_and_version_comes_once()
    {
        await using var alone = new TestServer();
        var client = await alone.ClientAsync(Ct);

        // Two lines of the same name, in the same version.
        await client.PublishAsync(Ct, Usable("one", "Same Name"), Usable("two", "Same Name"));

        var keys = (await ItemsAsync(client)).Select(KeyOf).ToList();

        keys.ShouldBeUnique();
        keys.ShouldContain("SameName 1");
    }

    [Fact]
    public async Task A_workflow_that_is_published_as_activity_is_one_with_its_inputs_outputs_and_outcomes()
    {
        var client = await server.ClientAsync(Ct);
        var definition = Sequence(
            "refund",
            RunTask("T", "t"),
            """
            "inputs": [ { "name": "Amount", "type": "Decimal", "displayName": "Amount in EUR", "uiHint": "singleline" }, { "name": "name", "type": "String" } ],
            "outputs": [ { "name": "Decision", "type": "String" } ], "outcomes": [ "Approved", "Rejected" ],
            "options": { "usableAsActivity": true, "activityCategory": "Money" },
            """
        );
        await client.PublishAsync(Ct, definition);
        var first = await FindAsync(client, "Refund", 1);
        await client.PublishAsync(Ct, definition.Replace("singleline", "multiline", StringComparison.Ordinal));

        var old = await FindAsync(client, "Refund", 1);
        var now = await FindAsync(client, "Refund", 2);

        first.GetProperty("isBrowsable").GetBoolean().ShouldBeTrue();
        old.GetProperty("isBrowsable").GetBoolean().ShouldBeFalse();
        now.GetProperty("isBrowsable").GetBoolean().ShouldBeTrue();
        now.GetProperty("category").GetString().ShouldBe("Money");
        now.GetProperty("inputs").EnumerateArray().Select(i => i.GetProperty("name").GetString()).ShouldBe(["Amount", "_name"]);
        now.GetProperty("inputs")[0].GetProperty("displayName").GetString().ShouldBe("Amount in EUR");
        now.GetProperty("outputs")[0].GetProperty("name").GetString().ShouldBe("Decision");
        PortsOf(now, "Flow").ShouldBe(["Approved", "Rejected"]);
        var custom = now.GetProperty("customProperties");
        custom.GetProperty("RootType").GetString().ShouldBe("WorkflowDefinitionActivity");
        custom.GetProperty("WorkflowDefinitionId").GetString().ShouldBe("refund");
        var born = now.GetProperty("constructionProperties");
        born.GetProperty("workflowDefinitionId").GetString().ShouldBe("refund");
        born.GetProperty("workflowDefinitionVersionId").GetString().ShouldBe(custom.GetProperty("WorkflowDefinitionVersionId").GetString());
        born.GetProperty("latestAvailablePublishedVersion").GetInt32().ShouldBe(2);

        // The older version leads whoever still uses it to the newest one.
        old.GetProperty("constructionProperties").GetProperty("latestAvailablePublishedVersion").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_workflow_that_is_taken_back_leaves_the_palette_but_stays_known()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Usable("gone", "Gone Soon"));
        (await FindAsync(client, "GoneSoon", 1)).GetProperty("isBrowsable").GetBoolean().ShouldBeTrue();

        await client.PostJsonAsync("/elsa/api/workflow-definitions/gone/retract", "{}", Ct);

        (await FindAsync(client, "GoneSoon", 1)).GetProperty("isBrowsable").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_workflow_stays_in_the_palette_while_it_has_a_newer_draft()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Usable("going-on", "Going On"));
        var published = await FindAsync(client, "GoingOn", 1);
        using var draft = await client.SaveAsync(
            Usable("going-on", "Going On").Replace("\"T\"", "\"Other\"", StringComparison.Ordinal),
            publish: false,
            Ct
        );

        // The designer's palette takes the highest number and then asks whether it is to be seen.
        var highest = await FindAsync(client, "GoingOn", 2);

        highest.GetProperty("isBrowsable").GetBoolean().ShouldBeTrue();
        highest
            .GetProperty("constructionProperties")
            .GetProperty("workflowDefinitionVersionId")
            .GetString()
            .ShouldBe(published.GetProperty("customProperties").GetProperty("WorkflowDefinitionVersionId").GetString());
    }

    [Fact]
    public async Task A_draft_that_a_call_site_names_is_known_but_not_in_the_palette()
    {
        var client = await server.ClientAsync(Ct);
        using var saved = await client.SaveAsync(Usable("not-yet", "Not Yet"), publish: false, Ct);
        var versionId = (await saved.JsonAsync(Ct)).GetProperty("workflowDefinition").GetProperty("id").GetString();
        await client.SaveAsync(
            Sequence(
                "calls-draft",
                $$"""{ "id": "Call", "type": "NotYet", "version": 1, "workflowDefinitionId": "not-yet", "workflowDefinitionVersionId": "{{versionId}}" }"""
            ),
            publish: false,
            Ct
        );

        var site = (await client.JsonAsync("/elsa/api/workflow-definitions/by-definition-id/calls-draft?versionOptions=Latest", Ct))
            .GetProperty("root")
            .GetProperty("activities")[0];
        var known = await FindAsync(client, site.GetProperty("type").GetString()!, site.GetProperty("version").GetInt32());

        site.GetProperty("type").GetString().ShouldBe("NotYet");
        known.GetProperty("isBrowsable").GetBoolean().ShouldBeFalse();
        known.GetProperty("customProperties").GetProperty("WorkflowDefinitionVersionId").GetString().ShouldBe(versionId);
    }

    [Fact]
    public async Task An_unchanged_list_is_304_and_a_changed_one_is_sent_again()
    {
        await using var alone = new TestServer();
        var client = await alone.ClientAsync(Ct);
        using var first = await client.GetAsync(Address.Local(), Ct);
        var tag = first.Headers.ETag.ShouldNotBeNull();

        using var same = await AskAsync(client, tag);
        await client.PublishAsync(Ct, Usable("new", "Brand New"));
        using var changed = await AskAsync(client, tag);

        first.Headers.CacheControl.ShouldNotBeNull().NoCache.ShouldBeTrue();
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await same.Content.ReadAsByteArrayAsync(Ct)).ShouldBeEmpty();
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag.ShouldNotBe(tag);
    }

    [Fact]
    public async Task Whoever_reads_Brotli_gets_it_compressed()
    {
        var client = await server.ClientAsync(Ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, Address.Local());
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));

        using var response = await client.SendAsync(request, Ct);

        response.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        await using var plain = new System.IO.Compression.BrotliStream(
            await response.Content.ReadAsStreamAsync(Ct),
            System.IO.Compression.CompressionMode.Decompress
        );
        using var json = await JsonDocument.ParseAsync(plain, cancellationToken: Ct);
        json.RootElement.GetProperty("count").GetInt32().ShouldBeGreaterThan(35);
    }

    [Fact]
    public async Task One_type_is_found_by_its_name_and_an_unknown_one_is_404_with_the_nearest_name()
    {
        var client = await server.ClientAsync(Ct);

        var found = await client.JsonAsync("/elsa/api/descriptors/activities/Elsa.WriteLine", Ct);
        using var unknown = await client.GetAsync("/elsa/api/descriptors/activities/Elsa.WriteLne".Local(), Ct);

        found.GetProperty("displayName").GetString().ShouldBe("Write Line");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.CodeAsync(Ct)).ShouldBe("activity.unknown-type");
        (await unknown.Content.ReadAsStringAsync(Ct)).ShouldContain("Elsa.WriteLine");
    }

    [Fact]
    public async Task Options_of_an_input_are_what_its_descriptor_says()
    {
        var client = await server.ClientAsync(Ct);

        using var found = await client.PostJsonAsync(
            "/elsa/api/descriptors/activities/Elsa.FlowSwitch/options/Mode",
            """{ "context": { "mode": "MatchFirst" } }""",
            Ct
        );
        using var unknown = await client.PostJsonAsync("/elsa/api/descriptors/activities/Elsa.FlowSwitch/options/Mood", "{}", Ct);

        (await found.JsonAsync(Ct))
            .GetProperty("items")
            .GetProperty("dropdown")
            .GetProperty("selectList")
            .GetProperty("items")
            .EnumerateArray()
            .Select(i => i.GetProperty("value").GetString())
            .ShouldBe(["MatchFirst", "MatchAny"]);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.CodeAsync(Ct)).ShouldBe("input.unknown");
    }

    private static string Usable(string id, string name) =>
        Sequence(id, RunTask("T", "t"), """ "options": { "usableAsActivity": true }, """)
            .Replace($"\"name\": \"{id}\"", $"\"name\": \"{name}\"", StringComparison.Ordinal);

    private static string KeyOf(JsonElement item) => $"{item.GetProperty("typeName")} {item.GetProperty("version")}";

    private static IEnumerable<string?> PortsOf(JsonElement item, string type) =>
        item.GetProperty("ports")
            .EnumerateArray()
            .Where(p => p.GetProperty("type").GetString() == type && p.GetProperty("isBrowsable").GetBoolean())
            .Select(p => p.GetProperty("name").GetString());

    private static async Task<JsonElement> FindAsync(HttpClient client, string type, int version) =>
        (await ItemsAsync(client)).Single(i => KeyOf(i) == $"{type} {version}");

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address.Local());
        request.Headers.IfNoneMatch.Add(tag);
        return await client.SendAsync(request, Ct);
    }

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient client) =>
        [.. (await client.JsonAsync(Address, Ct)).GetProperty("items").EnumerateArray()];

    private async Task<List<JsonElement>> ItemsAsync() => await ItemsAsync(await server.ClientAsync(Ct));
}
