using System.Net;
using System.Text.Json;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>What the editor of Elsa Studio reads: a member too few, and its canvas stays empty.</summary>
public sealed class DefinitionViewTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-definitions";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_definition_has_all_members_and_no_null_lists()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(
            """{ "definitionId": "bare", "name": null, "variables": null, "root": { "type": "Elsa.Flowchart" } }""",
            publish: false,
            Ct
        );

        var view = await client.JsonAsync($"{Path}/by-definition-id/bare?versionOptions=Latest", Ct);

        foreach (var list in new[] { "variables", "inputs", "outputs", "outcomes", "links" })
            view.GetProperty(list).ValueKind.ShouldBe(JsonValueKind.Array, list);

        foreach (var members in new[] { "customProperties", "options", "root" })
            view.GetProperty(members).ValueKind.ShouldBe(JsonValueKind.Object, members);

        foreach (var name in new[] { "name", "description", "toolVersion", "providerName", "materializerContext" })
            view.GetProperty(name).ValueKind.ShouldBe(JsonValueKind.Null, name);

        view.GetProperty("materializerName").GetString().ShouldBe("Json");
        view.GetProperty("isMaterializerAvailable").GetBoolean().ShouldBeTrue();
        view.GetProperty("isReadonly").GetBoolean().ShouldBeFalse();
        view.GetProperty("createdAt").GetString()!.ShouldEndWith("+00:00");
        view.GetProperty("options").GetProperty("autoUpdateConsumingWorkflows").GetBoolean().ShouldBeFalse();
        Rels(view)
            .ShouldBe(
                [
                    "self",
                    "versions",
                    "dispatch",
                    "bulk-dispatch",
                    "execute",
                    "export",
                    "publish",
                    "retract",
                    "delete",
                    "import",
                    "update-references",
                ],
                ignoreOrder: true
            );
    }

    [Theory]
    [InlineData("3.8.0.0", "3.8.0.0")]
    [InlineData("3.8.0-preview.1", null)]
    [InlineData("newest", null)]
    public async Task The_tool_version_is_a_version_or_null(string written, string? read)
    {
        var client = await server.ClientAsync(Ct);
        var id = $"tool-{written}";
        await client.SaveAsync(Sequence(id, "", $""" "toolVersion": "{written}", """), publish: false, Ct);

        var view = await client.JsonAsync($"{Path}/by-definition-id/{id}", Ct);

        view.GetProperty("toolVersion").GetString().ShouldBe(read);
    }

    [Fact]
    public async Task Every_activity_has_id_node_id_type_and_version_nested_too()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(
            """
            { "definitionId": "nested", "root": { "type": "Elsa.Flowchart", "activities": [
              { "id": "check", "type": "Elsa.If", "then": { "type": "Elsa.Sequence", "Activities": [ { "type": "Elsa.WriteLine", "Text": "hi" } ] } } ] } }
            """,
            publish: false,
            Ct
        );

        var root = (await client.JsonAsync($"{Path}/by-definition-id/nested", Ct)).GetProperty("root");

        NodeId(root).ShouldBe("Workflow1:Flowchart1");
        var check = root.GetProperty("activities")[0];
        NodeId(check).ShouldBe("Workflow1:Flowchart1:check");
        var then = check.GetProperty("then");
        NodeId(then).ShouldBe("Workflow1:Flowchart1:check:Sequence1");
        var line = then.GetProperty("activities")[0];
        NodeId(line).ShouldBe("Workflow1:Flowchart1:check:Sequence1:WriteLine1");
        line.GetProperty("version").GetInt32().ShouldBe(1);
        line.GetProperty("text").GetProperty("expression").GetProperty("type").GetString().ShouldBe("Literal");
        line.GetProperty("text").GetProperty("typeName").GetString().ShouldBe("String");
    }

    [Fact]
    public async Task Node_ids_are_those_of_the_instances()
    {
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("inner-flow", RunTask("Inside", "t"), """ "options": { "usableAsActivity": true }, """),
            Sequence("outer-flow", """{ "id": "Call", "type": "InnerFlow", "version": 1 }, """ + RunTask("After", "t"))
        );
        var id = (await client.PostJsonAsync($"{Path}/outer-flow/execute", "{}", Ct)).InstanceId();

        var view = await client.JsonAsync($"{Path}/by-definition-id/outer-flow", Ct);
        await client.UntilAsync(id, "Suspended", Ct);
        var journal = (await client.JsonAsync($"/elsa/api/workflow-instances/{id}/journal", Ct)).GetProperty("items");
        var call = view.GetProperty("root").GetProperty("activities")[0];

        var ran = journal.EnumerateArray().Select(e => e.GetProperty("nodeId").GetString()).ToHashSet();
        ran.ShouldContain(NodeId(view.GetProperty("root")));
        ran.ShouldContain(NodeId(call));
        ran.ShouldContain(n =>
            n!.StartsWith(NodeId(call) + ":", StringComparison.Ordinal) && n.EndsWith(":root:Inside", StringComparison.Ordinal)
        );
        NodeId(call).ShouldEndWith(":root:Call");
        call.TryGetProperty("root", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task An_activity_of_an_unknown_type_is_wrapped_for_the_canvas_and_restored_on_save()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(
            """
            { "definitionId": "gone", "root": { "id": "chart", "type": "Elsa.Flowchart", "version": 1, "activities": [
              { "id": "charge", "type": "Acme.Charge", "version": 3, "amount": 1.50, "metadata": { "designer": { "position": { "x": 1, "y": 2 } } } },
              { "id": "end", "type": "Elsa.End", "version": 1 } ],
              "connections": [ { "source": { "activity": "charge", "port": "Paid" }, "target": { "activity": "end", "port": "In" } } ] } }
            """,
            publish: false,
            Ct
        );

        var view = await client.JsonAsync($"{Path}/by-definition-id/gone", Ct);
        var chart = view.GetProperty("root");
        var wrapped = chart.GetProperty("activities")[0];
        var saved = await client.SaveAsync(view.GetRawText(), publish: false, Ct);
        var file = await client.JsonAsync($"{Path}/gone/export", Ct);

        wrapped.GetProperty("type").GetString().ShouldBe("Elsa.NotFoundActivity");
        wrapped.GetProperty("version").GetInt32().ShouldBe(1);
        wrapped.GetProperty("missingTypeName").GetString().ShouldBe("Acme.Charge");
        wrapped.GetProperty("missingTypeVersion").GetInt32().ShouldBe(3);
        NodeId(wrapped).ShouldBe("Workflow1:chart:charge");
        chart.GetProperty("connections").GetArrayLength().ShouldBe(0);
        chart.GetProperty("customProperties").GetProperty("notFoundConnections").GetArrayLength().ShouldBe(1);

        saved.StatusCode.ShouldBe(HttpStatusCode.OK);
        var restored = file.GetProperty("root").GetProperty("activities")[0];
        restored.GetProperty("type").GetString().ShouldBe("Acme.Charge");
        restored.GetProperty("version").GetInt32().ShouldBe(3);
        restored.GetProperty("amount").GetRawText().ShouldBe("1.50");
        file.GetProperty("root").GetProperty("connections").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Older_forms_come_as_the_designer_reads_them()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(
            """
            { "DefinitionId": "old-forms", "usableAsActivity": true, "Root": { "id": "chart", "type": "Elsa.Flowchart", "version": 1,
              "activities": { "$values": [
                { "id": "a", "type": "Elsa.Event", "version": 1, "canStartWorkflow": true, "EventName": { "TypeName": "String", "Expression": { "Type": "Literal", "Value": "x" } } },
                { "id": "b", "type": "Elsa.WriteLine", "version": 9 } ] },
              "connections": [ { "source": "a", "sourcePort": "Done", "target": "b", "targetPort": "In" } ] } }
            """,
            publish: false,
            Ct
        );

        var view = await client.JsonAsync($"{Path}/by-definition-id/old-forms", Ct);

        var chart = view.GetProperty("root");
        var start = chart.GetProperty("activities")[0];
        start.GetProperty("customProperties").GetProperty("canStartWorkflow").GetBoolean().ShouldBeTrue();
        start.GetProperty("eventName").GetProperty("expression").GetProperty("value").GetString().ShouldBe("x");
        chart.GetProperty("activities")[1].GetProperty("version").GetInt32().ShouldBe(1);
        chart.GetProperty("connections")[0].GetProperty("source").GetProperty("activity").GetString().ShouldBe("a");
        chart.GetProperty("connections")[0].GetProperty("target").GetProperty("port").GetString().ShouldBe("In");
        view.GetProperty("options").GetProperty("usableAsActivity").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Neither_links_nor_node_ids_are_stored_or_exported()
    {
        var client = await server.ClientAsync(Ct);
        await client.SaveAsync(Sequence("clean", RunTask("T", "t"), """ "publisher": "us", """), publish: false, Ct);
        var view = await client.JsonAsync($"{Path}/by-definition-id/clean", Ct);
        await client.SaveAsync(view.GetRawText(), publish: false, Ct);

        var file = (await client.JsonAsync($"{Path}/clean/export", Ct)).GetRawText();

        foreach (var member in new[] { "links", "nodeId", "materializerName", "isMaterializerAvailable", "note", "publishedAt" })
            file.ShouldNotContain($"\"{member}\"");

        file.ShouldContain("\"publisher\":\"us\"");
    }

    private static string NodeId(JsonElement activity) => activity.GetProperty("nodeId").GetString()!;

    internal static List<string?> Rels(JsonElement linked) =>
        [.. linked.GetProperty("links").EnumerateArray().Select(l => l.GetProperty("rel").GetString())];
}
