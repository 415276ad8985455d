using Hangfire;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>What Hangfire runs. Every job may run twice or too late: work that is gone is passed over.</summary>
/// <remarks>Names and arguments stand in the database: a job written by an older version must still find its method.</remarks>
internal sealed class WorkJobs(IWorkflowStore store, WorkAttempts attempts, Upkeep upkeep, LeaseHolder leases, TimeProvider time)
{
    public const string TimerQueue = "timers";
    public const string WorkQueue = "work";

    /// <summary>Fires timers.</summary>
    [Queue(TimerQueue)]
    [JobDisplayName("Fire timers")]
    public Task FireAsync(long[] ids, CancellationToken ct) => RunAllAsync(ids, ct);

    /// <summary>Does other work, when there is more than the pulse does by itself.</summary>
    [Queue(WorkQueue)]
    [JobDisplayName("Do work")]
    public Task DoAsync(long[] ids, CancellationToken ct) => RunAllAsync(ids, ct);

    /// <summary>Tries work again that has failed.</summary>
    [Queue(WorkQueue)]
    [JobDisplayName("Try work {0} again")]
    public Task RunOneAsync(long id, CancellationToken ct) => attempts.RetryAsync(id, ct);

    /// <summary>Makes partitions for the months to come.</summary>
    [Queue(WorkQueue)]
    [JobDisplayName("Make room in the journal")]
    public Task PrepareJournalAsync(CancellationToken ct) => upkeep.PrepareJournalAsync(ct);

    /// <summary>Removes what the policy no longer keeps.</summary>
    [Queue(WorkQueue)]
    [JobDisplayName("Remove what is no longer kept")]
    public Task RetainAsync(CancellationToken ct) => upkeep.RetainAsync(ct);

    /// <summary>Counts the work that there is.</summary>
    [Queue(WorkQueue)]
    [JobDisplayName("Measure the queue")]
    public Task MeasureAsync(CancellationToken ct) => upkeep.MeasureAsync(ct);

    private async Task RunAllAsync(long[] ids, CancellationToken ct)
    {
        var alive = await store.RenewWorkAsync(ids, time.GetUtcNow() + WorkLimits.Lease, ct);
        var begun = new HashSet<long>();

        foreach (var work in alive)
            leases.Hold(work.Id);

        try
        {
            await Parallel.ForEachAsync(
                alive,
                new ParallelOptions { MaxDegreeOfParallelism = WorkLimits.ConcurrentInJob, CancellationToken = ct },
                async (work, token) =>
                {
                    lock (begun)
                        begun.Add(work.Id);

                    await attempts.TryAsync(work, token);
                }
            );
        }
        finally
        {
            // The node stops: what was not begun goes back at once.
            foreach (var work in alive.Where(w => !begun.Contains(w.Id)))
            {
                leases.Drop(work.Id);
                leases.GiveBack(work.Id);
            }
        }
    }
}
