using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>The same for many instances at once; what fails with one does not touch the others.</summary>
internal static class BulkInstancesApi
{
    /// <summary>Which instances to cancel; of those that are named by a definition, only the ones that run.</summary>
    internal sealed record BulkCancelRequest(string[]? Ids, string? DefinitionId, string? DefinitionVersionId, string? VersionOptions);

    /// <summary>Which instances to remove.</summary>
    internal sealed record BulkDeleteRequest(string[]? Ids);

    /// <summary>How many were removed, and what became of each that was not.</summary>
    internal sealed record BulkDeleteView(int Deleted, IReadOnlyList<BulkItemView> Failed);

    /// <summary>How many were cancelled, and what became of each.</summary>
    internal sealed record BulkCancelView(int CancelledCount, IReadOnlyList<BulkItemView> Results);

    public static RouteGroupBuilder MapBulkInstances(this RouteGroupBuilder routes)
    {
        routes.MapPost("/bulk-actions/cancel/workflow-instances", CancelAsync).Needs(Permissions.InstancesCancel);
        routes.MapPost("/bulk-actions/delete/workflow-instances/by-id", DeleteAsync).Needs(Permissions.InstancesDelete);
        return routes;
    }

    /// <summary>Cancels many instances.</summary>
    private static async Task<Results<Ok<BulkCancelView>, ProblemHttpResult>> CancelAsync(
        BulkCancelRequest request,
        WorkflowRuntime runtime,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        Task Cancel(string id, CancellationToken token) => runtime.CancelAsync(id, compensate: false, token);

        if (request.Ids is { Length: > 0 } ids)
            return Answer(await Bulk.RunAsync(ids, Cancel, ct));

        if (string.IsNullOrWhiteSpace(request.DefinitionId) && string.IsNullOrWhiteSpace(request.DefinitionVersionId))
            return Problems.Invalid("bulk.unnamed", "Name the instances: ids, definitionId or definitionVersionId.");

        var all = new List<BulkItem>();

        foreach (var filter in await FiltersAsync(request, definitions, ct))
            all.AddRange(await Bulk.CollectAsync(runtime.BulkAsync(filter with { IsRunning = true }, Cancel, ct)));

        return Answer(all);
    }

    private static async Task<List<InstanceFilter>> FiltersAsync(
        BulkCancelRequest request,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        if (!string.IsNullOrWhiteSpace(request.DefinitionVersionId))
            return [new InstanceFilter { VersionId = request.DefinitionVersionId }];

        if (string.IsNullOrWhiteSpace(request.VersionOptions))
            return [new InstanceFilter { DefinitionId = request.DefinitionId }];

        var versions = await definitions.ListAsync(request.DefinitionId!, ct);
        return
        [
            .. versions.Where(v => VersionOptions.Matches(request.VersionOptions, v)).Select(v => new InstanceFilter { VersionId = v.Id }),
        ];
    }

    /// <summary>Removes many instances with their history.</summary>
    private static async Task<Results<Ok<BulkDeleteView>, ProblemHttpResult>> DeleteAsync(
        BulkDeleteRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (request.Ids is not { Length: > 0 } ids)
            return Problems.Invalid("bulk.unnamed", "Name the instances: ids.");

        var removed = 0;
        var items = await Bulk.RunAsync(
            ids,
            async (id, token) =>
            {
                if (await runtime.RemoveAsync(id, token))
                    removed++;
            },
            ct
        );
        return TypedResults.Ok(new BulkDeleteView(removed, [.. items.Where(i => i.Error is not null).Select(BulkItemView.Of)]));
    }

    private static Ok<BulkCancelView> Answer(IReadOnlyList<BulkItem> items) =>
        TypedResults.Ok(new BulkCancelView(items.Count(i => i.Error is null), [.. items.Select(BulkItemView.Of)]));
}

/// <summary>What became of each.</summary>
internal sealed record BulkView(IReadOnlyList<BulkItemView> Results);

/// <summary>What became of one.</summary>
internal sealed record BulkItemView(string WorkflowInstanceId, bool IsSuccessful, string? Error)
{
    public static BulkItemView Of(BulkItem item) => new(item.InstanceId, item.Error is null, item.Error);
}
