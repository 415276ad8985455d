using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>Publishing a workflow that is used as activity takes those who use it along, if it says so.</summary>
internal static class Consumers
{
    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    /// <summary>True when those who use it follow its newest version.</summary>
    public static bool Follow(WorkflowDefinition definition) =>
        definition.UsableAsActivity
        && NodeOf(definition.Json)?["options"] is JsonObject options
        && options["autoUpdateConsumingWorkflows"] is JsonValue value
        && value.TryGetValue(out bool follows)
        && follows;

    /// <summary>The consumer with its call sites on the published version; null when it has none elsewhere.</summary>
    public static WorkflowDefinition? Rewrite(WorkflowDefinition consumer, WorkflowDefinition published)
    {
        if (NodeOf(consumer.Json) is not JsonObject json || json["root"] is not { } root || !RewriteCalls(root, published))
            return null;

        using var document = JsonDocument.Parse(
            json.ToJsonString(new JsonSerializerOptions { MaxDepth = ElsaJson.MaxDepth }),
            new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth }
        );
        return ElsaJson.Read(document.RootElement.Clone()) with { Id = "", DefinitionId = consumer.DefinitionId };
    }

    /// <summary>A copy that can be changed. A member that stands twice, perhaps in another case, is read as everywhere: the last one counts.</summary>
    private static JsonNode? NodeOf(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject(AnyCase);

                foreach (var member in json.EnumerateObject())
                    members[member.Name] = NodeOf(member.Value);

                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. json.EnumerateArray().Select(NodeOf)]);
            default:
                return JsonValue.Create(json);
        }
    }

    private static bool RewriteCalls(JsonNode node, WorkflowDefinition published)
    {
        var changed = false;

        if (node is JsonArray items)
        {
            foreach (var item in items.OfType<JsonNode>())
                changed |= RewriteCalls(item, published);

            return changed;
        }

        if (node is not JsonObject members)
            return false;

        if (Text(members["workflowDefinitionId"]) == published.DefinitionId && Text(members["workflowDefinitionVersionId"]) != published.Id)
        {
            members["version"] = published.Version;
            members["workflowDefinitionVersionId"] = published.Id;
            members["latestAvailablePublishedVersion"] = published.Version;
            members["latestAvailablePublishedVersionId"] = published.Id;
            changed = true;
        }

        foreach (var (_, member) in members.ToList())
            if (member is JsonObject or JsonArray)
                changed |= RewriteCalls(member, published);

        return changed;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
