using Hangfire;
using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Hands work to Hangfire. While Hangfire's tables are locked or gone, it says so at once instead of making each caller find out.</summary>
internal sealed class JobDoor(IBackgroundJobClient jobs, JobStorage storage, TimeProvider time, ILogger<JobDoor> logger)
{
    // A statement on a locked table takes its whole timeout; the next try comes after this.
    private static readonly TimeSpan ClosedFor = TimeSpan.FromSeconds(10);

    private long closedAt;

    /// <summary>Writes a job for timers.</summary>
    public bool TryFire(long[] ids) => Try(() => jobs.Enqueue<WorkJobs>(job => job.FireAsync(ids, CancellationToken.None)));

    /// <summary>Writes a job for other work.</summary>
    public bool TryDo(long[] ids) => Try(() => jobs.Enqueue<WorkJobs>(job => job.DoAsync(ids, CancellationToken.None)));

    /// <summary>Writes a job that tries work again.</summary>
    public bool TryRetry(long id, TimeSpan delay) =>
        Try(() => jobs.Schedule<WorkJobs>(job => job.RunOneAsync(id, CancellationToken.None), delay));

    /// <summary>Whether few enough jobs wait; true also when nobody can tell.</summary>
    public bool HasRoom()
    {
        long waiting = 0;
        Try(() =>
        {
            var tables = storage.GetMonitoringApi();
            waiting = tables.EnqueuedCount(WorkJobs.TimerQueue) + tables.EnqueuedCount(WorkJobs.WorkQueue);
        });
        return waiting < WorkLimits.QueuedJobs;
    }

    private bool Try(Action action)
    {
        var closed = Volatile.Read(ref closedAt);

        if (closed != 0 && time.GetElapsedTime(closed) < ClosedFor)
            return false;

        try
        {
            action();

            if (closed != 0)
                Log.JobsAreBack(logger);

            Volatile.Write(ref closedAt, 0);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (closed == 0)
                Log.JobsAreAway(logger, (e.InnerException ?? e).Message);

            Volatile.Write(ref closedAt, time.GetTimestamp());
            return false;
        }
    }
}
