using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Instances;

// Starting instances anew on another version: what may be done with running ones after a rollback, besides draining and migrating.
public sealed partial class WorkflowRuntime
{
    /// <summary>
    /// Cancels an instance, and in the same transaction writes down that it is to be started anew: with the same correlation id, name and inputs, and the
    /// variables that were chosen. The new one has an id that follows from the old one: none is lost and none started twice, whoever dies in between and
    /// however often this is called.
    /// </summary>
    /// <param name="instanceId">The instance; one that runs or has failed.</param>
    /// <param name="request">How.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    /// <exception cref="DefinitionNotFoundException">The version is not there, or none is published.</exception>
    /// <exception cref="AlterationException">It has ended, another instance waits for it, or the stage is not one of the version; nothing was changed.</exception>
    public Task<RestartResult> RestartAsync(string instanceId, RestartRequest request, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesRepair, "instance.restart", instanceId)
            {
                Wanted = Facts.Of(("version", request.VersionId), ("from", request.FromActivityId)),
                IsJournalled = true,
            },
            () => StartAnewAsync(instanceId, request, access.Actor.Who, ct),
            r => Facts.Of(("newInstance", r.NewInstanceId), ("version", r.VersionId)),
            ct
        );

    private async Task<RestartResult> StartAnewAsync(string instanceId, RestartRequest request, string? who, CancellationToken ct)
    {
        var row = await store.FindInstanceAsync(instanceId, ct) ?? throw new InstanceNotFoundException(instanceId);
        var newId = WorkKeys.InstanceFor($"restart:{instanceId}");
        var start = new StartInstanceRequest(row.DefinitionId)
        {
            VersionId = request.VersionId,
            InstanceId = newId,
            CorrelationId = StateJson.Read(row.State).CorrelationId,
        };
        var version = (await starts.ChooseAsync(start, ct)).VersionId;
        RefuseStage(instanceId, await bursts.Graphs.GetAsync(version, ct), request.FromActivityId);
        var declared = await bursts.Store.FindDefinitionAsync(row.VersionId, ct) is { } old ? StoredDefinition.Read(old).Variables : [];
        NewWork? work = null;
        var result = await bursts.RunAsync(
            new BurstRequest
            {
                InstanceId = instanceId,
                Choose = state =>
                {
                    if (state.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled)
                        return null;

                    if (state.ParentInstanceId is { } parent)
                        throw new AlterationException(
                            instanceId,
                            $"It was started by '{parent}', which may wait for it. Restart that one."
                        );

                    work = WorkOf(newId, state, version, request, who, Chosen(state, declared, request));
                    return new Stimulus.Cancel();
                },
                AlsoWorkThen = () => work is null ? [] : [work],
                Who = who,
            },
            ct
        );

        if (result.State is null)
            throw new InstanceNotFoundException(instanceId);

        if (result.End != BurstEnd.Committed && !await IsToBeAsync(newId, ct))
            throw new AlterationException(instanceId, "It has ended, so there is nothing to start anew.");

        bursts.Signal.Ring(bursts.Clock.GetUtcNow());

        // Its children go with it, as with any cancel; also those that an earlier call did not come to.
        await foreach (var child in IdsAsync(new InstanceFilter { ParentId = instanceId, IsRunning = true }, ct))
            await CancelAsync(child, compensate: false, who, generation: 1, ct);

        return new RestartResult(instanceId, newId, version);
    }

    /// <summary>Restarts many instances, one after the other; what fails with one does not touch the others.</summary>
    /// <param name="filter">Which; those that exist when their page is read.</param>
    /// <param name="request">How.</param>
    /// <param name="ct">Stops between two instances.</param>
    public IAsyncEnumerable<BulkItem> RestartAsync(InstanceFilter filter, RestartRequest request, CancellationToken ct) =>
        BulkAsync(filter, (instanceId, token) => RestartAsync(instanceId, request, token), ct);

    private NewWork WorkOf(
        string newId,
        WorkflowState state,
        string version,
        RestartRequest request,
        string? who,
        IReadOnlyDictionary<string, object?> variables
    ) =>
        new()
        {
            Key = WorkKeys.Start(newId),
            Kind = WorkKind.Start,
            InstanceId = newId,
            Target = Snapshots.NumberOf(version),
            DueAt = bursts.Clock.GetUtcNow(),
            Payload = Sheet.One(
                new StartPayload
                {
                    DefinitionId = state.DefinitionId,
                    VersionId = version,
                    Inputs = state.Inputs.ToObject(),
                    CorrelationId = state.CorrelationId,
                    Name = state.Name,
                    FromActivityId = request.FromActivityId,
                    Variables = variables,
                    IsRestart = true,
                    Who = who,
                },
                WorkJson.Write
            ),
        };

    /// <summary>The variables of the workflow that go along, by name.</summary>
    private static Dictionary<string, object?> Chosen(
        WorkflowState state,
        ImmutableArray<Engine.Definitions.VariableDefinition> declared,
        RestartRequest request
    )
    {
        var chosen = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);

        if (state.Frames.FirstOrDefault(f => f.Node == 0) is not { } frame)
            return chosen;

        foreach (var (variable, value) in declared.Zip(frame.Variables))
            if (
                request.KeepsAllVariables
                || request.Variables.Contains(variable.Name, StringComparer.OrdinalIgnoreCase)
                || request.Variables.Contains(variable.Id, StringComparer.Ordinal)
            )
                chosen[variable.Name] = StoredValues.Decode(value);

        return chosen;
    }

    /// <summary>A stage is a step of the outermost flowchart: nowhere else can a workflow begin in the middle.</summary>
    private static void RefuseStage(string instanceId, WorkflowGraph graph, string? stage)
    {
        if (stage is null)
            return;

        var steps = graph.Root.Children is [{ Activity: Flowchart } chart, ..] ? chart.Children : [];

        if (!steps.Any(s => s.Id == stage))
            throw new AlterationException(
                instanceId,
                steps.IsEmpty
                    ? $"Version {graph.Version} is no flowchart, so it can only be started from its beginning."
                    : $"'{stage}' is no step of version {graph.Version}. Its steps are: {string.Join(", ", steps.Select(s => s.Id).Take(MaxNamedSteps))}."
            );
    }

    /// <summary>Steps that a refusal names.</summary>
    private const int MaxNamedSteps = 20;

    private async Task<bool> IsToBeAsync(string instanceId, CancellationToken ct) =>
        await store.FindInstanceAsync(instanceId, ct) is not null
        || (await store.ListWorkAsync(isBuried: false, instanceId, 0, 1, ct)).Count > 0
        || (await store.ListWorkAsync(isBuried: true, instanceId, 0, 1, ct)).Count > 0;
}

/// <summary>How an instance is started anew.</summary>
public sealed record RestartRequest
{
    /// <summary>The version to start on, of the same line and published once; null means the one that is published.</summary>
    public string? VersionId { get; init; }

    /// <summary>Id of a step of its outermost flowchart to begin with; null for the beginning.</summary>
    public string? FromActivityId { get; init; }

    /// <summary>Names or ids of the variables of the workflow that keep their values.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    /// <summary>True: all of them do.</summary>
    public bool KeepsAllVariables { get; init; }
}

/// <summary>What became of a wish to restart.</summary>
/// <param name="InstanceId">The instance that was cancelled.</param>
/// <param name="NewInstanceId">The one that takes over; it starts soon.</param>
/// <param name="VersionId">The version that it starts on.</param>
public sealed record RestartResult(string InstanceId, string NewInstanceId, string VersionId);
