using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>The same for several definitions. What is refused for one does not touch the others; then the answer is 400 and tells all.</summary>
internal static class DefinitionBulkApi
{
    private const int MaxItems = 1000;

    /// <summary>Lines.</summary>
    internal sealed record LinesRequest(string[]? DefinitionIds);

    /// <summary>Versions.</summary>
    internal sealed record VersionsRequest(string[]? Ids);

    /// <summary>How many are gone.</summary>
    internal sealed record DeletedView(int Deleted);

    /// <summary>What became of each line.</summary>
    internal sealed record PublishedView(
        List<string> Published,
        List<string> AlreadyPublished,
        List<string> NotFound,
        List<string> UpdatedConsumers
    );

    /// <summary>What became of each line.</summary>
    internal sealed record RetractedView(List<string> Retracted, List<string> AlreadyRetracted, List<string> NotFound);

    public static RouteGroupBuilder MapDefinitionBulk(this RouteGroupBuilder routes)
    {
        var bulk = routes.MapGroup("/bulk-actions").Needs(Permissions.DefinitionsPublish);
        bulk.MapPost("/publish/workflow-definitions/by-definition-ids", PublishAsync).Accepts<LinesRequest>("application/json");
        bulk.MapPost("/retract/workflow-definitions/by-definition-ids", RetractAsync).Accepts<LinesRequest>("application/json");
        bulk.MapPost("/delete/workflow-definitions/by-definition-id", DeleteLinesAsync)
            .Needs(Permissions.DefinitionsDelete)
            .Accepts<LinesRequest>("application/json");
        bulk.MapPost("/delete/workflow-definitions/by-id", DeleteVersionsAsync)
            .Needs(Permissions.DefinitionsDelete)
            .Accepts<VersionsRequest>("application/json");
        return routes;
    }

    /// <summary>Publishes the latest versions of many definitions.</summary>
    private static async Task<IResult> PublishAsync(HttpRequest request, DefinitionSaving saving, CancellationToken ct)
    {
        var view = new PublishedView([], [], [], []);
        return await EachAsync(
            (await JsonBody.ReadAsync<LinesRequest>(request, ct)).DefinitionIds,
            async id =>
            {
                if (await saving.TryPublishAsync(id, ct) is not { } result)
                    view.NotFound.Add(id);
                else
                {
                    (result.WasPublished ? view.AlreadyPublished : view.Published).Add(id);
                    view.UpdatedConsumers.AddRange(result.Followers.Except(view.UpdatedConsumers));
                }
            },
            () => view
        );
    }

    /// <summary>Takes the published versions of many definitions back.</summary>
    private static async Task<IResult> RetractAsync(HttpRequest request, DefinitionService definitions, CancellationToken ct)
    {
        var view = new RetractedView([], [], []);
        return await EachAsync(
            (await JsonBody.ReadAsync<LinesRequest>(request, ct)).DefinitionIds,
            async id =>
            {
                if (await definitions.FindAsync(id, -1, ct) is null)
                    view.NotFound.Add(id);
                else
                    (await definitions.RetractAsync(id, ct) is null ? view.AlreadyRetracted : view.Retracted).Add(id);
            },
            () => view
        );
    }

    /// <summary>Removes many definitions with all their versions.</summary>
    private static async Task<IResult> DeleteLinesAsync(HttpRequest request, DefinitionDeletions deletions, CancellationToken ct)
    {
        var deleted = 0;
        return await EachAsync(
            (await JsonBody.ReadAsync<LinesRequest>(request, ct)).DefinitionIds,
            async id => deleted += await deletions.DeleteLineAsync(id, ct) ? 1 : 0,
            () => new DeletedView(deleted)
        );
    }

    /// <summary>Removes many versions.</summary>
    private static async Task<IResult> DeleteVersionsAsync(HttpRequest request, DefinitionDeletions deletions, CancellationToken ct)
    {
        var deleted = 0;
        return await EachAsync(
            (await JsonBody.ReadAsync<VersionsRequest>(request, ct)).Ids,
            async id => deleted += await deletions.DeleteVersionAsync(id, ct) ? 1 : 0,
            () => new DeletedView(deleted)
        );
    }

    private static async Task<IResult> EachAsync<T>(string[]? ids, Func<string, Task> action, Func<T> answer)
    {
        if (ids is { Length: > MaxItems })
            throw new RequestException("bulk.too-many", $"{ids.Length} in one call are too many; at most {MaxItems}.");

        var refused = new List<(string Id, string Code, string Sentence)>();

        foreach (var id in (ids ?? []).Distinct(StringComparer.Ordinal))
            try
            {
                await action(id);
            }
            catch (WorkflowCompilationException e)
            {
                refused.AddRange(e.Errors.Select(x => (id, x.Code, $"{id}: {x.Message}")));
            }
            catch (Exception e) when (e is RequestException or DefinitionConflictException)
            {
                refused.Add((id, (e as RequestException)?.Code ?? "definition.conflict", e.Message));
            }

        return refused.Count == 0 ? TypedResults.Ok(answer()) : DefinitionRefusals.OfErrors(refused);
    }
}
