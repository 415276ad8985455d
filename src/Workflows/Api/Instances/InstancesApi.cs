using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>Single instances, in Elsa's words: look, cancel, delete.</summary>
internal static class InstancesApi
{
    /// <summary>Whether an instance has moved since a client looked.</summary>
    internal sealed record ExecutionStateView(string Status, string SubStatus, string WorkflowSubStatus, DateTimeOffset UpdatedAt);

    public static RouteGroupBuilder MapInstances(this RouteGroupBuilder routes)
    {
        var instances = routes.MapGroup("").Needs(Permissions.InstancesRead).WithTags("Instances");
        instances.MapInstanceList();
        instances.MapJournal();
        instances.MapGet("/workflow-instances/{id}", FindAsync);
        instances.MapGet("/workflow-instances/{id}/execution-state", StateAsync);
        instances.MapGet("/workflow-instances/{id}/variables", VariablesAsync);
        instances.MapDelete("/workflow-instances/{id}", DeleteAsync).Needs(Permissions.InstancesDelete);
        instances.MapPost("/cancel/workflow-instances/{id}", CancelAsync).Needs(Permissions.InstancesCancel);
        instances.MapBulkInstances();
        instances.MapInstanceFiles();
        instances.MapAlterations();
        return routes;
    }

    internal static ProblemHttpResult Unknown(string id) => Problems.NotFound("instance.unknown", $"There is no instance '{id}'.");

    /// <summary>An instance with its state.</summary>
    private static async Task<Results<Ok<InstanceDetailView>, ProblemHttpResult>> FindAsync(
        string id,
        WorkflowRuntime runtime,
        Secrecy secrecy,
        CancellationToken ct
    )
    {
        // The row decides; what a list would say is read after it, and so is never older.
        if (await runtime.FindAsync(id, ct) is not { } view || await runtime.FindStandingAsync(id, ct) is not { } standing)
            return Unknown(id);

        var shown = await secrecy.ShownAsync(view, ct);
        return TypedResults.Ok(InstanceDetailView.Of(standing.Summary, shown.State, shown.Graph));
    }

    /// <summary>Where an instance stands; asked again and again while it runs.</summary>
    private static async Task<Results<Ok<ExecutionStateView>, ProblemHttpResult>> StateAsync(
        string id,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (await runtime.FindStandingAsync(id, ct) is not { Summary: var row })
            return Unknown(id);

        var subStatus = row.SubStatus.ToString();
        return TypedResults.Ok(
            new ExecutionStateView(WorkflowState.StatusOf(row.SubStatus).ToString(), subStatus, subStatus, row.UpdatedAt)
        );
    }

    /// <summary>The variables of an instance.</summary>
    private static async Task<Results<Ok<ListView<VariableView>>, ProblemHttpResult>> VariablesAsync(
        string id,
        WorkflowRuntime runtime,
        Secrecy secrecy,
        CancellationToken ct
    )
    {
        if (await runtime.FindAsync(id, ct) is not { } view)
            return Unknown(id);

        var shown = await secrecy.ShownAsync(view, ct);
        var variables = await runtime.ListVariablesAsync(shown.State, ct);
        return TypedResults.Ok(
            new ListView<VariableView>([.. variables.Select(v => new VariableView(v.Id, v.Name, v.Value))], variables.Count)
        );
    }

    /// <summary>As Elsa does: one that runs is ended first.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id,
        WorkflowRuntime runtime,
        CancellationToken ct
    ) => await runtime.RemoveAsync(id, ct) ? TypedResults.NoContent() : Unknown(id);

    /// <summary>Cancels an instance and its children.</summary>
    private static async Task<NoContent> CancelAsync(string id, WorkflowRuntime runtime, CancellationToken ct)
    {
        await runtime.CancelAsync(id, compensate: false, ct);
        return TypedResults.NoContent();
    }
}
