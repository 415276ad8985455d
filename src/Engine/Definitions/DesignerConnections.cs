using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Connections of a flowchart in <see cref="DesignerForm"/>.</summary>
internal static class DesignerConnections
{
    /// <summary>Where Elsa keeps those that start at an activity of an unknown type: its stand-in has other ports.</summary>
    public const string Kept = "notFoundConnections";

    private static readonly string[] Members = ["source", "target", "vertices"];
    private static readonly string[] EndMembers = ["activity", "port", "position"];

    /// <summary>All connections, each end as an object.</summary>
    public static JsonArray Write(JsonElement json) => [.. ElsaJson.Items(json).Select(WriteOne)];

    /// <summary>Puts aside the connections that a designer cannot draw, and brings back those that it can draw again.</summary>
    public static void Sort(JsonObject chart, OutlinedActivity activity)
    {
        var known = activity.Children.ToLookup(c => c.Id, StringComparer.Ordinal);
        var custom = chart["customProperties"] as JsonObject;
        var keptName = custom?.Select(p => p.Key).FirstOrDefault(k => string.Equals(k, Kept, StringComparison.OrdinalIgnoreCase));
        var kept = keptName is not null && custom![keptName] is JsonArray list ? list : [];
        var drawn = chart["connections"] as JsonArray ?? [];

        var all = drawn.Concat(kept.Select(Normal)).ToList();

        if (all.All(CanDraw) && kept.Count == 0)
            return;

        drawn.Clear();
        var aside = new JsonArray();

        foreach (var connection in all)
            (CanDraw(connection) ? drawn : aside).Add(connection?.DeepClone());

        chart["connections"] ??= drawn;

        if (keptName is not null)
            custom!.Remove(keptName);

        if (aside.Count > 0)
        {
            if (custom is null)
                chart["customProperties"] = custom = new JsonObject();

            custom[Kept] = aside;
        }

        bool CanDraw(JsonNode? connection) =>
            End(connection, "source") is { } source
            && End(connection, "target") is { } target
            && known[source].Any(a => a.MissingTypeName is null)
            && known[target].Any();
    }

    /// <summary>Undoes <see cref="Sort"/>, as far as both ends are still there.</summary>
    public static void Restore(JsonObject chart)
    {
        if (chart["customProperties"] is not JsonObject custom || custom[Kept] is not JsonArray { Count: > 0 } kept)
            return;

        custom.Remove(Kept);

        if (custom.Count == 0)
            chart.Remove("customProperties");

        var ids =
            (chart["activities"] as JsonArray)
                ?.Select(a => (a as JsonObject)?["id"]?.ToString())
                .OfType<string>()
                .ToHashSet(StringComparer.Ordinal)
            ?? [];

        if (chart["connections"] is not JsonArray connections)
            chart["connections"] = connections = [];

        // One that starts at an activity that was removed goes with it.
        foreach (var connection in kept.Where(c => End(c, "source") is not { } source || ids.Contains(source)))
            connections.Add(connection?.DeepClone());
    }

    private static JsonNode? Normal(JsonNode? connection)
    {
        if (connection is null)
            return null;

        using var document = JsonDocument.Parse(connection.ToJsonString(), new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth });
        return WriteOne(document.RootElement.Clone());
    }

    private static JsonNode? WriteOne(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return DesignerForm.Plain(json);

        var result = DesignerForm.Spelled(json, Members);

        if (ElsaJson.Find(json, "vertices") is { } bends)
            result["vertices"] = DesignerForm.SpelledDeep(bends, ["x", "y"]);

        foreach (var (end, flatPort) in new[] { ("source", "sourcePort"), ("target", "targetPort") })
        {
            if (ElsaJson.Find(json, end) is { ValueKind: JsonValueKind.Object } given)
            {
                result[end] = DesignerForm.Spelled(given, EndMembers);
                continue;
            }

            var (activity, port) = FlowConnections.EndPoint(json, end, flatPort);

            if (activity is null)
                continue;

            result[end] = new JsonObject { ["activity"] = activity, ["port"] = port };

            foreach (
                var name in result.Select(p => p.Key).Where(k => string.Equals(k, flatPort, StringComparison.OrdinalIgnoreCase)).ToList()
            )
                result.Remove(name);
        }

        return result;
    }

    private static string? End(JsonNode? connection, string end) =>
        connection is JsonObject members
        && members[end] is JsonObject place
        && place["activity"] is JsonValue id
        && id.TryGetValue(out string? text)
            ? text
            : null;
}
