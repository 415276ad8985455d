using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Parts of a version, down into the workflows that it uses: with them Elsa Studio's viewer walks into sub-workflows.</summary>
internal static class DefinitionNodesApi
{
    public static RouteGroupBuilder MapDefinitionNodes(this RouteGroupBuilder routes)
    {
        routes.MapGet("/workflow-definitions/subgraph/{versionId}", FindAsync).Needs(Permissions.DefinitionsRead);
        routes.MapGet("/workflow-definitions/subgraph/segments/{versionId}", FindWayAsync).Needs(Permissions.DefinitionsRead);
        return routes;
    }

    /// <summary>One activity with what is in it; of a used workflow its inside, too. As in Elsa, an unknown node id means the whole workflow.</summary>
    private static async Task<IResult> FindAsync(
        string versionId,
        string? parentNodeId,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        if (await definitions.FindAsync(versionId, ct) is not { } row)
            return Unknown(versionId);

        var outline = await definitions.OutlineAsync(row, ct);
        return new JsonAnswer(NodeOf(row, outline, outline.FindByNodeId(parentNodeId ?? "") ?? outline.Workflow));
    }

    /// <summary>The way from the outside to one activity: each activity to open on it and by which port, and what is on the canvas at its end.</summary>
    private static async Task<IResult> FindWayAsync(
        string versionId,
        string? childNodeId,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        if (await definitions.FindAsync(versionId, ct) is not { } row)
            return Unknown(versionId);

        var outline = await definitions.OutlineAsync(row, ct);

        if (outline.FindByNodeId(childNodeId ?? "") is not { } child)
            return DefinitionRefusals.Of(
                "definition.unknown-node",
                $"Version '{versionId}' has no activity with the node id '{childNodeId}'."
            );

        var segments = new Stack<JsonObject>();
        var (inner, outermost) = (child, child);
        OutlinedActivity? container = null;

        for (var around = child.Parent; around is not null; around = around.Parent)
        {
            var opened = inner;
            (inner, outermost) = (around, around);

            // What lies on a canvas is reached by opening what holds the canvas.
            if (around.IsWorkflow || around.IsFlowchart)
                continue;

            container ??= around;
            segments.Push(
                new JsonObject
                {
                    ["activityNodeId"] = around.NodeId,
                    ["activityId"] = around.Id,
                    ["activityType"] = TypeOf(around),
                    ["portName"] = PortOf(opened),
                    ["activityName"] = around.Name ?? TypeOf(around),
                }
            );
        }

        return new JsonAnswer(
            new JsonObject
            {
                ["childNode"] = NodeOf(row, outline, child),
                ["container"] = NodeOf(row, outline, container ?? outermost),
                ["pathSegments"] = new JsonArray([.. segments]),
            }
        );
    }

    private static JsonObject NodeOf(DefinitionRow row, DefinitionOutline outline, OutlinedActivity activity) =>
        new()
        {
            ["activity"] = DesignerForm.Write(StoredDefinition.Read(row), outline, activity),
            ["port"] = PortOf(activity),
            ["nodeId"] = activity.NodeId,
            ["parents"] = new JsonArray(),
            ["children"] = new JsonArray(),
        };

    private static string TypeOf(OutlinedActivity activity) => activity.Uses?.ActivityTypeName ?? activity.Descriptor.TypeName;

    /// <summary>The port by which its parent holds it: the member of the file, capitalized. Null for the outermost workflow.</summary>
    private static string? PortOf(OutlinedActivity activity)
    {
        if (activity.Parent is not { } parent)
            return null;

        if (parent.IsWorkflow || activity.IsWorkflow)
            return "Root";

        var member = activity.Path[parent.Path.Length..].TrimStart('.').Split('[', '.')[0];
        return member.Length == 0 ? null : char.ToUpperInvariant(member[0]) + member[1..];
    }

    private static IResult Unknown(string versionId) =>
        Problems.NotFound("definition.unknown", $"There is no definition version '{versionId}'.");
}
