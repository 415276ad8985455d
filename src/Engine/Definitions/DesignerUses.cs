using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Engine.Definitions;

/// <summary>
/// What a step that uses a workflow says of it beside its type and version: Elsa Studio opens the inside only of a step that says all of it, and
/// writes it into each step that is drawn. A step written by hand need not.
/// </summary>
internal static class DesignerUses
{
    private static readonly string[] Members =
    [
        "workflowDefinitionId",
        "workflowDefinitionVersionId",
        "latestAvailablePublishedVersion",
        "latestAvailablePublishedVersionId",
    ];

    /// <summary>Adds what the step does not say itself.</summary>
    /// <param name="step">The step as a designer gets it.</param>
    /// <param name="used">The version that it uses.</param>
    /// <param name="published">The published version of that line; null for none.</param>
    public static void Add(JsonObject step, WorkflowDefinition used, WorkflowDefinition? published)
    {
        step.TryAdd(Members[0], used.DefinitionId);
        step.TryAdd(Members[1], used.Id);

        if (published is null)
            return;

        step.TryAdd(Members[2], published.Version);
        step.TryAdd(Members[3], published.Id);
    }

    /// <summary>Takes back what was added, from steps that were there before and did not say it. Their type and version name the same workflow.</summary>
    /// <param name="root">What the designer sent.</param>
    /// <param name="before">The root of the version that was opened.</param>
    public static void Remove(JsonNode? root, JsonElement before)
    {
        var steps = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        Collect(before, steps);
        Remove(root, steps);
    }

    private static void Remove(JsonNode? json, Dictionary<string, JsonElement> before)
    {
        if (json is JsonArray items)
            foreach (var item in items)
                Remove(item, before);

        if (json is not JsonObject members)
            return;

        if (
            members["id"] is JsonValue id
            && id.TryGetValue<string>(out var text)
            && before.TryGetValue(text, out var step)
            && members.ContainsKey("version")
            // An input may have one of these names, too; it is an object, and never stands with the others.
            && Array.TrueForAll(Members[..2], name => members[name] is JsonValue)
        )
            foreach (var name in Members)
                if (ElsaJson.Find(step, name) is null)
                    members.Remove(name);

        foreach (var (_, member) in members)
            Remove(member, before);
    }

    private static void Collect(JsonElement json, Dictionary<string, JsonElement> steps)
    {
        if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray())
                Collect(item, steps);

        if (json.ValueKind != JsonValueKind.Object)
            return;

        if (ElsaJson.Text(ElsaJson.Find(json, "type")) is not null && ElsaJson.Text(ElsaJson.Find(json, "id")) is { } id)
            steps.TryAdd(id, json);

        foreach (var member in json.EnumerateObject())
            Collect(member.Value, steps);
    }
}
