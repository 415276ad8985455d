using Hangfire.Server;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.DrivenTime;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>
/// Finds work that is due. Timers go to Hangfire, a batch in a job; all else is run here, so that a started child or a delivered event does not
/// take the way through a job's forty statements.
/// </summary>
/// <remarks>Any number of nodes have one each. Nothing is leased that cannot be begun: the rest waits in the table, where every node sees it.</remarks>
internal sealed class Pulse(
    IWorkflowStore store,
    WorkAttempts attempts,
    LeaseHolder leases,
    Bell bell,
    JobDoor jobs,
    TimeProvider time,
    ILogger<Pulse> logger
) : IBackgroundProcess, IDisposable
{
    private readonly Slots slots = new(WorkLimits.ConcurrentInline);
    private bool isOut;
    private bool isCrowded;
    private DateTimeOffset trustsWorkersFrom;

    /// <inheritdoc/>
    // Hangfire's seam is synchronous; the thread that waits here is the process's own.
    public void Execute(BackgroundProcessContext context) =>
        BeatAsync(context.StoppingToken, context.StoppedToken).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose() => slots.Dispose();

    /// <summary>Beats until it is told to stop; then waits for what it has begun.</summary>
    /// <param name="stopping">Nothing new is begun.</param>
    /// <param name="stopped">What runs is to end.</param>
    internal async Task BeatAsync(CancellationToken stopping, CancellationToken stopped)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
                await BeatOnceAsync(stopping, stopped);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end that was asked for.
        }

        await EndAsync();
    }

    private async Task BeatOnceAsync(CancellationToken stopping, CancellationToken stopped)
    {
        var sleepUntil = time.GetUtcNow() + WorkLimits.LongestSleep;

        try
        {
            bell.Listen();
            await leases.GiveBackAllAsync(stopping);
            var hasRoom = !isCrowded || jobs.HasRoom();

            if (hasRoom && await TakeAsync(stopping, stopped) == WorkLimits.LeaseBatch)
                return;

            if (hasRoom && await store.NextDueAsync(stopping) is { } next && next < sleepUntil)
                sleepUntil = next;
        }
        catch (StoreUnavailableException e)
        {
            if (!isOut)
                Log.StoreIsAway(logger, e.Message);

            isOut = true;
            await Task.Delay(Least(e.RetryAfter, WorkLimits.LongestOutageSleep), time, stopping);
            return;
        }

        // Due already, and not leased by us: another node is about to, or there is no room. Either way a moment must pass.
        var soonest = time.GetUtcNow() + WorkLimits.ShortestSleep;
        await bell.WaitAsync(sleepUntil > soonest ? sleepUntil : soonest, stopping);
    }

    /// <summary>Leases what can be begun, and begins it.</summary>
    /// <returns>How much was leased.</returns>
    private async Task<int> TakeAsync(CancellationToken stopping, CancellationToken stopped)
    {
        var now = time.GetUtcNow();
        var due = await store.LeaseDueAsync(now, now + WorkLimits.Lease, WorkLimits.LeaseBatch, stopping);
        isCrowded = due.Count == WorkLimits.LeaseBatch;
        NoteStoreIsBack(now);
        var timers = new List<WorkRow>();
        var others = new List<WorkRow>();

        foreach (var work in due)
            if (work.Kind is WorkKind.Timer or WorkKind.TriggerTimer && !MustNotWaitForWorkers(work, now))
                timers.Add(work);
            else if (!slots.TryBegin(() => attempts.TryAsync(work, stopped)))
                others.Add(work);

        await HandAsync(timers, jobs.TryFire, stopping, stopped);
        await HandAsync(others, jobs.TryDo, stopping, stopped);
        return due.Count;
    }

    private void NoteStoreIsBack(DateTimeOffset now)
    {
        if (!isOut)
            return;

        isOut = false;
        trustsWorkersFrom = now + WorkLimits.WorkersBackOff;
        Log.StoreIsBack(logger);
    }

    /// <summary>
    /// Hangfire's workers sleep for minutes after an outage; a timer that is so late has been given to a worker that did not come; and they look in real
    /// time, of which a second is long where the product's time is driven.
    /// </summary>
    private bool MustNotWaitForWorkers(WorkRow timer, DateTimeOffset now) =>
        now < trustsWorkersFrom || now - timer.DueAt > WorkLimits.Lease || time is DrivenClock;

    private async Task HandAsync(List<WorkRow> work, Func<long[], bool> toHangfire, CancellationToken stopping, CancellationToken stopped)
    {
        // Under backlog jobs are larger: their own cost counts then, and every worker has enough to do.
        foreach (var batch in work.Chunk(isCrowded ? WorkLimits.LeaseBatch : WorkLimits.WorkInJob))
            if (!toHangfire(batch.Select(w => w.Id).ToArray()))
                await RunHereAsync(batch, stopping, stopped);
    }

    /// <summary>Hangfire's tables are away, ours are not: work does not wait for them. That it waits for slots here keeps more from being leased.</summary>
    private async Task RunHereAsync(WorkRow[] batch, CancellationToken stopping, CancellationToken stopped)
    {
        for (var next = 0; next < batch.Length; next++)
        {
            var work = batch[next];

            try
            {
                await slots.BeginAsync(() => attempts.TryAsync(work, stopped), stopping);
            }
            catch (OperationCanceledException)
            {
                foreach (var left in batch[next..])
                    leases.GiveBack(left.Id);

                throw;
            }
        }
    }

    private async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(WorkLimits.EndPatience, time);

        try
        {
            await slots.DrainAsync(patience.Token);
            await leases.GiveBackAllAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException)
        {
            Log.WorkLeftBehind(logger, leases.Count);
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
