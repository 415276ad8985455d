using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Engine.Definitions;

/// <summary>
/// A definition in the form that a designer needs: members in camel case, no null lists, every activity with its id, node id, type and version,
/// activities of unknown types wrapped. All else stays as it came.
/// </summary>
/// <remarks>Elsa Studio reads members by their exact case, and shows an empty canvas for an activity without one of the four. <see cref="DesignerInput"/> is the way back.</remarks>
public static class DesignerForm
{
    /// <summary>Members of the envelope that Studio knows.</summary>
    internal static readonly string[] Envelope =
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
        "links",
        "providerName",
        "materializerName",
        "materializerContext",
        "isMaterializerAvailable",
    ];

    private static readonly string[] VariableMembers = ["id", "name", "typeName", "isArray", "value", "storageDriverTypeName"];

    private static readonly string[] ArgumentMembers =
    [
        "type",
        "name",
        "displayName",
        "description",
        "category",
        "isArray",
        "uiHint",
        "storageDriverType",
        "defaultValue",
    ];

    private static readonly string[] OptionMembers =
    [
        "activationStrategyType",
        "usableAsActivity",
        "autoUpdateConsumingWorkflows",
        "activityCategory",
        "incidentStrategyType",
        "commitStrategyName",
    ];

    /// <summary>Writes a definition. Its ids, number and flags are those of the record, not of the JSON; there are no links.</summary>
    /// <param name="definition">The version.</param>
    /// <param name="outline">Its activities.</param>
    public static JsonObject Write(WorkflowDefinition definition, DefinitionOutline outline)
    {
        var result = new JsonObject
        {
            ["id"] = definition.Id,
            ["definitionId"] = definition.DefinitionId,
            ["name"] = definition.Name,
            ["description"] = definition.Description,
            ["version"] = definition.Version,
            ["toolVersion"] = definition.ToolVersion?.ToString(),
            ["isLatest"] = definition.IsLatest,
            ["isPublished"] = definition.IsPublished,
            ["isReadonly"] = definition.IsReadonly,
            ["isSystem"] = definition.IsSystem,
            ["variables"] = Items(definition.Json, "variables", WriteVariable),
            ["inputs"] = Items(definition.Json, "inputs", WriteInput),
            ["outputs"] = Items(definition.Json, "outputs", static item => Spelled(item, ArgumentMembers)),
            ["outcomes"] = new JsonArray([.. definition.Outcomes.Select(o => (JsonNode?)o)]),
            ["customProperties"] = ElsaJson.Find(definition.Json, "customProperties") is { ValueKind: JsonValueKind.Object } custom
                ? Plain(custom)
                : new JsonObject(),
            ["options"] = WriteOptions(definition),
        };

        foreach (var member in definition.Json.EnumerateObject())
            if (!result.ContainsKey(member.Name) && !Envelope.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
                result[member.Name] = Plain(member.Value);

        result["root"] = WriteRoot(definition, new DesignerActivities(outline), outline.Workflow, "");
        return result;
    }

    /// <summary>Writes one activity with all that is in it, where it has the inside of its definition, too.</summary>
    /// <param name="definition">The outermost definition.</param>
    /// <param name="outline">Its activities.</param>
    /// <param name="activity">One of them; also one in a definition that is used as activity.</param>
    /// <returns>The activity; of a workflow and of the use of one with its root as <c>root</c>.</returns>
    public static JsonObject Write(WorkflowDefinition definition, DefinitionOutline outline, OutlinedActivity activity)
    {
        var (owner, prefix, workflow) = (definition, "", outline.Workflow);

        for (var around = activity.Parent; around is not null; around = around.Parent)
            if (around.Uses is { } used)
            {
                (owner, prefix, workflow) = (used, around.InnerPath, around.Children[0]);
                break;
            }

        var writer = new DesignerActivities(outline);
        var root = WriteRoot(owner, writer, workflow, prefix);

        if (activity.IsWorkflow)
            return WriteWorkflow(activity, root);

        var written =
            writer.Find(activity)
            ?? throw new InvalidOperationException($"Activity '{activity.NodeId}' is not in the definition '{definition.DefinitionId}'.");

        // It stands in the whole, of which only this part is wanted.
        written = written.Parent is null ? written : (JsonObject)written.DeepClone();

        if (activity.Uses is { } inner)
            written["root"] = WriteRoot(inner, writer, activity.Children[0], activity.InnerPath);

        return written;
    }

    private static JsonObject WriteWorkflow(OutlinedActivity workflow, JsonObject root) =>
        new()
        {
            ["id"] = workflow.Id,
            ["nodeId"] = workflow.NodeId,
            ["type"] = workflow.Descriptor.TypeName,
            ["version"] = workflow.Descriptor.Version,
            ["root"] = root,
        };

    private static JsonObject WriteRoot(
        WorkflowDefinition definition,
        DesignerActivities writer,
        OutlinedActivity workflow,
        string prefix
    ) =>
        definition.Root.ValueKind == JsonValueKind.Object
            ? (JsonObject)writer.Write(definition.Root, prefix + "$.root")!
            : writer.WriteMissing(workflow.Children[0]);

    private static JsonArray Items(JsonElement json, string name, Func<JsonElement, JsonNode?> write) =>
        ElsaJson.Find(json, name) is { } list
            ? [.. ElsaJson.Items(list).Where(i => i.ValueKind == JsonValueKind.Object).Select(write)]
            : [];

    /// <summary>True for a member of the envelope that a designer always sends: where it is absent, it was taken out.</summary>
    internal static bool IsSent(string name) =>
        Envelope.Contains(name, StringComparer.OrdinalIgnoreCase)
        && !string.Equals(name, "isReadonly", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(name, "isSystem", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for a member of a variable, input or output that a designer always sends.</summary>
    internal static bool IsSentInItem(string name) =>
        !string.Equals(name, "defaultValue", StringComparison.OrdinalIgnoreCase)
        && (
            VariableMembers.Contains(name, StringComparer.OrdinalIgnoreCase)
            || ArgumentMembers.Contains(name, StringComparer.OrdinalIgnoreCase)
        );

    /// <summary>A variable of a workflow or container.</summary>
    internal static JsonObject WriteVariable(JsonElement json)
    {
        var variable = Spelled(json, VariableMembers);

        // Activities bind by the id; without one it is the name.
        if (variable["id"] is not JsonValue id || !id.TryGetValue(out string? text) || text.Length == 0)
            variable["id"] = variable["name"]?.DeepClone();

        return StorageDrivers.ForDesigner(variable, "storageDriverTypeName", StorageDrivers.IsSecret(json));
    }

    private static JsonObject WriteInput(JsonElement json) =>
        StorageDrivers.ForDesigner(Spelled(json, ArgumentMembers), "storageDriverType", StorageDrivers.IsSecret(json));

    private static JsonObject WriteOptions(WorkflowDefinition definition)
    {
        var options = ElsaJson.Find(definition.Json, "options") is { ValueKind: JsonValueKind.Object } given
            ? Spelled(given, OptionMembers)
            : new JsonObject();

        // Files of old carry it beside the options.
        options["usableAsActivity"] = definition.UsableAsActivity;
        options["autoUpdateConsumingWorkflows"] ??= false;
        return options;
    }

    /// <summary>An object with members of these names in this spelling, others as they came; of a name that stands twice the last counts.</summary>
    internal static JsonObject Spelled(JsonElement json, IReadOnlyList<string> names)
    {
        var result = new JsonObject();

        foreach (var member in json.EnumerateObject())
            result[Spell(member.Name, names)] = Plain(member.Value);

        return result;
    }

    /// <summary>The same for all that is in it, too; arrays that older writers wrapped come out.</summary>
    internal static JsonNode? SpelledDeep(JsonElement json, IReadOnlyList<string> names)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when ElsaJson.Find(json, "$values") is { ValueKind: JsonValueKind.Array } wrapped:
                return SpelledDeep(wrapped, names);
            case JsonValueKind.Object:
                var result = new JsonObject();

                foreach (var member in json.EnumerateObject())
                    result[Spell(member.Name, names)] = SpelledDeep(member.Value, names);

                return result;
            case JsonValueKind.Array:
                return new JsonArray([.. json.EnumerateArray().Select(item => SpelledDeep(item, names))]);
            default:
                return Plain(json);
        }
    }

    internal static string Spell(string name, IEnumerable<string> names) =>
        names.FirstOrDefault(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase)) ?? name;

    /// <summary>A value as it came, the text of its numbers included.</summary>
    internal static JsonNode? Plain(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => JsonObject.Create(json),
            JsonValueKind.Array => JsonArray.Create(json),
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => JsonValue.Create(json),
        };
}
