using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Keeps the leases of work that this node is running, however long it takes, and gives back those that it did not come to.</summary>
internal sealed class LeaseHolder(IWorkflowStore store, TimeProvider time, ILogger<LeaseHolder> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<long, long> held = new();
    private readonly ConcurrentQueue<long> unused = new();

    /// <summary>How much work runs on this node now.</summary>
    public int Count => held.Count;

    /// <summary>Work has begun.</summary>
    public void Hold(long id) => held[id] = time.GetTimestamp();

    /// <summary>Work has ended, well or not.</summary>
    public void Drop(long id) => held.TryRemove(id, out _);

    /// <summary>Work was leased and not done through no fault of its own: it may be leased again at once.</summary>
    public void GiveBack(long id) => unused.Enqueue(id);

    /// <summary>Gives back what is noted; what cannot be now stays noted.</summary>
    public async Task GiveBackAllAsync(CancellationToken ct)
    {
        var ids = new HashSet<long>();

        while (unused.TryDequeue(out var id))
            ids.Add(id);

        if (ids.Count == 0)
            return;

        try
        {
            await store.RenewWorkAsync([.. ids], time.GetUtcNow(), ct);
        }
        catch (Exception)
        {
            foreach (var id in ids)
                unused.Enqueue(id);

            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WorkLimits.RenewEvery, time);

        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RenewAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Work that still runs ends within the grace, which is shorter than a lease.
        }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        // What began a moment ago has nearly all of its lease; most work is over by the next look.
        var old = held.Where(h => time.GetElapsedTime(h.Value) >= WorkLimits.RenewEvery / 2).Select(h => h.Key).ToArray();

        try
        {
            foreach (var ids in old.Chunk(WorkLimits.LeaseBatch))
                await store.RenewWorkAsync(ids, time.GetUtcNow() + WorkLimits.Lease, ct);
        }
        catch (StoreUnavailableException e)
        {
            Log.LeasesNotRenewed(logger, old.Length, e.Message);
        }
    }
}
