using System.Net;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>The way into sub-workflows and nested canvases, as the instance viewer goes it.</summary>
public sealed class DefinitionNodesTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Path = "/elsa/api/workflow-definitions";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subgraph_holds_the_inside_of_the_used_workflow()
    {
        var client = await server.ClientAsync(Ct);
        var id = await PublishNestedAsync(client, "a");

        var node = await client.JsonAsync($"{Path}/subgraph/{id}?parentNodeId=Workflow2:chart:Call", Ct);

        node.GetProperty("nodeId").GetString().ShouldBe("Workflow2:chart:Call");
        node.GetProperty("port").GetString().ShouldBe("Activities");
        node.GetProperty("parents").GetArrayLength().ShouldBe(0);
        node.GetProperty("children").GetArrayLength().ShouldBe(0);
        var root = node.GetProperty("activity").GetProperty("root");
        root.GetProperty("type").GetString().ShouldBe("Elsa.Flowchart");
        root.GetProperty("nodeId").GetString().ShouldBe("Workflow2:chart:Call:Workflow1:inside");
        root.GetProperty("activities")[0].GetProperty("nodeId").GetString().ShouldBe("Workflow2:chart:Call:Workflow1:inside:check");
    }

    [Fact]
    public async Task Without_a_known_node_the_subgraph_is_the_workflow()
    {
        var client = await server.ClientAsync(Ct);
        var id = await PublishNestedAsync(client, "b");

        var node = await client.JsonAsync($"{Path}/subgraph/{id}?parentNodeId=nowhere", Ct);

        node.GetProperty("nodeId").GetString().ShouldBe("Workflow2");
        node.GetProperty("activity").GetProperty("type").GetString().ShouldBe("Elsa.Workflow");
        node.GetProperty("activity").GetProperty("root").GetProperty("id").GetString().ShouldBe("chart");
    }

    [Fact]
    public async Task Segments_lead_from_the_outermost_canvas_to_the_activity()
    {
        var client = await server.ClientAsync(Ct);
        var id = await PublishNestedAsync(client, "c");

        var way = await client.JsonAsync(
            $"{Path}/subgraph/segments/{id}?childNodeId=Workflow2:chart:Call:Workflow1:inside:check:yes:say",
            Ct
        );

        way.GetProperty("childNode").GetProperty("activity").GetProperty("id").GetString().ShouldBe("say");
        way.GetProperty("container").GetProperty("activity").GetProperty("id").GetString().ShouldBe("check");
        way.GetProperty("pathSegments")
            .EnumerateArray()
            .Select(s =>
                (
                    s.GetProperty("activityNodeId").GetString(),
                    s.GetProperty("activityType").GetString(),
                    s.GetProperty("portName").GetString()
                )
            )
            .ShouldBe([
                ("Workflow2:chart:Call", "NodesInnerC", "Root"),
                ("Workflow2:chart:Call:Workflow1:inside:check", "Elsa.If", "Then"),
            ]);
    }

    [Fact]
    public async Task On_the_outermost_canvas_there_is_no_segment()
    {
        var client = await server.ClientAsync(Ct);
        var id = await PublishNestedAsync(client, "d");

        var way = await client.JsonAsync($"{Path}/subgraph/segments/{id}?childNodeId=Workflow2:chart:Call", Ct);

        way.GetProperty("pathSegments").GetArrayLength().ShouldBe(0);
        way.GetProperty("container").GetProperty("nodeId").GetString().ShouldBe("Workflow2");
    }

    [Fact]
    public async Task A_step_names_the_version_it_uses_and_the_published_one()
    {
        var client = await server.ClientAsync(Ct);
        var id = await PublishNestedAsync(client, "f");
        var used = await client.JsonAsync($"{Path}/by-definition-id/nodes-inner-f", Ct);
        await client.PublishAsync(Ct, Inner("f", "changed"));
        var published = await client.JsonAsync($"{Path}/by-definition-id/nodes-inner-f", Ct);

        var step = (await client.JsonAsync($"{Path}/by-id/{id}", Ct)).GetProperty("root").GetProperty("activities")[0];

        step.GetProperty("workflowDefinitionId").GetString().ShouldBe("nodes-inner-f");
        step.GetProperty("workflowDefinitionVersionId").GetString().ShouldBe(used.GetProperty("id").GetString());
        step.GetProperty("version").GetInt32().ShouldBe(1);
        step.GetProperty("latestAvailablePublishedVersion").GetInt32().ShouldBe(2);
        step.GetProperty("latestAvailablePublishedVersionId").GetString().ShouldBe(published.GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_is_unknown_is_said()
    {
        var client = await server.ClientAsync(Ct);
        var id = await PublishNestedAsync(client, "e");

        var version = await client.GetAsync($"{Path}/subgraph/nobody?parentNodeId=x".Local(), Ct);
        var node = await client.GetAsync($"{Path}/subgraph/segments/{id}?childNodeId=nowhere".Local(), Ct);

        version.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        node.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await node.CodeAsync(Ct)).ShouldBe("definition.unknown-node");
    }

    private static async Task<string> PublishNestedAsync(HttpClient client, string tag)
    {
        await client.PublishAsync(
            Ct,
            Inner(tag, "hi"),
            $$"""
            { "definitionId": "nodes-outer-{{tag}}", "root": { "id": "chart", "type": "Elsa.Flowchart", "version": 1, "activities": [
                { "id": "Call", "type": "NodesInner{{tag.ToUpperInvariant()}}", "version": 1 } ] } }
            """
        );
        return (await client.JsonAsync($"{Path}/by-definition-id/nodes-outer-{tag}", Ct)).GetProperty("id").GetString()!;
    }

    private static string Inner(string tag, string text) =>
        $$"""
            { "definitionId": "nodes-inner-{{tag}}", "name": "Nodes inner {{tag}}", "options": { "usableAsActivity": true },
              "root": { "id": "inside", "type": "Elsa.Flowchart", "version": 1, "activities": [
                { "id": "check", "type": "Elsa.If", "version": 1, "condition": {{Of("Literal", "true")}},
                  "then": { "id": "yes", "type": "Elsa.Flowchart", "version": 1, "activities": [
                    { "id": "say", "type": "Elsa.WriteLine", "version": 1, "text": {{Literal(text)}} } ] } } ] } }
            """;
}
