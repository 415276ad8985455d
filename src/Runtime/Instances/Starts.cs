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
/// <param name="resolver">Decides on the version.</param>
internal sealed class Starts(Bursts bursts, Guards guards, IVersionResolver resolver)
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
        var choice = await ChooseAsync(request, ct);
        var graph = await bursts.Graphs.GetAsync(choice.VersionId, ct);

        if (choice.TriggerActivityId is { } trigger)
            request = request with { TriggerActivityId = trigger };

        // What is started anew was let in once; the one that it takes over from has just ended.
        if (request.IsRestart || GuardOf(graph, request.CorrelationId) is not { } name)
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
                    FromActivityId = request.FromActivityId,
                    Variables = request.Variables,
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

    /// <summary>The version that a new instance starts on.</summary>
    /// <exception cref="DefinitionNotFoundException">None is published, or the one that was asked for is not there.</exception>
    public async ValueTask<VersionChoice> ChooseAsync(StartInstanceRequest request, CancellationToken ct) =>
        await resolver.ResolveAsync(
            new VersionRequest(request.DefinitionId)
            {
                VersionId = request.VersionId,
                AllowsDraft = request.AllowsDraft,
                InstanceId = request.InstanceId,
                CorrelationId = request.CorrelationId,
                TriggerActivityId = request.TriggerActivityId,
                TriggerInput = request.TriggerInput,
                ParentInstanceId = request.ParentInstanceId,
            },
            ct
        ) ?? throw new DefinitionNotFoundException($"No published version of workflow definition with ID {request.DefinitionId} found.");

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
