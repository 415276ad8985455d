using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Runtime.Instances;

// Removing instances with all that is theirs.
public sealed partial class WorkflowRuntime
{
    // Somebody may repair it between the end and the removal.
    private const int MaxRemovals = 3;

    /// <summary>Removes an instance that has ended.</summary>
    /// <returns>False when there is none, or it runs.</returns>
    public Task<bool> RemoveEndedAsync(string instanceId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesDelete, "instance.delete", instanceId),
            async () => await store.DeleteInstancesAsync([instanceId], ct) > 0,
            isGone => Facts.Of(("deleted", isGone ? "true" : "false")),
            ct
        );

    /// <summary>Removes an instance. One that runs is cancelled first, with its children: nothing of it goes on in the dark.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="InstanceBusyException">It is begun again and again.</exception>
    public Task<bool> RemoveAsync(string instanceId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesDelete, "instance.delete", instanceId),
            () => CancelAndRemoveAsync(instanceId, access.Actor.Who, ct),
            isGone => Facts.Of(("deleted", isGone ? "true" : "false")),
            ct
        );

    private async Task<bool> CancelAndRemoveAsync(string instanceId, string? who, CancellationToken ct)
    {
        for (var tries = 0; tries < MaxRemovals; tries++)
        {
            if (await store.DeleteInstancesAsync([instanceId], ct) > 0)
                return true;

            if ((await store.FindStandingsAsync([instanceId], ct)).Count == 0)
                return false;

            await CancelAsync(instanceId, compensate: false, who, generation: 0, ct);
        }

        throw new InstanceBusyException(instanceId);
    }
}
