using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>
/// What Elsa Studio makes of a definition between opening and saving it: the envelope goes through its own typed model, so that members it does not know
/// are lost and all others are written, null or not; activities stay JSON, but the canvas writes its flowchart anew.
/// </summary>
internal static class StudioSave
{
    private const string Tool = "3.8.2.0";

    private static readonly string[] Envelope =
    [
        "id",
        "definitionId",
        "tenantId",
        "name",
        "description",
        "createdAt",
        "version",
        "toolVersion",
        "isLatest",
        "isPublished",
        "isReadonly",
        "isSystem",
        "variables",
        "inputs",
        "outputs",
        "outcomes",
        "customProperties",
        "options",
        "root",
    ];

    private static readonly string[] Variable = ["id", "name", "typeName", "isArray", "value", "storageDriverTypeName"];
    private static readonly string[] Input =
    [
        "type",
        "name",
        "displayName",
        "description",
        "category",
        "isArray",
        "uiHint",
        "storageDriverType",
    ];
    private static readonly string[] Output = ["type", "name", "displayName", "description", "category", "isArray"];
    private static readonly string[] Options =
    [
        "activationStrategyType",
        "usableAsActivity",
        "autoUpdateConsumingWorkflows",
        "activityCategory",
        "incidentStrategyType",
        "commitStrategyName",
    ];

    /// <summary>The body of the save call for a definition as the server gave it.</summary>
    public static string BodyOf(JsonObject given)
    {
        var model = Typed(given, Envelope);
        model["toolVersion"] = Tool;
        model["variables"] = List(given["variables"], Variable);
        model["inputs"] = List(given["inputs"], Input);
        model["outputs"] = List(given["outputs"], Output);
        model["options"] = Typed((JsonObject)given["options"]!, Options);
        model["links"] = null;

        foreach (var variable in model["variables"]!.AsArray())
            if (variable!["value"] is { } value)
                variable["value"] = value.ToString();

        if (model["root"] is JsonObject root && root["type"]!.ToString() == "Elsa.Flowchart")
            Redraw(root);

        return new JsonObject { ["model"] = model, ["publish"] = false }.ToJsonString();
    }

    private static JsonObject Typed(JsonObject json, string[] members)
    {
        var typed = new JsonObject();

        foreach (var member in members)
            typed[member] = json[member]?.DeepClone();

        if (members.Contains("isArray"))
            typed["isArray"] ??= false;

        return typed;
    }

    private static JsonArray List(JsonNode? json, string[] members) =>
        [.. json!.AsArray().Select(item => (JsonNode)Typed((JsonObject)item!, members))];

    /// <summary>The canvas: every node has a place and a size, the one that was clicked comes last, connections have all their members.</summary>
    private static void Redraw(JsonObject chart)
    {
        var activities = (chart["activities"] as JsonArray ?? []).Select(a => (JsonObject)a!.DeepClone()).ToList();

        foreach (var activity in activities)
        {
            // Without these the canvas stays empty.
            foreach (var member in new[] { "id", "nodeId", "type" })
                activity[member]!.GetValue<string>().ShouldNotBeNullOrEmpty();

            activity["version"]!.GetValue<int>().ShouldBePositive();
            activity["metadata"] ??= new JsonObject();
            activity["metadata"]!["designer"] ??= new JsonObject();
            var designer = activity["metadata"]!["designer"]!;
            designer["position"] ??= new JsonObject { ["x"] = 0, ["y"] = 0 };
            designer["size"] ??= new JsonObject { ["width"] = 200, ["height"] = 54 };
        }

        if (activities.Count > 1)
        {
            activities.Add(activities[0]);
            activities.RemoveAt(0);
        }

        var ids = activities.Select(a => a["id"]!.ToString()).ToList();
        chart["activities"] = new JsonArray([.. activities]);
        chart["connections"] = new JsonArray([
            .. (chart["connections"] as JsonArray ?? []).Select(c => (JsonNode)Connection((JsonObject)c!, ids)),
        ]);
    }

    private static JsonObject Connection(JsonObject given, List<string> ids)
    {
        var connection = new JsonObject { ["vertices"] = given["vertices"]?.DeepClone() ?? new JsonArray() };

        foreach (var (end, port) in new[] { ("source", "Done"), ("target", "In") })
        {
            // The canvas throws at an edge to nowhere.
            var activity = given[end]!["activity"]!.GetValue<string>();
            ids.ShouldContain(activity);
            connection[end] = new JsonObject { ["activity"] = activity, ["port"] = given[end]!["port"]?.ToString() ?? port };
        }

        return connection;
    }
}
