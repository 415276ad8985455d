using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api;

/// <summary>Definitions and their versions, in Elsa's words.</summary>
internal static class DefinitionsApi
{
    private const int MaxPage = 1000;

    /// <summary>A definition to save, and whether to publish it too.</summary>
    internal sealed record SaveRequest(JsonElement Model, bool? Publish);

    /// <summary>Which versions to list; null members do not count.</summary>
    internal sealed record ListRequest(
        string? VersionOptions,
        int? Page,
        int? PageSize,
        string? SearchTerm,
        string[]? DefinitionIds,
        string[]? Ids
    );

    public static RouteGroupBuilder MapDefinitions(this RouteGroupBuilder routes)
    {
        var definitions = routes.MapGroup("").WithTags("Definitions");
        definitions.MapGet("/workflow-definitions", ListAsync);
        definitions.MapGet("/workflow-definitions/by-definition-id/{definitionId}", FindByDefinitionAsync);
        definitions.MapGet("/workflow-definitions/by-id/{versionId}", FindAsync);
        definitions.MapPost("/workflow-definitions", SaveAsync);
        definitions.MapPost("/workflow-definitions/import", ImportAsync);
        definitions.MapPost("/workflow-definitions/{definitionId}/publish", PublishAsync);
        definitions.MapPost("/workflow-definitions/{definitionId}/retract", RetractAsync);
        definitions.MapPost("/workflow-definitions/{definitionId}/revert/{version:int}", RevertAsync);
        definitions.MapDelete("/workflow-definition-versions/{versionId}", DeleteAsync);
        return routes;
    }

    private static async Task<Ok<PageView<DefinitionSummaryView>>> ListAsync(
        [AsParameters] ListRequest request,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        if (!VersionOption.TryParse(request.VersionOptions, out var versions))
            throw new RequestException("version-options.unknown", $"'{request.VersionOptions}' in versionOptions names no version.");

        var filter = new DefinitionFilter
        {
            Versions = versions,
            DefinitionIds = [.. request.DefinitionIds ?? []],
            Ids = [.. request.Ids ?? []],
            SearchTerm = request.SearchTerm,
        };
        var size = Math.Clamp(request.PageSize ?? MaxPage, 1, MaxPage);
        var page = await definitions.ListAsync(filter, Math.Max(0, request.Page ?? 0) * size, size, ct);
        return TypedResults.Ok(
            new PageView<DefinitionSummaryView>([.. page.Select(DefinitionSummaryView.Of)], (int)await definitions.CountAsync(filter, ct))
        );
    }

    private static async Task<Results<Ok<JsonObject>, ProblemHttpResult>> FindByDefinitionAsync(
        string definitionId,
        string? versionOptions,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(
            definitionId,
            string.IsNullOrWhiteSpace(versionOptions) ? -1 : VersionOptions.Number(versionOptions),
            ct
        )
            is { } row
            ? TypedResults.Ok(DefinitionViews.Of(row))
            : Unknown($"There is no definition '{definitionId}' with a version that fits '{versionOptions ?? "Latest"}'.");

    private static async Task<Results<Ok<JsonObject>, ProblemHttpResult>> FindAsync(
        string versionId,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(versionId, ct) is { } row
            ? TypedResults.Ok(DefinitionViews.Of(row))
            : Unknown($"There is no definition version '{versionId}'.");

    private static async Task<Ok<SavedView>> SaveAsync(SaveRequest request, DefinitionService definitions, CancellationToken ct)
    {
        var saved = await definitions.SaveDraftAsync(DefinitionViews.Read(request.Model), ct);
        return TypedResults.Ok(
            request.Publish == true
                ? SavedView.Of(await definitions.PublishAsync(saved.DefinitionId, null, ct))
                : new SavedView(DefinitionViews.Of(saved), false, 0, [])
        );
    }

    private static async Task<Ok<JsonObject>> ImportAsync(JsonElement body, DefinitionService definitions, CancellationToken ct) =>
        TypedResults.Ok(DefinitionViews.Of(await definitions.SaveDraftAsync(DefinitionViews.Read(body), ct)));

    private static async Task<Ok<SavedView>> PublishAsync(string definitionId, DefinitionService definitions, CancellationToken ct)
    {
        if (await definitions.FindAsync(definitionId, -1, ct) is { IsPublished: true } latest)
            return TypedResults.Ok(new SavedView(DefinitionViews.Of(latest), true, 0, []));

        return TypedResults.Ok(SavedView.Of(await definitions.PublishAsync(definitionId, null, ct)));
    }

    private static async Task<Results<Ok<JsonObject>, ProblemHttpResult>> RetractAsync(
        string definitionId,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        await definitions.RetractAsync(definitionId, ct) is { } row
            ? TypedResults.Ok(DefinitionViews.Of(row))
            : Unknown($"No version of the definition '{definitionId}' is published.");

    private static async Task<Ok<DefinitionSummaryView>> RevertAsync(
        string definitionId,
        int version,
        DefinitionService definitions,
        CancellationToken ct
    ) => TypedResults.Ok(DefinitionSummaryView.Of(await definitions.RevertAsync(definitionId, version, ct)));

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string versionId,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        await definitions.DeleteVersionAsync(versionId, ct) switch
        {
            DeleteResult.Deleted => TypedResults.NoContent(),
            DeleteResult.IsPublished => Problems.Of(
                StatusCodes.Status409Conflict,
                "definition.published",
                $"Version '{versionId}' is published. Retract it first."
            ),
            _ => Problems.Of(
                StatusCodes.Status409Conflict,
                "definition.in-use",
                $"Version '{versionId}' is used by instances or by another published workflow, and stays."
            ),
        };

    private static ProblemHttpResult Unknown(string sentence) => Problems.NotFound("definition.unknown", sentence);
}
