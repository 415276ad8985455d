using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Telemetry;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>One attempt at a piece of work, and what follows from its failure: a job that tries again, or the end.</summary>
internal sealed class WorkAttempts(
    WorkCalls calls,
    IWorkflowStore store,
    JobDoor jobs,
    LeaseHolder leases,
    TimeProvider time,
    ILogger<WorkAttempts> logger
)
{
    /// <summary>Tries work that was leased. Never throws for what is wrong with the work: a failure becomes a job.</summary>
    public async Task TryAsync(WorkRow work, CancellationToken ct)
    {
        try
        {
            if (await FailureOfAsync(work, ct) is { RetryIn: { } delay })
                jobs.TryRetry(work.Id, delay); // Should the job be lost, the lease ends a little later, and the pulse tries.
        }
        catch (Exception e) when (e is StoreUnavailableException || ct.IsCancellationRequested)
        {
            // Not the fault of the work: it counts for nothing, and may be leased again as soon as the store is back.
            leases.GiveBack(work.Id);
        }
        catch (InstanceBusyException)
        {
            // Not the fault of the work either: somebody holds the instance, or died with it. Tried again when the lease of the work ends.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Its lease ends by itself.
            Log.WorkLost(logger, work.Id, work.Key, e);
        }
    }

    /// <summary>Tries work once for its own job.</summary>
    /// <exception cref="WorkFailedException">It failed; says when it is tried again.</exception>
    public async Task RetryAsync(long id, CancellationToken ct)
    {
        if (await TakeAsync(id, ct) is not { } work)
            return;

        try
        {
            if (await FailureOfAsync(work, ct) is { } failure)
                throw failure;
        }
        catch (StoreUnavailableException e)
        {
            leases.GiveBack(id);
            throw new WorkFailedException(e.Message, e.RetryAfter, e);
        }
        catch (InstanceBusyException e)
        {
            throw new WorkFailedException(e.Message, WorkLimits.Lease, e);
        }
    }

    /// <summary>Work whose job was lost comes back to the pulse with its failures; it is tried at once.</summary>
    private async Task<WorkRow?> TakeAsync(long id, CancellationToken ct)
    {
        var until = time.GetUtcNow() + WorkLimits.Lease;

        if (await store.RenewWorkAsync([id], until, ct) is [var alive])
            return alive;

        // A person has sent a failed job into its queue again: that is the wish to try what was set aside once more.
        var buried = await store.ListWorkAsync(isBuried: true, instanceId: null, after: id - 1, take: 1, ct);

        if (buried is not [{ } found] || found.Id != id)
            return null;

        // Due only after our lease, so that no pulse takes it in between.
        await store.ReviveWorkAsync([id], until, ct);
        return await store.RenewWorkAsync([id], until, ct) is [var revived] ? revived : null;
    }

    private async Task<WorkFailedException?> FailureOfAsync(WorkRow work, CancellationToken ct)
    {
        leases.Hold(work.Id);

        try
        {
            await calls.Run(work, ct);
            WorkTelemetry.Did(work);
            return null;
        }
        catch (Exception e)
            when (e is not (StoreUnavailableException or InstanceBusyException or OutOfMemoryException) && !ct.IsCancellationRequested)
        {
            return await FailAsync(work, e, ct);
        }
        finally
        {
            leases.Drop(work.Id);
        }
    }

    private async Task<WorkFailedException?> FailAsync(WorkRow work, Exception error, CancellationToken ct)
    {
        var message = error.Message.Length <= WorkLimits.ErrorLength ? error.Message : error.Message[..WorkLimits.ErrorLength];
        var chance = Random.Shared.NextDouble();
        var delay = Backoff.After(work.Attempts + 1, chance);
        var until = time.GetUtcNow() + (delay ?? WorkLimits.Lease) + WorkLimits.RetryMargin;
        var failures = await store.FailWorkAsync(work.Id, until, message, ct);

        // Gone: somebody else did it meanwhile.
        if (failures == 0)
            return null;

        WorkTelemetry.Failed(work);

        // Somebody else may have failed at it too: the count of the store decides.
        if (Backoff.After(failures, chance) is { } decided)
        {
            Log.WorkFailed(logger, work.Id, work.Key, failures, decided.TotalSeconds, error);
            return new WorkFailedException($"Attempt {failures} of {Backoff.Attempts} failed: {message}", decided, error);
        }

        Log.WorkGivenUp(logger, work.Id, work.Key, failures, error);
        await calls.GiveUp(work with { Attempts = failures, Error = message }, error, ct);
        WorkTelemetry.GaveUp(work);
        return new WorkFailedException($"Given up after {failures} attempts: {message}", retryIn: null, error);
    }
}
