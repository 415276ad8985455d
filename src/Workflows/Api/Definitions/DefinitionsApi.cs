using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Definitions and their versions, in Elsa's words: what the lists and the editor of Elsa Studio call.</summary>
internal static class DefinitionsApi
{
    /// <summary>A page of versions, and what may be done with the list.</summary>
    internal sealed record DefinitionPageView(IReadOnlyList<DefinitionSummaryView> Items, long TotalCount, IReadOnlyList<LinkView> Links);

    /// <summary>Definitions with their content in one answer: as many as fit.</summary>
    private const int MaxAtOnce = 100;

    /// <summary>Lines that use another.</summary>
    internal sealed record ConsumersView(IReadOnlyList<string> ConsumingWorkflowDefinitionIds);

    /// <summary>Lines that were changed.</summary>
    internal sealed record AffectedView(IReadOnlyList<string> AffectedWorkflows);

    /// <summary>How many versions there are.</summary>
    internal sealed record CountView(long Count);

    /// <summary>Whether a name is free.</summary>
    internal sealed record NameView(bool IsUnique);

    public static RouteGroupBuilder MapDefinitions(this RouteGroupBuilder routes)
    {
        var definitions = routes
            .MapGroup("")
            .Needs(Permissions.DefinitionsRead)
            .WithTags("Definitions")
            .AddEndpointFilter<DefinitionRefusals>();
        definitions.MapGet("/workflow-definitions", ListAsync);
        definitions.MapGet("/workflow-definitions/validation/is-name-unique", IsNameUniqueAsync);
        definitions.MapGet("/workflow-definitions/by-definition-id/{definitionId}", FindByDefinitionAsync);
        definitions.MapGet("/workflow-definitions/by-id/{versionId}", FindAsync);
        definitions.MapGet("/workflow-definitions/many-by-id", FindManyAsync);
        definitions.MapGet("/workflow-definitions/query/count", CountAsync);
        definitions.MapGet("/workflow-definitions/{definitionId}/consumers", ListConsumersAsync);
        definitions
            .MapPost("/workflow-definitions", SaveAsync)
            .Needs(Permissions.DefinitionsWrite)
            .Accepts<SaveRequest>("application/json");
        definitions.MapPost("/workflow-definitions/{definitionId}/publish", PublishAsync).Needs(Permissions.DefinitionsPublish);
        definitions.MapPost("/workflow-definitions/{definitionId}/retract", RetractAsync).Needs(Permissions.DefinitionsPublish);
        definitions.MapPost("/workflow-definitions/{definitionId}/revert/{version:int}", RevertAsync).Needs(Permissions.DefinitionsWrite);
        definitions
            .MapPost("/workflow-definitions/{definitionId}/update-references", UpdateReferencesAsync)
            .Needs(Permissions.DefinitionsPublish);
        definitions.MapDelete("/workflow-definitions/{definitionId}", DeleteAsync).Needs(Permissions.DefinitionsDelete);
        definitions.MapDelete("/workflow-definition-versions/{versionId}", DeleteVersionAsync).Needs(Permissions.DefinitionsDelete);
        definitions.MapDefinitionNodes();
        definitions.MapDefinitionFiles();
        definitions.MapDefinitionBulk();
        return routes;
    }

    /// <summary>Versions of definitions, a page at a time, by state, ids and text.</summary>
    private static async Task<Ok<DefinitionPageView>> ListAsync(
        [AsParameters] DefinitionQuery query,
        DefinitionService definitions,
        IAccess access,
        CancellationToken ct
    )
    {
        var filter = query.ToFilter();
        var (skip, take) = query.ToPage();
        var rows = await definitions.ListAsync(filter, skip, take, ct);

        // A first page that is not full is all there is.
        var count = skip == 0 && rows.Count < take ? rows.Count : await definitions.CountAsync(filter, ct);
        return TypedResults.Ok(
            new DefinitionPageView([.. rows.Select(r => DefinitionSummaryView.Of(r, access.Actor))], count, LinkView.OfList(access.Actor))
        );
    }

    /// <summary>How many definitions there are.</summary>
    private static async Task<Ok<CountView>> CountAsync(
        [AsParameters] DefinitionQuery query,
        DefinitionService definitions,
        CancellationToken ct
    ) => TypedResults.Ok(new CountView(await definitions.CountAsync(query.ToFilter(), ct)));

    /// <summary>Whether no other definition has a name.</summary>
    private static async Task<Ok<NameView>> IsNameUniqueAsync(
        string? name,
        string? definitionId,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            new NameView(await definitions.IsNameUniqueAsync(name ?? "", string.IsNullOrEmpty(definitionId) ? null : definitionId, ct))
        );

    /// <summary>A version of a definition with its content: the latest, the published or a numbered one.</summary>
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

    /// <summary>A version by its id, with its content.</summary>
    private static async Task<IResult> FindAsync(
        string versionId,
        DefinitionService definitions,
        DefinitionViews views,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(versionId, ct) is { } row
            ? new JsonAnswer(await views.OfAsync(row, ct))
            : Unknown($"There is no definition version '{versionId}'.");

    /// <summary>Versions by their ids, with their content.</summary>
    private static async Task<IResult> FindManyAsync(
        string[]? ids,
        DefinitionService definitions,
        DefinitionViews views,
        CancellationToken ct
    )
    {
        var items = new JsonArray();

        foreach (var id in (ids ?? []).Distinct(StringComparer.Ordinal).Take(MaxAtOnce))
            if (await definitions.FindAsync(id, ct) is { } row)
                items.Add(await views.OfAsync(row, ct));

        return new JsonAnswer(new JsonObject { ["items"] = items, ["count"] = items.Count });
    }

    /// <summary>Definitions that use a definition as an activity.</summary>
    private static async Task<Ok<ConsumersView>> ListConsumersAsync(
        string definitionId,
        DefinitionConsumers consumers,
        CancellationToken ct
    ) => TypedResults.Ok(new ConsumersView([.. (await consumers.ListAsync([definitionId], ct)).Select(c => c.DefinitionId)]));

    /// <summary>Saves a draft, and publishes it if asked to. What is wrong with it comes back as errors by place.</summary>
    private static async Task<IResult> SaveAsync(HttpRequest request, DefinitionSaving saving, DefinitionViews views, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync<SaveRequest>(request, ct);
        var saved = await saving.SaveAsync(body.Model, ct);
        return body.Publish == true ? await PublishAsync(saved.DefinitionId, saving, views, ct) : await views.SavedAsync(saved, ct);
    }

    /// <summary>Publishes the latest version: new instances start on it.</summary>
    private static async Task<IResult> PublishAsync(
        string definitionId,
        DefinitionSaving saving,
        DefinitionViews views,
        CancellationToken ct
    ) =>
        await saving.TryPublishAsync(definitionId, ct) is { } result
            ? await views.SavedAsync(result, ct)
            : DefinitionRefusals.Of("definition.unknown", $"There is no definition '{definitionId}'.");

    /// <summary>Lets all that use a definition use its published version.</summary>
    private static async Task<Ok<AffectedView>> UpdateReferencesAsync(
        string definitionId,
        DefinitionService definitions,
        CancellationToken ct
    ) => TypedResults.Ok(new AffectedView(await definitions.UpdateReferencesAsync(definitionId, ct)));

    /// <summary>Takes the published version back: nothing starts on it any more, its instances go on.</summary>
    private static async Task<IResult> RetractAsync(
        string definitionId,
        DefinitionService definitions,
        DefinitionViews views,
        CancellationToken ct
    ) =>
        await definitions.RetractAsync(definitionId, ct) is { } row
            ? new JsonAnswer(await views.OfAsync(row, ct))
            : DefinitionRefusals.Of("definition.not-published", $"No version of the definition '{definitionId}' is published.");

    /// <summary>Copies an older version as the new latest draft; the published one stays published.</summary>
    private static async Task<Ok<DefinitionSummaryView>> RevertAsync(
        string definitionId,
        int version,
        DefinitionService definitions,
        IAccess access,
        CancellationToken ct
    ) => TypedResults.Ok(DefinitionSummaryView.Of(await definitions.RevertAsync(definitionId, version, ct), access.Actor));

    /// <summary>Removes a definition with all its versions, unless instances use them.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string definitionId,
        DefinitionDeletions deletions,
        CancellationToken ct
    ) =>
        await deletions.DeleteLineAsync(definitionId, ct) ? TypedResults.NoContent() : Unknown($"There is no definition '{definitionId}'.");

    /// <summary>Removes a version that is not published and that nothing uses.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteVersionAsync(
        string versionId,
        DefinitionDeletions deletions,
        CancellationToken ct
    ) =>
        await deletions.DeleteVersionAsync(versionId, ct)
            ? TypedResults.NoContent()
            : Unknown($"There is no definition version '{versionId}'.");

    private static ProblemHttpResult Unknown(string sentence) => Problems.NotFound("definition.unknown", sentence);
}
