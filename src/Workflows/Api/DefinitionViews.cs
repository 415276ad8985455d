using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api;

/// <summary>What a client may do with a definition; Elsa Studio shows a definition without the link <c>publish</c> as read-only.</summary>
internal sealed record LinkView(string Href, string Rel, string Method)
{
    public static IReadOnlyList<LinkView> Of(string definitionId)
    {
        var id = Uri.EscapeDataString(definitionId);
        return [Post(id, "publish"), Post(id, "retract"), Post(id, "execute"), Post(id, "dispatch")];
    }

    private static LinkView Post(string id, string rel) => new($"/workflow-definitions/{id}/{rel}", rel, "POST");
}

/// <summary>A version in a list.</summary>
internal sealed record DefinitionSummaryView(
    string Id,
    string DefinitionId,
    string? Name,
    int Version,
    bool IsLatest,
    bool IsPublished,
    bool IsReadonly,
    string MaterializerName,
    string? Note,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PublishedAt,
    IReadOnlyList<LinkView> Links
)
{
    public static DefinitionSummaryView Of(DefinitionRow row) =>
        new(
            row.Id,
            row.DefinitionId,
            row.Name,
            row.Version,
            row.IsLatest,
            row.IsPublished,
            IsReadonly: false,
            "Json",
            row.Note,
            row.CreatedAt,
            row.PublishedAt,
            LinkView.Of(row.DefinitionId)
        );
}

/// <summary>What became of saving or publishing.</summary>
/// <param name="WorkflowDefinition">The version, with its content.</param>
/// <param name="AlreadyPublished">Nothing was to be published.</param>
/// <param name="ConsumingWorkflowCount">Workflows that use it and were taken along.</param>
/// <param name="Warnings">What is odd about it, one sentence each.</param>
internal sealed record SavedView(
    JsonObject WorkflowDefinition,
    bool AlreadyPublished,
    int ConsumingWorkflowCount,
    IReadOnlyList<string> Warnings
)
{
    public static SavedView Of(PublishResult result) =>
        new(DefinitionViews.Of(result.Version), false, result.Followers.Length, [.. result.Warnings.Select(w => w.ToString())]);
}

/// <summary>Definitions with their content.</summary>
internal static class DefinitionViews
{
    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    /// <summary>The JSON as it came; ids, number and flags as they are now.</summary>
    public static JsonObject Of(DefinitionRow row)
    {
        var json = (JsonObject)JsonNode.Parse(row.Content.Span, AnyCase, new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth })!;
        json["id"] = row.Id;
        json["definitionId"] = row.DefinitionId;
        json["version"] = row.Version;
        json["isLatest"] = row.IsLatest;
        json["isPublished"] = row.IsPublished;
        json["createdAt"] = row.CreatedAt;
        json["links"] = JsonSerializer.SerializeToNode(LinkView.Of(row.DefinitionId), JsonSerializerOptions.Web);
        return json;
    }

    /// <summary>Reads a definition from a request.</summary>
    /// <exception cref="WorkflowCompilationException">It is none.</exception>
    public static WorkflowDefinition Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
            ? ElsaJson.Read(json)
            : throw new WorkflowCompilationException([
                new CompileError("definition.not-an-object", "$", $"A definition is a JSON object; this is {json.ValueKind}."),
            ]);
}
