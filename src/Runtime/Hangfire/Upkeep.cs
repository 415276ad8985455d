using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Telemetry;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Housekeeping of the store.</summary>
public sealed class Upkeep(IWorkflowStore store, RetentionOptions options, TimeProvider time, ILogger<Upkeep> logger)
{
    // Two months ahead: the daily job may fail for weeks before the default partition is needed.
    private static readonly TimeSpan JournalAhead = TimeSpan.FromDays(62);

    /// <summary>Makes room for history; before the first request too, because a partition that appears under a commit makes it fail.</summary>
    public Task PrepareJournalAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return store.PrepareJournalAsync(now, now + JournalAhead, ct);
    }

    internal async Task RetainAsync(CancellationToken ct)
    {
        var removed = await store.RetainAsync(options.At(time.GetUtcNow()), ct);
        Log.Retained(logger, removed);
    }

    internal async Task MeasureAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        WorkTelemetry.Measured(await store.MeasureWorkAsync(now, ct), now);
    }
}
