using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Starts instances, each as its activation strategy allows.</summary>
/// <param name="bursts">Runs them.</param>
/// <param name="guards">Lets one decide at a time.</param>
internal sealed class Starts(Bursts bursts, Guards guards)
{
    /// <summary>Starts an instance and runs it until it ends or waits.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="doneWorkId">Work that the start does; 0 for none.</param>
    /// <param name="also">Work to be written with its first commit.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The result; a burst that ended as <see cref="BurstEnd.WorkGone"/> gives no state and no refusal.</returns>
    public async Task<StartInstanceResult> RunAsync(
        StartInstanceRequest request,
        long doneWorkId,
        ImmutableArray<NewWork> also,
        CancellationToken ct
    )
    {
        var graph = await GraphOfAsync(request, ct);

        if (GuardOf(graph, request.CorrelationId) is not { } name)
            return await BeginAsync(request, graph, doneWorkId, also, ct);

        await using var guard = await guards.EnterAsync(name, ct);

        // One that is there already is no reason to refuse itself.
        if (request.InstanceId is { } id && await FindAsync(id, ct) is { } known)
            return new(id, known, IsNew: false, null);

        return await RefuseAsync(graph, request.CorrelationId, ct) is { } refusal
            ? new(null, null, false, refusal)
            : await BeginAsync(request, graph, doneWorkId, also, ct);
    }

    private async Task<StartInstanceResult> BeginAsync(
        StartInstanceRequest request,
        WorkflowGraph graph,
        long doneWorkId,
        ImmutableArray<NewWork> also,
        CancellationToken ct
    )
    {
        var id = request.InstanceId ?? Guid.CreateVersion7().ToString("N");
        var result = await bursts.RunAsync(
            new BurstRequest
            {
                InstanceId = id,
                NewOn = graph,
                Stimulus = new Stimulus.Start
                {
                    Inputs = request.Inputs,
                    CorrelationId = request.CorrelationId,
                    Name = request.Name,
                    TriggerActivityId = request.TriggerActivityId,
                    TriggerInput = request.TriggerInput,
                    ParentInstanceId = request.ParentInstanceId,
                },
                DoneWorkId = doneWorkId,
                AlsoWork = also,
                Who = request.Who,
                Services = request.Services,
            },
            ct
        );

        return result.End == BurstEnd.Exists
            ? new(id, await FindAsync(id, ct), IsNew: false, null)
            : new(id, result.State, IsNew: result.End == BurstEnd.Committed, null);
    }

    private async Task<WorkflowGraph> GraphOfAsync(StartInstanceRequest request, CancellationToken ct)
    {
        if (request.VersionId is not { } versionId)
            return await bursts.Graphs.FindPublishedAsync(request.DefinitionId, ct)
                ?? throw new DefinitionNotFoundException(
                    $"No published version of workflow definition with ID {request.DefinitionId} found."
                );

        var row = await bursts.Store.FindDefinitionAsync(versionId, ct);

        if (row is null || row.DefinitionId != request.DefinitionId)
            throw new DefinitionNotFoundException($"Definition '{request.DefinitionId}' has no version '{versionId}'.");

        // A draft may change, and with it what its instances mean.
        return row.PublishedAt is not null
            ? await bursts.Graphs.GetAsync(versionId, ct)
            : throw new DefinitionNotFoundException(
                $"Version {row.Version} of definition '{row.DefinitionId}' is a draft. Publish it before instances are started on it."
            );
    }

    private async Task<WorkflowState?> FindAsync(string instanceId, CancellationToken ct) =>
        await bursts.Store.FindInstanceAsync(instanceId, ct) is { } row ? StateJson.Read(row.State) : null;

    /// <summary>Who must decide one after the other; null when nothing is to be decided.</summary>
    /// <remarks>A start without a correlation id and one with do not exclude each other exactly; Elsa has no guard at all.</remarks>
    private static string? GuardOf(WorkflowGraph graph, string? correlationId) =>
        graph.ActivationStrategy switch
        {
            ActivationStrategy.Always => null,
            ActivationStrategy.CorrelatedSingleton when correlationId is not null => $"a:{graph.DefinitionId}:{correlationId}",
            ActivationStrategy.Correlation when correlationId is not null => $"a::{correlationId}",
            _ => $"a:{graph.DefinitionId}",
        };

    /// <summary>Why it may not start, as a sentence; null when it may.</summary>
    /// <remarks>As in Elsa, without a correlation id nothing can be told apart: any running instance of the definition refuses.</remarks>
    private async Task<string?> RefuseAsync(WorkflowGraph graph, string? correlationId, CancellationToken ct)
    {
        var store = bursts.Store;

        return graph.ActivationStrategy switch
        {
            ActivationStrategy.Singleton => await store.AnyRunningAsync(graph.DefinitionId, null, ct)
                ? $"An instance of '{graph.DefinitionId}' runs already."
                : null,
            ActivationStrategy.CorrelatedSingleton => await store.AnyRunningAsync(graph.DefinitionId, correlationId, ct)
                ? $"An instance of '{graph.DefinitionId}' with the correlation id '{correlationId}' runs already."
                : null,
            ActivationStrategy.Correlation => await store.AnyRunningAsync(
                correlationId is null ? graph.DefinitionId : null,
                correlationId,
                ct
            )
                ? $"An instance with the correlation id '{correlationId}' runs already."
                : null,
            _ => throw new InvalidOperationException($"Unknown activation strategy {graph.ActivationStrategy}."),
        };
    }
}
