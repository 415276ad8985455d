using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

// What people do to instances: cancel, retry, skip, alter; one or many.
public sealed partial class WorkflowRuntime
{
    /// <summary>Instances read at a time where many are changed.</summary>
    private const int PageSize = 100;

    /// <summary>Generations of children that a cancel reaches; more is taken for a circle.</summary>
    private const int MaxGenerations = 50;

    /// <summary>Cancels an instance and all its children. When it fails halfway, the same call goes on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="compensate">True: what was done is undone first.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>What the instance is now.</returns>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    public Task<WorkflowState> CancelAsync(string instanceId, bool compensate, CancellationToken ct) =>
        RepairAsync(
            Permissions.InstancesCancel,
            "instance.cancel",
            instanceId,
            Facts.Of(("compensate", compensate ? "true" : null)),
            who => CancelAsync(instanceId, compensate, who, generation: 0, ct),
            ct
        );

    /// <summary>Runs the activity of an incident again.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="incidentId">The incident; null repairs all.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>What the instance is now; unchanged when there is no such incident.</returns>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    public Task<WorkflowState> RetryAsync(string instanceId, long? incidentId, CancellationToken ct) =>
        RepairAsync(
            Permissions.InstancesRepair,
            "instance.retry",
            instanceId,
            Facts.Of(("incident", incidentId is { } id ? $"{id}" : null)),
            who => ApplyAsync(instanceId, new Stimulus.Retry(incidentId), who, ct),
            ct
        );

    /// <summary>Takes a failed or waiting execution as completed, and goes on with the given outcomes.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="frameId">The execution.</param>
    /// <param name="outcomes">Outcomes; empty means <c>Done</c>.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    /// <exception cref="AlterationException">The execution does not live; nothing was changed.</exception>
    public Task<WorkflowState> SkipAsync(string instanceId, long frameId, ImmutableArray<string> outcomes, CancellationToken ct) =>
        AlterAsync(instanceId, [new Alteration.Skip(frameId, outcomes)], ct);

    /// <summary>Gives a variable another value.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="variable">Id or name.</param>
    /// <param name="value">The value; converted to the declared type.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    /// <exception cref="AlterationException">There is no such variable, or the value is of another type; nothing was changed.</exception>
    public Task<WorkflowState> ModifyVariableAsync(string instanceId, string variable, object? value, CancellationToken ct) =>
        AlterAsync(instanceId, [new Alteration.ModifyVariable(variable, value)], ct);

    /// <summary>Changes an instance by hand, all or nothing.</summary>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    /// <exception cref="AlterationException">A change is not possible; nothing was changed.</exception>
    public Task<WorkflowState> AlterAsync(string instanceId, ImmutableArray<Alteration> alterations, CancellationToken ct) =>
        RepairAsync(
            Permissions.InstancesRepair,
            "instance.alter",
            instanceId,
            Facts.Of(("alterations", string.Join(", ", alterations.Select(Named)))),
            who => ApplyAsync(instanceId, new Stimulus.Alter(alterations), who, ct),
            ct
        );

    /// <summary>Does the same to many instances, one after the other; what fails with one does not touch the others.</summary>
    /// <param name="filter">Which; those that exist when their page is read.</param>
    /// <param name="action">Does it to one, for example with <see cref="RetryAsync"/>.</param>
    /// <param name="ct">Stops between two instances.</param>
    /// <returns>Each instance with what became of it.</returns>
    public async IAsyncEnumerable<BulkItem> BulkAsync(
        InstanceFilter filter,
        Func<string, CancellationToken, Task> action,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        access.Demand(Permissions.InstancesRead);

        await foreach (var instanceId in IdsAsync(filter, ct))
            yield return await TryAsync(instanceId, action, ct);
    }

    /// <summary>Does the same to the named instances, one after the other; what fails with one does not touch the others.</summary>
    /// <param name="instanceIds">Which.</param>
    /// <param name="action">Does it to one.</param>
    /// <param name="ct">Stops between two instances.</param>
    /// <returns>Each instance with what became of it.</returns>
    public static async IAsyncEnumerable<BulkItem> BulkAsync(
        IReadOnlyList<string> instanceIds,
        Func<string, CancellationToken, Task> action,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        foreach (var instanceId in instanceIds)
        {
            ct.ThrowIfCancellationRequested();
            yield return await TryAsync(instanceId, action, ct);
        }
    }

    /// <summary>Reads page by page from where the last one ended: what is done to the instances meanwhile changes nothing.</summary>
    private async IAsyncEnumerable<string> IdsAsync(InstanceFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        while (await store.ListInstancesAsync(filter, 0, PageSize, ct) is { Count: > 0 } page)
        {
            foreach (var instance in page)
                yield return instance.Id;

            filter = filter with { Before = (page[^1].CreatedAt, page[^1].Id) };
        }
    }

    private static async Task<BulkItem> TryAsync(string instanceId, Func<string, CancellationToken, Task> action, CancellationToken ct)
    {
        try
        {
            await action(instanceId, ct);
            return new(instanceId, null);
        }
        catch (Exception e) when (e is AlterationException or InstanceNotFoundException or InstanceBusyException or ArgumentException)
        {
            return new(instanceId, e.Message);
        }
    }

    private Task<WorkflowState> RepairAsync(
        string permission,
        string action,
        string instanceId,
        ImmutableSortedDictionary<string, string?> wanted,
        Func<string?, Task<WorkflowState>> change,
        CancellationToken ct
    ) =>
        access.ActAsync(
            new Deed(permission, action, instanceId) { Wanted = wanted, IsJournalled = true },
            () => change(access.Actor.Who),
            state => Facts.Of(("status", state.SubStatus.ToString())),
            ct
        );

    /// <summary>What an alteration is and to what; never the value, which may be a secret.</summary>
    private static string Named(Alteration alteration) =>
        alteration switch
        {
            Alteration.ModifyVariable change => $"{nameof(Alteration.ModifyVariable)} {change.Variable}",
            Alteration.Skip skip => $"{nameof(Alteration.Skip)} {skip.FrameId}",
            _ => alteration.GetType().Name,
        };

    private async Task<WorkflowState> ApplyAsync(string instanceId, Stimulus stimulus, string? who, CancellationToken ct)
    {
        var result = await bursts.RunAsync(
            new BurstRequest
            {
                InstanceId = instanceId,
                Stimulus = stimulus,
                Who = who,
            },
            ct
        );
        return result.State ?? throw new InstanceNotFoundException(instanceId);
    }

    private async Task<WorkflowState> CancelAsync(string instanceId, bool compensate, string? who, int generation, CancellationToken ct)
    {
        var state = await ApplyAsync(instanceId, new Stimulus.Cancel(compensate), who, ct);

        if (generation >= MaxGenerations)
            return state;

        await foreach (var child in IdsAsync(new InstanceFilter { ParentId = instanceId, IsRunning = true }, ct))
            await CancelAsync(child, compensate, who, generation + 1, ct);

        return state;
    }
}

/// <summary>One instance of many, and what became of it.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Error">Why it failed, as a sentence; null when it was done.</param>
public sealed record BulkItem(string InstanceId, string? Error);
