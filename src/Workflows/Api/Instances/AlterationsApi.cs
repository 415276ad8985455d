using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>Changes of instances by hand, in Elsa's words.</summary>
internal static class AlterationsApi
{
    /// <summary>Which instances to repair.</summary>
    /// <param name="WorkflowInstanceIds">The instances.</param>
    /// <param name="ActivityIds">Only incidents of these activities; null or empty for all.</param>
    internal sealed record RetryRequest(string[]? WorkflowInstanceIds, string[]? ActivityIds);

    /// <summary>Changes by hand.</summary>
    internal sealed record AlterRequest(string[]? WorkflowInstanceIds, JsonElement? Alterations);

    public static RouteGroupBuilder MapAlterations(this RouteGroupBuilder routes)
    {
        var alterations = routes.MapGroup("/alterations").WithTags("Alterations");
        alterations.MapPost("/workflows/retry", RetryAsync);
        alterations.MapPost("/run", AlterAsync);
        return routes;
    }

    /// <summary>Begins failed activities of instances again.</summary>
    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> RetryAsync(
        RetryRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (request.WorkflowInstanceIds is not { Length: > 0 } ids)
            return Problems.Invalid("bulk.unnamed", "Name the instances in workflowInstanceIds.");

        var items = await Bulk.RunAsync(ids, (id, token) => RetryOneAsync(id, request.ActivityIds, runtime, token), ct);
        return TypedResults.Ok(new BulkView([.. items.Select(BulkItemView.Of)]));
    }

    private static async Task RetryOneAsync(string id, string[]? activityIds, WorkflowRuntime runtime, CancellationToken ct)
    {
        if (activityIds is not { Length: > 0 })
        {
            await runtime.RetryAsync(id, null, null, ct);
            return;
        }

        var view = await runtime.FindAsync(id, ct) ?? throw new InstanceNotFoundException(id);

        foreach (var incident in view.State.Incidents.Where(i => activityIds.Contains(i.ActivityId, StringComparer.Ordinal)))
            await runtime.RetryAsync(id, incident.Id, null, ct);
    }

    /// <summary>Changes instances by hand.</summary>
    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> AlterAsync(
        AlterRequest request,
        WorkflowRuntime runtime,
        MigrationService migrations,
        CancellationToken ct
    )
    {
        if (request.WorkflowInstanceIds is not { Length: > 0 } ids)
            return Problems.Invalid("bulk.unnamed", "Name the instances in workflowInstanceIds.");

        if (AlterationRequests.FindTargetVersion(request.Alterations) is { } version)
        {
            var moved = await Bulk.RunAsync(ids, (id, token) => migrations.MigrateInstanceAsync(id, version, null, null, token), ct);
            return TypedResults.Ok(new BulkView([.. moved.Select(BulkItemView.Of)]));
        }

        var alterations = AlterationRequests.Read(request.Alterations);
        var items = await Bulk.RunAsync(ids, (id, token) => runtime.AlterAsync(id, alterations, null, token), ct);
        return TypedResults.Ok(new BulkView([.. items.Select(BulkItemView.Of)]));
    }
}
