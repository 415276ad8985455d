using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api;

/// <summary>Instances, in Elsa's words.</summary>
internal static class InstancesApi
{
    private const int MaxPage = 500;

    /// <summary>Which instances to list.</summary>
    internal sealed record ListRequest(
        int? Page,
        int? PageSize,
        string? DefinitionId,
        string? CorrelationId,
        string? ParentWorkflowInstanceId,
        bool? HasIncidents,
        string? Status,
        string? SubStatus
    );

    /// <summary>Which instances to cancel.</summary>
    internal sealed record BulkCancelRequest(string[]? Ids, string? DefinitionId, string? DefinitionVersionId);

    /// <summary>Which instances to repair.</summary>
    internal sealed record RetryRequest(string[]? WorkflowInstanceIds);

    /// <summary>Changes by hand.</summary>
    internal sealed record AlterRequest(string[]? WorkflowInstanceIds, JsonElement? Alterations);

    /// <summary>What became of each.</summary>
    internal sealed record BulkView(IReadOnlyList<BulkItemView> Results);

    /// <summary>What became of one.</summary>
    internal sealed record BulkItemView(string WorkflowInstanceId, bool IsSuccessful, string? Error)
    {
        public static BulkItemView Of(BulkItem item) => new(item.InstanceId, item.Error is null, item.Error);
    }

    /// <summary>Whether an instance has moved since a client looked.</summary>
    internal sealed record ExecutionStateView(string Status, string WorkflowSubStatus, DateTimeOffset UpdatedAt);

    public static RouteGroupBuilder MapInstances(this RouteGroupBuilder routes)
    {
        var instances = routes.MapGroup("").WithTags("Instances");
        instances.MapPost(
            "/workflow-instances",
            (ListRequest? request, WorkflowRuntime runtime, CancellationToken ct) => ListAsync(request ?? Everything, runtime, ct)
        );
        instances.MapGet(
            "/workflow-instances",
            ([AsParameters] ListRequest request, WorkflowRuntime runtime, CancellationToken ct) => ListAsync(request, runtime, ct)
        );
        instances.MapGet("/workflow-instances/{id}", FindAsync);
        instances.MapGet("/workflow-instances/{id}/execution-state", StateAsync);
        instances.MapGet("/workflow-instances/{id}/variables", VariablesAsync);
        instances.MapGet("/workflow-instances/{id}/journal", JournalAsync);
        instances.MapPost("/workflow-instances/{id}/journal", JournalAsync);
        instances.MapDelete("/workflow-instances/{id}", DeleteAsync);
        instances.MapPost("/cancel/workflow-instances/{id}", CancelAsync);
        instances.MapPost("/bulk-actions/cancel/workflow-instances", BulkCancelAsync);
        instances.MapPost("/alterations/workflows/retry", RetryAsync);
        instances.MapPost("/alterations/run", AlterAsync);
        return routes;
    }

    private static readonly ListRequest Everything = new(null, null, null, null, null, null, null, null);

    private static async Task<Ok<PageView<InstanceSummaryView>>> ListAsync(
        ListRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        var size = Math.Clamp(request.PageSize ?? 25, 1, MaxPage);
        var skip = Math.Max(0, request.Page ?? 0) * size;
        var filter = new InstanceFilter
        {
            DefinitionId = Given(request.DefinitionId),
            CorrelationId = Given(request.CorrelationId),
            ParentId = Given(request.ParentWorkflowInstanceId),
            HasIncidents = request.HasIncidents,
            SubStatus = Named<WorkflowSubStatus>(request.SubStatus, "subStatus"),
            IsRunning = Named<WorkflowStatus>(request.Status, "status") is { } status ? status == WorkflowStatus.Running : null,
        };
        // One more tells whether there is another page.
        var rows = await runtime.ListAsync(filter, skip, size + 1, ct);
        return TypedResults.Ok(new PageView<InstanceSummaryView>([.. rows.Take(size).Select(InstanceSummaryView.Of)], skip + rows.Count));
    }

    private static async Task<Results<Ok<InstanceDetailView>, ProblemHttpResult>> FindAsync(
        string id,
        WorkflowRuntime runtime,
        CancellationToken ct
    ) => await runtime.FindAsync(id, ct) is { } view ? TypedResults.Ok(InstanceDetailView.Of(view)) : Unknown(id);

    private static async Task<Results<Ok<ExecutionStateView>, ProblemHttpResult>> StateAsync(
        string id,
        WorkflowRuntime runtime,
        CancellationToken ct
    ) =>
        await runtime.FindAsync(id, ct) is { } view
            ? TypedResults.Ok(new ExecutionStateView(view.State.Status.ToString(), view.State.SubStatus.ToString(), view.Row.UpdatedAt))
            : Unknown(id);

    private static async Task<Results<Ok<ListView<VariableView>>, ProblemHttpResult>> VariablesAsync(
        string id,
        WorkflowRuntime runtime,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        if (await runtime.FindAsync(id, ct) is not { } view)
            return Unknown(id);

        var variables = await InstanceVariables.OfAsync(view, definitions, ct);
        return TypedResults.Ok(
            new ListView<VariableView>([.. variables.Select(v => new VariableView(v.Id, v.Name, v.Value))], variables.Count)
        );
    }

    private static async Task<Results<Ok<PageView<JournalView>>, ProblemHttpResult>> JournalAsync(
        string id,
        int? skip,
        int? take,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        var entries = await runtime.ReadHistoryAsync(id, ct);

        if (entries.IsEmpty && await runtime.FindAsync(id, ct) is null)
            return Unknown(id);

        var page = entries
            .Select((entry, position) => JournalView.Of(id, entry, position + 1))
            .Skip(Math.Max(0, skip ?? 0))
            .Take(Math.Clamp(take ?? MaxPage, 1, MaxPage));
        return TypedResults.Ok(new PageView<JournalView>([.. page], entries.Length));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id,
        WorkflowRuntime runtime,
        IWorkflowStore store,
        CancellationToken ct
    )
    {
        if (await store.DeleteInstancesAsync([id], ct) > 0)
            return TypedResults.NoContent();

        return await runtime.FindAsync(id, ct) is null
            ? Unknown(id)
            : Problems.Of(StatusCodes.Status409Conflict, "instance.running", $"Instance '{id}' has not ended. Cancel it first.");
    }

    private static async Task<NoContent> CancelAsync(string id, WorkflowRuntime runtime, CancellationToken ct)
    {
        await runtime.CancelAsync(id, compensate: false, null, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> BulkCancelAsync(
        BulkCancelRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (request is { Ids: null or [], DefinitionId: null, DefinitionVersionId: null })
            return Problems.Invalid("bulk.unnamed", "Name the instances: ids, definitionId or definitionVersionId.");

        Task Cancel(string id, CancellationToken token) => runtime.CancelAsync(id, compensate: false, null, token);

        var items = request.Ids is { Length: > 0 } ids
            ? await Bulk.RunAsync(ids, Cancel, ct)
            : await Bulk.CollectAsync(
                runtime.BulkAsync(
                    new InstanceFilter
                    {
                        DefinitionId = request.DefinitionId,
                        VersionId = request.DefinitionVersionId,
                        IsRunning = true,
                    },
                    Cancel,
                    ct
                )
            );
        return TypedResults.Ok(new BulkView([.. items.Select(BulkItemView.Of)]));
    }

    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> RetryAsync(
        RetryRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (request.WorkflowInstanceIds is not { Length: > 0 } ids)
            return Problems.Invalid("bulk.unnamed", "Name the instances in workflowInstanceIds.");

        var items = await Bulk.RunAsync(ids, (id, token) => runtime.RetryAsync(id, null, null, token), ct);
        return TypedResults.Ok(new BulkView([.. items.Select(BulkItemView.Of)]));
    }

    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> AlterAsync(
        AlterRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (request.WorkflowInstanceIds is not { Length: > 0 } ids)
            return Problems.Invalid("bulk.unnamed", "Name the instances in workflowInstanceIds.");

        var alterations = AlterationRequests.Read(request.Alterations);
        var items = await Bulk.RunAsync(ids, (id, token) => runtime.AlterAsync(id, alterations, null, token), ct);
        return TypedResults.Ok(new BulkView([.. items.Select(BulkItemView.Of)]));
    }

    internal static ProblemHttpResult Unknown(string id) => Problems.NotFound("instance.unknown", $"There is no instance '{id}'.");

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static T? Named<T>(string? text, string name)
        where T : struct, Enum =>
        string.IsNullOrWhiteSpace(text) ? null
        : Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
        : throw new RequestException("filter.value", $"'{text}' is no {name}. Use one of {string.Join(", ", Enum.GetNames<T>())}.");
}
