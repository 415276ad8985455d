using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Definitions and their versions, in Elsa's words: what the lists and the editor of Elsa Studio call.</summary>
internal static class DefinitionsApi
{
    /// <summary>A page of versions, and what may be done with the list.</summary>
    internal sealed record DefinitionPageView(IReadOnlyList<DefinitionSummaryView> Items, long TotalCount, IReadOnlyList<LinkView> Links);

    /// <summary>Whether a name is free.</summary>
    internal sealed record NameView(bool IsUnique);

    public static RouteGroupBuilder MapDefinitions(this RouteGroupBuilder routes)
    {
        var definitions = routes.MapGroup("").WithTags("Definitions").AddEndpointFilter<DefinitionRefusals>();
        definitions.MapGet("/workflow-definitions", ListAsync);
        definitions.MapGet("/workflow-definitions/validation/is-name-unique", IsNameUniqueAsync);
        definitions.MapGet("/workflow-definitions/by-definition-id/{definitionId}", FindByDefinitionAsync);
        definitions.MapGet("/workflow-definitions/by-id/{versionId}", FindAsync);
        definitions.MapPost("/workflow-definitions", SaveAsync).Accepts<SaveRequest>("application/json");
        definitions.MapPost("/workflow-definitions/{definitionId}/publish", PublishAsync);
        definitions.MapPost("/workflow-definitions/{definitionId}/retract", RetractAsync);
        definitions.MapPost("/workflow-definitions/{definitionId}/revert/{version:int}", RevertAsync);
        definitions.MapDelete("/workflow-definition-versions/{versionId}", DeleteVersionAsync);
        definitions.MapDefinitionFiles();
        return routes;
    }

    private static async Task<Ok<DefinitionPageView>> ListAsync(
        [AsParameters] DefinitionQuery query,
        DefinitionList list,
        CancellationToken ct
    )
    {
        var (rows, count) = await list.PageAsync(query, ct);
        return TypedResults.Ok(new DefinitionPageView([.. rows.Select(DefinitionSummaryView.Of)], count, LinkView.OfList));
    }

    private static async Task<Ok<NameView>> IsNameUniqueAsync(
        string? name,
        string? definitionId,
        DefinitionList list,
        CancellationToken ct
    ) => TypedResults.Ok(new NameView(!await list.IsNameTakenAsync(name?.Trim() ?? "", definitionId, ct)));

    private static async Task<IResult> FindByDefinitionAsync(
        string definitionId,
        string? versionOptions,
        DefinitionService definitions,
        DefinitionViews views,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(definitionId, versionOptions, ct) is { } row
            ? new JsonAnswer(await views.OfAsync(row, ct))
            : Unknown($"There is no definition '{definitionId}' with a version that fits '{versionOptions ?? "Latest"}'.");

    private static async Task<IResult> FindAsync(
        string versionId,
        DefinitionService definitions,
        DefinitionViews views,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(versionId, ct) is { } row
            ? new JsonAnswer(await views.OfAsync(row, ct))
            : Unknown($"There is no definition version '{versionId}'.");

    private static async Task<IResult> SaveAsync(HttpRequest request, DefinitionSaving saving, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<SaveRequest>(request, ct);
        return await saving.SaveAsync(body, ct);
    }

    private static Task<IResult> PublishAsync(string definitionId, DefinitionSaving saving, CancellationToken ct) =>
        saving.PublishAsync(definitionId, ct);

    private static async Task<IResult> RetractAsync(
        string definitionId,
        DefinitionService definitions,
        DefinitionViews views,
        CancellationToken ct
    ) =>
        await definitions.RetractAsync(definitionId, ct) is { } row
            ? new JsonAnswer(await views.OfAsync(row, ct))
            : DefinitionRefusals.Of("definition.not-published", $"No version of the definition '{definitionId}' is published.");

    private static async Task<Ok<DefinitionSummaryView>> RevertAsync(
        string definitionId,
        int version,
        DefinitionService definitions,
        CancellationToken ct
    ) => TypedResults.Ok(DefinitionSummaryView.Of(await definitions.RevertAsync(definitionId, version, ct)));

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteVersionAsync(
        string versionId,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        try
        {
            return await definitions.DeleteVersionAsync(versionId, ct) switch
            {
                DeleteResult.Deleted => TypedResults.NoContent(),
                DeleteResult.IsPublished => DefinitionRefusals.Of(
                    "definition.published",
                    $"Version '{versionId}' is published. Retract it first."
                ),
                _ => DefinitionRefusals.Of(
                    "definition.in-use",
                    $"Version '{versionId}' is used by instances or by another published workflow, and stays."
                ),
            };
        }
        catch (DefinitionNotFoundException e)
        {
            return Unknown(e.Message);
        }
    }

    private static ProblemHttpResult Unknown(string sentence) => Problems.NotFound("definition.unknown", sentence);
}
