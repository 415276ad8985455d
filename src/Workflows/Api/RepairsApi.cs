using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.Api.Instances;

namespace ServiceLoop.Workflows.Api;

/// <summary>Repair of instances, for operators: one or many.</summary>
internal static class RepairsApi
{
    /// <summary>What to skip, and how to go on.</summary>
    internal sealed record SkipRequest(string[]? Outcomes);

    /// <summary>A value.</summary>
    internal sealed record ValueRequest(JsonElement? Value);

    /// <summary>Whether to undo first.</summary>
    internal sealed record CancelRequest(bool? Compensate);

    /// <summary>Many instances, and what to do with them.</summary>
    /// <param name="Action"><c>retry</c> or <c>cancel</c>.</param>
    /// <param name="DefinitionId">Only of this line.</param>
    /// <param name="VersionId">Only of this version.</param>
    /// <param name="CorrelationId">Only with this correlation id.</param>
    internal sealed record BulkRequest(string? Action, string? DefinitionId, string? VersionId, string? CorrelationId);

    /// <summary>What became of many.</summary>
    internal sealed record BulkResultView(int Done, IReadOnlyList<BulkItemView> Failed);

    public static RouteGroupBuilder MapRepairs(this RouteGroupBuilder routes)
    {
        var instances = routes.MapGroup("/instances").Needs(Permissions.InstancesRepair).WithTags("Repairs");
        instances.MapGet("/incidents", ListAsync).Needs(Permissions.InstancesRead);
        instances
            .MapPost(
                "/{id}/retry",
                (string id, WorkflowRuntime runtime, CancellationToken ct) => AnswerAsync(runtime.RetryAsync(id, null, ct))
            )
            .WithSummary("Begins all failed activities of an instance again.");
        instances.MapPost("/{id}/incidents/{incidentId:long}/retry", RetryAsync);
        instances.MapPost("/{id}/incidents/{incidentId:long}/skip", SkipAsync);
        instances.MapPut("/{id}/variables/{name}", SetVariableAsync);
        instances.MapPost("/{id}/cancel", CancelAsync).Needs(Permissions.InstancesCancel);
        instances.MapPost("/bulk", BulkAsync);
        return routes;
    }

    /// <summary>Instances with incidents.</summary>
    private static async Task<Ok<ListView<InstanceSummaryView>>> ListAsync(
        string? definitionId,
        int? take,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        var rows = await runtime.ListAsync(
            new InstanceFilter { HasIncidents = true, DefinitionId = string.IsNullOrWhiteSpace(definitionId) ? null : definitionId },
            0,
            Math.Clamp(take ?? 100, 1, 500),
            ct
        );
        return TypedResults.Ok(new ListView<InstanceSummaryView>([.. rows.Select(InstanceSummaryView.Of)], rows.Count));
    }

    /// <summary>Begins the activity of an incident again.</summary>
    private static async Task<Results<Ok<ResumeView>, ProblemHttpResult>> RetryAsync(
        string id,
        long incidentId,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (await FindAsync(id, incidentId, runtime, ct) is not { } incident)
            return Unknown(id, incidentId);

        return TypedResults.Ok(View(await runtime.RetryAsync(id, incident.Id, ct)));
    }

    /// <summary>Goes on past the activity of an incident, with an outcome.</summary>
    private static async Task<Results<Ok<ResumeView>, ProblemHttpResult>> SkipAsync(
        string id,
        long incidentId,
        SkipRequest? request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (await FindAsync(id, incidentId, runtime, ct) is not { } incident)
            return Unknown(id, incidentId);

        if (incident.FrameId == 0)
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "incident.no-execution",
                $"Incident {incidentId} of instance '{id}' is about the instance as a whole; there is nothing to skip. Alter it or cancel it."
            );

        ImmutableArray<string> outcomes = [.. request?.Outcomes ?? []];
        return TypedResults.Ok(View(await runtime.SkipAsync(id, incident.FrameId, outcomes, ct)));
    }

    /// <summary>Sets a variable of an instance.</summary>
    private static Task<Ok<ResumeView>> SetVariableAsync(
        string id,
        string name,
        ValueRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    ) => AnswerAsync(runtime.ModifyVariableAsync(id, name, Plain.Value(request.Value), ct));

    /// <summary>Cancels an instance, and undoes its steps if asked to.</summary>
    private static Task<Ok<ResumeView>> CancelAsync(string id, CancelRequest? request, WorkflowRuntime runtime, CancellationToken ct) =>
        AnswerAsync(runtime.CancelAsync(id, request?.Compensate ?? false, ct));

    /// <summary>Repairs many instances at once.</summary>
    private static async Task<Results<Ok<BulkResultView>, ProblemHttpResult>> BulkAsync(
        BulkRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        var filter = new InstanceFilter
        {
            DefinitionId = request.DefinitionId,
            VersionId = request.VersionId,
            CorrelationId = request.CorrelationId,
        };

        if (request is { DefinitionId: null, VersionId: null, CorrelationId: null })
            return Problems.Invalid("bulk.unnamed", "Name the instances: definitionId, versionId or correlationId.");

        var items = request.Action switch
        {
            "retry" => runtime.BulkAsync(filter with { HasIncidents = true }, (i, token) => runtime.RetryAsync(i, null, token), ct),
            "cancel" => runtime.BulkAsync(filter with { IsRunning = true }, (i, token) => runtime.CancelAsync(i, false, token), ct),
            _ => null,
        };

        if (items is null)
            return Problems.Invalid("bulk.action", $"'{request.Action}' is no action. Use retry or cancel.");

        var all = await Bulk.CollectAsync(items);
        var failed = all.Where(i => i.Error is not null).Select(BulkItemView.Of).ToList();
        return TypedResults.Ok(new BulkResultView(all.Count - failed.Count, failed));
    }

    private static async Task<Incident?> FindAsync(string id, long incidentId, WorkflowRuntime runtime, CancellationToken ct) =>
        await runtime.FindAsync(id, ct) is { } view
            ? view.State.Incidents.FirstOrDefault(i => i.Id == incidentId)
            : throw new InstanceNotFoundException(id);

    private static ProblemHttpResult Unknown(string id, long incidentId) =>
        Problems.NotFound(
            "incident.unknown",
            $"Instance '{id}' has no open incident {incidentId}. GET {ApiSetup.ElsaRoot}/workflow-instances/{id} lists them."
        );

    private static async Task<Ok<ResumeView>> AnswerAsync(Task<WorkflowState> change) => TypedResults.Ok(View(await change));

    private static ResumeView View(WorkflowState state) => new(state.InstanceId, state.Status.ToString(), state.SubStatus.ToString());
}
