using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Writes activities in <see cref="DesignerForm"/>, and remembers which is which.</summary>
internal sealed class DesignerActivities(DefinitionOutline outline)
{
    /// <summary>Members of every activity.</summary>
    private static readonly string[] Common = ["id", "nodeId", "name", "type", "version", "customProperties", "metadata"];

    /// <summary>Members of containers beside their inputs and ports.</summary>
    private static readonly string[] OfContainers =
    [
        "variables",
        "connections",
        "start",
        "states",
        "transitions",
        "workflowDefinitionId",
        "workflowDefinitionVersionId",
        "latestAvailablePublishedVersion",
        "latestAvailablePublishedVersionId",
    ];

    /// <summary>Where a designer looks for the place of an activity and its texts.</summary>
    private static readonly string[] OfMetadata =
    [
        "designer",
        "position",
        "size",
        "x",
        "y",
        "width",
        "height",
        "displayText",
        "description",
        "showDescription",
    ];

    private static readonly string[] Flags = ["canStartWorkflow", "runAsynchronously"];

    private readonly Dictionary<OutlinedActivity, JsonObject> written = [];

    /// <summary>The JSON of an activity that was written; null when it was not.</summary>
    public JsonObject? Find(OutlinedActivity activity) => written.GetValueOrDefault(activity);

    /// <summary>Any value; an activity wherever the compiler finds one.</summary>
    public JsonNode? Write(JsonElement json, string path)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when outline.FindByPath(path) is { } activity:
                return WriteActivity(json, activity, path);
            case JsonValueKind.Object when ElsaJson.Find(json, "$values") is { ValueKind: JsonValueKind.Array } wrapped:
                return Write(wrapped, path);
            case JsonValueKind.Object:
                var members = new JsonObject();

                foreach (var member in json.EnumerateObject())
                    members[member.Name] = Write(member.Value, $"{path}.{member.Name}");

                return members;
            case JsonValueKind.Array:
                return WriteList(json, path);
            default:
                return DesignerForm.Plain(json);
        }
    }

    /// <summary>What stands for a root that the file does not have.</summary>
    public JsonObject WriteMissing(OutlinedActivity root) => WriteActivity(default, root, root.Path);

    private JsonObject WriteActivity(JsonElement json, OutlinedActivity activity, string path)
    {
        var outer = json;

        if (activity.IsRestored(json))
            json = Original(json);

        var result =
            activity.MissingTypeName is not null || activity.Uses is { UsableAsActivity: false }
                ? WriteMissing(json, activity)
                : WriteKnown(json, activity, path);

        // A restored activity stands where its stand-in was put.
        if (ElsaJson.Find(outer, "metadata") is { ValueKind: JsonValueKind.Object } metadata)
            result["metadata"] ??= DesignerForm.SpelledDeep(metadata, OfMetadata);

        written[activity] = result;
        return result;
    }

    private JsonObject WriteKnown(JsonElement json, OutlinedActivity activity, string path)
    {
        var result = Head(activity, TypeOf(json, activity), VersionOf(activity));

        if (json.ValueKind == JsonValueKind.Object)
            foreach (var member in json.EnumerateObject())
                WriteMember(result, activity, member, $"{path}.{member.Name}");

        if (activity.IsFlowchart)
            DesignerConnections.Sort(result, activity);

        if (activity.Uses is { } used)
            DesignerUses.Add(result, used, outline.Published.GetValueOrDefault(used.DefinitionId));

        return result;
    }

    /// <summary>What every activity needs; the name stands before the rest, as in files.</summary>
    private static JsonObject Head(OutlinedActivity activity, string type, int version) =>
        new()
        {
            ["id"] = activity.Id,
            ["nodeId"] = activity.NodeId,
            ["name"] = activity.Name,
            ["type"] = type,
            ["version"] = version,
        };

    /// <summary>The type as the designer's descriptors have it; the same as in the file unless a used workflow was renamed.</summary>
    private static string TypeOf(JsonElement json, OutlinedActivity activity) =>
        activity.Uses?.ActivityTypeName ?? ElsaJson.Text(ElsaJson.Find(json, "type")) ?? activity.Descriptor.TypeName;

    private static int VersionOf(OutlinedActivity activity) => activity.Uses?.Version ?? activity.Descriptor.Version;

    private void WriteMember(JsonObject result, OutlinedActivity activity, JsonProperty member, string path)
    {
        var (name, value) = (member.Name, member.Value);

        if (Common.Any(c => Is(name, c)))
        {
            if (Is(name, "customProperties"))
                Merge(result, value);
            else if (Is(name, "metadata"))
                result["metadata"] = DesignerForm.SpelledDeep(value, OfMetadata);

            return;
        }

        if (Flags.FirstOrDefault(f => Is(name, f)) is { } flag)
        {
            // Older files carry the flags at top level, where no designer looks.
            if (ElsaJson.Flag(value) is { } set)
                PropertiesOf(result).TryAdd(flag, set);
        }
        else if (activity.Uses is { } used)
            WriteArgument(result, used, name, value);
        else if (activity.Descriptor.InputsByName.TryGetValue(name, out var input))
            result[Camel(input.Name)] =
                input.CreateCase is not null ? WriteList(value, path)
                : input.IsWrapped ? DesignerInputs.Write(value, input.Type)
                : DesignerInputs.Unwrap(value);
        else if (activity.Descriptor.OutputsByName.TryGetValue(name, out var output))
            result[Camel(output.Name)] = DesignerInputs.WriteOutput(value);
        else if (activity.Descriptor.PortsByName.TryGetValue(name, out var port))
            result[Camel(port.PropertyName)] = port.IsList ? WriteList(value, path) : Write(value, path);
        else if (Is(name, "connections") && activity.IsFlowchart)
            result["connections"] = DesignerConnections.Write(value);
        else if (Is(name, "variables"))
            result["variables"] = new JsonArray([
                .. ElsaJson.Items(value).Where(v => v.ValueKind == JsonValueKind.Object).Select(DesignerForm.WriteVariable),
            ]);
        else
            result[DesignerForm.Spell(name, OfContainers)] = Write(value, path);
    }

    private static void WriteArgument(JsonObject result, WorkflowDefinition used, string name, JsonElement value)
    {
        var bare = name.StartsWith('_') ? name[1..] : name;

        if (used.Inputs.FirstOrDefault(i => Is(i.Name, bare)) is { } input)
            result[(name.StartsWith('_') ? "_" : "") + Camel(input.Name)] = DesignerInputs.Write(
                value,
                Values.WorkflowTypes.Find(input.TypeName) ?? typeof(object)
            );
        else if (used.Outputs.FirstOrDefault(o => Is(o.Name, bare)) is { } output)
            result[(name.StartsWith('_') ? "_" : "") + Camel(output.Name)] = DesignerInputs.WriteOutput(value);
        else
            result[DesignerForm.Spell(name, OfContainers)] = DesignerForm.Plain(value);
    }

    private JsonArray WriteList(JsonElement json, string path)
    {
        var i = 0;
        return [.. ElsaJson.Items(json).Select(item => Write(item, $"{path}[{i++}]"))];
    }

    private static JsonObject WriteMissing(JsonElement json, OutlinedActivity activity)
    {
        var isWrapped = ElsaJson.Text(ElsaJson.Find(json, "type")) == NotFoundActivity.TypeName;
        var result = Head(activity, NotFoundActivity.TypeName, 1);
        result["missingTypeName"] = activity.MissingTypeName ?? ElsaJson.Text(ElsaJson.Find(json, "type"));
        result["missingTypeVersion"] = isWrapped
            ? ElsaJson.Integer(ElsaJson.Find(json, "missingTypeVersion")) ?? 0
            : activity.RequestedVersion;
        result["originalActivityJson"] = isWrapped
            ? ElsaJson.Text(ElsaJson.Find(json, "originalActivityJson")) ?? ""
            : DesignerInputs.CompactText(json);
        result["customProperties"] = new JsonObject { ["canStartWorkflow"] = activity.CanStartWorkflow };
        var metadata = ElsaJson.Find(json, "metadata") is { ValueKind: JsonValueKind.Object } given
            ? (JsonObject)DesignerForm.SpelledDeep(given, OfMetadata)!
            : new JsonObject();

        if (!isWrapped)
            metadata["displayText"] = $"Not Found: {result["missingTypeName"]}";

        result["metadata"] = metadata;
        return result;
    }

    private static void Merge(JsonObject result, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return;

        var properties = PropertiesOf(result);

        foreach (var member in json.EnumerateObject())
            properties[DesignerForm.Spell(member.Name, Flags)] = DesignerForm.SpelledDeep(member.Value, []);
    }

    private static JsonObject PropertiesOf(JsonObject activity)
    {
        if (activity["customProperties"] is not JsonObject properties)
            activity["customProperties"] = properties = new JsonObject();

        return properties;
    }

    private static JsonElement Original(JsonElement wrapper)
    {
        using var document = JsonDocument.Parse(
            ElsaJson.Text(ElsaJson.Find(wrapper, "originalActivityJson"))!,
            new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth }
        );
        return document.RootElement.Clone();
    }

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    internal static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
