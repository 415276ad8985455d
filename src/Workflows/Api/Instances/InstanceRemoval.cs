using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>Removes instances with all that is theirs. One that runs is cancelled first, with its children: nothing of it goes on in the dark.</summary>
internal sealed class InstanceRemoval(WorkflowRuntime runtime, IWorkflowStore store)
{
    // Somebody may repair it between the end and the removal.
    private const int MaxTries = 3;

    /// <summary>Removes one.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="InstanceBusyException">It is begun again and again.</exception>
    public async Task<bool> RemoveAsync(string instanceId, CancellationToken ct)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await store.DeleteInstancesAsync([instanceId], ct) > 0)
                return true;

            if (await runtime.FindStandingAsync(instanceId, ct) is null)
                return false;

            await runtime.CancelAsync(instanceId, compensate: false, null, ct);
        }

        throw new InstanceBusyException(instanceId);
    }
}
