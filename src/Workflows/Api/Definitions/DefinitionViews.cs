using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>A version in a list.</summary>
internal sealed record DefinitionSummaryView(
    string Id,
    string DefinitionId,
    string? Name,
    string? Description,
    int Version,
    string? ToolVersion,
    bool IsLatest,
    bool IsPublished,
    bool IsReadonly,
    string? ProviderName,
    string MaterializerName,
    bool IsMaterializerAvailable,
    string? Note,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PublishedAt,
    IReadOnlyList<LinkView> Links
)
{
    /// <summary>The summary of a row, which needs no content.</summary>
    /// <param name="row">The row.</param>
    /// <param name="actor">Who gets it; the links say what is allowed to them.</param>
    public static DefinitionSummaryView Of(DefinitionRow row, Actor actor) =>
        new(
            row.Id,
            row.DefinitionId,
            row.Name,
            row.Description,
            row.Version,
            // Studio reads it as a version, and fails at anything else.
            System.Version.TryParse(row.ToolVersion, out var tool)
                ? tool.ToString()
                : null,
            row.IsLatest,
            row.IsPublished,
            row.IsReadonly,
            ProviderName: null,
            DefinitionViews.Materializer,
            IsMaterializerAvailable: true,
            row.Note,
            row.CreatedAt,
            row.PublishedAt,
            LinkView.Of(row.DefinitionId, row.IsReadonly, actor)
        );
}

/// <summary>Definitions as Elsa's clients read them.</summary>
/// <param name="definitions">Knows the activities of each version.</param>
/// <param name="access">Knows who reads them.</param>
internal sealed class DefinitionViews(DefinitionService definitions, IAccess access)
{
    /// <summary>Elsa's name for definitions that are stored as JSON.</summary>
    public const string Materializer = "Json";

    /// <summary>A version with its content.</summary>
    public async Task<JsonObject> OfAsync(DefinitionRow row, CancellationToken ct)
    {
        var json = DesignerForm.Write(StoredDefinition.Read(row), await definitions.OutlineAsync(row, ct));
        var isReadonly = (bool)json["isReadonly"]!;
        json["createdAt"] = row.CreatedAt;
        json["publishedAt"] = row.PublishedAt;
        json["note"] = row.Note;
        json["providerName"] = null;
        json["materializerName"] = Materializer;
        json["materializerContext"] = null;
        json["isMaterializerAvailable"] = true;
        json["links"] = JsonSerializer.SerializeToNode(LinkView.Of(row.DefinitionId, isReadonly, access.Actor), JsonSerializerOptions.Web);
        return json;
    }

    /// <summary>What became of saving. All three of Elsa's members are always there.</summary>
    public async Task<JsonAnswer> SavedAsync(DefinitionRow row, CancellationToken ct) =>
        await SavedAsync(new PublishResult(row, [], []), ct);

    /// <summary>What became of saving and publishing.</summary>
    public async Task<JsonAnswer> SavedAsync(PublishResult result, CancellationToken ct) =>
        new(
            new JsonObject
            {
                ["workflowDefinition"] = await OfAsync(result.Version, ct),
                ["alreadyPublished"] = result.WasPublished,
                ["consumingWorkflowCount"] = result.Followers.Length,
                ["warnings"] = new JsonArray([.. result.Warnings.Select(w => (JsonNode?)w.ToString())]),
            }
        );
}
