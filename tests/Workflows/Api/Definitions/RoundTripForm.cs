using System.Globalization;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Tests.Api.Definitions;

/// <summary>A definition without what Studio writes of its own accord. Each rule stands in <c>docs/elsa-differences.md</c>; all else must be equal.</summary>
internal static class RoundTripForm
{
    /// <summary>Rule 1: what belongs to the row of a version, and the tool that wrote it last.</summary>
    private static readonly string[] OfTheVersion =
    [
        "$schema",
        "id",
        "definitionId",
        "createdAt",
        "version",
        "isLatest",
        "isPublished",
        "toolVersion",
    ];

    public static JsonNode Of(JsonObject definition)
    {
        var json = (JsonObject)WithoutNulls(definition)!;

        foreach (var member in OfTheVersion)
            json.Remove(member);

        // Rule 3: lists and options that say nothing.
        foreach (var name in json.Where(m => m.Key != "root" && IsEmpty(m.Value)).Select(m => m.Key).ToList())
            json.Remove(name);

        // Rule 10: what files of old had elsewhere.
        if (json["usableAsActivity"] is { } usable)
        {
            json.Remove("usableAsActivity");
            json["options"] ??= new JsonObject();
            json["options"]!["usableAsActivity"] ??= usable.DeepClone();
        }

        if (json["options"] is JsonObject options)
        {
            foreach (
                var name in options.Where(o => o.Value is JsonValue v && v.TryGetValue(out bool flag) && !flag).Select(o => o.Key).ToList()
            )
                options.Remove(name);

            if (options.Count == 0)
                json.Remove("options");
        }

        foreach (var flag in new[] { "isReadonly", "isSystem" })
            if (json[flag] is JsonValue value && value.TryGetValue(out bool set) && !set)
                json.Remove(flag);

        foreach (var list in new[] { "variables", "inputs", "outputs" })
        foreach (var item in (json[list] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (item["isArray"] is JsonValue array && array.TryGetValue(out bool isArray) && !isArray)
                item.Remove("isArray");

            if (list != "variables")
                continue;

            // Rule 4: the default of a variable becomes text; without an id its name is the id.
            if (item["value"] is { } value)
                item["value"] = value.ToString();

            item["id"] ??= item["name"]?.DeepClone();
        }

        // Rule 5: what has no root gets an empty sequence.
        json["root"] ??= new JsonObject
        {
            ["type"] = "Elsa.Sequence",
            ["id"] = "Sequence1",
            ["version"] = 1,
        };
        Simplify(json["root"]!);
        return json;
    }

    /// <summary>Where two of them differ.</summary>
    public static IEnumerable<string> Differences(JsonNode? before, JsonNode? after, string path = "$")
    {
        switch (before, after)
        {
            case (JsonObject one, JsonObject other):
                foreach (var name in one.Select(m => m.Key).Union(other.Select(m => m.Key)))
                foreach (var difference in Differences(one[name], other[name], $"{path}.{name}"))
                    yield return difference;

                break;
            case (JsonArray one, JsonArray other) when one.Count == other.Count:
                for (var i = 0; i < one.Count; i++)
                    foreach (var difference in Differences(one[i], other[i], $"{path}[{i}]"))
                        yield return difference;

                break;
            default:
                if (!JsonNode.DeepEquals(before, after))
                    yield return $"{path}: {before?.ToJsonString() ?? "nothing"} → {after?.ToJsonString() ?? "nothing"}";

                break;
        }
    }

    /// <summary>Rule 2: null and absent are the same, and names begin with a small letter. Arrays that older writers wrapped are arrays.</summary>
    private static JsonNode? WithoutNulls(JsonNode? json) =>
        json switch
        {
            JsonObject members when members["$values"] is JsonArray wrapped => WithoutNulls(wrapped),
            JsonObject members => new JsonObject(
                members.Where(m => m.Value is not null).Select(m => KeyValuePair.Create(Camel(m.Key), WithoutNulls(m.Value)))
            ),
            JsonArray items => new JsonArray([.. items.Select(WithoutNulls)]),
            _ => json?.DeepClone(),
        };

    private static void Simplify(JsonNode json)
    {
        if (json is JsonArray items)
            foreach (var item in items.OfType<JsonNode>())
                Simplify(item);

        if (json is not JsonObject members)
            return;

        foreach (var member in members.Select(m => m.Value).OfType<JsonNode>())
            Simplify(member);

        if (members["type"] is null || members["id"] is null)
            return;

        // Rule 6: node ids follow from ids, and no file needs them.
        members.Remove("nodeId");
        members["version"] = int.Parse(members["version"]?.ToString() ?? "1", CultureInfo.InvariantCulture);

        foreach (var flag in new[] { "canStartWorkflow", "runAsynchronously" })
            if (members[flag] is { } set)
            {
                members.Remove(flag);
                members["customProperties"] ??= new JsonObject();
                members["customProperties"]![flag] ??= set.DeepClone();
            }

        // Rule 3: Elsa's list of connections that were put aside, when there are none.
        if (members["customProperties"] is JsonObject custom && IsEmpty(custom["notFoundConnections"]))
            custom.Remove("notFoundConnections");

        // Rule 7: places on the canvas.
        if (members["metadata"] is JsonObject metadata)
        {
            metadata.Remove("designer");

            if (metadata.Count == 0)
                members.Remove("metadata");
        }

        if (members["activities"] is JsonArray { Count: 0 })
            members.Remove("activities");

        if (members["type"]!.ToString() != "Elsa.Flowchart")
            return;

        // Rule 8: the order of activities in a flowchart.
        if (members["activities"] is JsonArray activities)
            members["activities"] = new JsonArray([
                .. activities.OrderBy(a => a!["id"]?.ToString(), StringComparer.Ordinal).Select(a => a!.DeepClone()),
            ]);

        // Rule 9: connections in their present form, with ports and bends.
        var connections = (members["connections"] as JsonArray ?? []).Select(Connection).ToList();
        members.Remove("connections");

        if (connections.Count > 0)
            members["connections"] = new JsonArray([.. connections.OrderBy(c => c!.ToJsonString(), StringComparer.Ordinal)]);
    }

    private static JsonNode? Connection(JsonNode? json)
    {
        var connection = (JsonObject)json!.DeepClone();

        foreach (var (end, flatPort, port) in new[] { ("source", "sourcePort", "Done"), ("target", "targetPort", "In") })
        {
            if (connection[end] is JsonValue id)
                connection[end] = new JsonObject { ["activity"] = id.DeepClone(), ["port"] = connection[flatPort]?.DeepClone() };

            connection.Remove(flatPort);

            if (connection[end] is JsonObject place)
                place["port"] ??= port;
        }

        if (connection["vertices"] is JsonArray { Count: 0 })
            connection.Remove("vertices");

        return new JsonObject(
            connection.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))
        );
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static bool IsEmpty(JsonNode? json) => json is JsonArray { Count: 0 } or JsonObject { Count: 0 };
}
