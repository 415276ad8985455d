using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Identity.Entrance;

/// <summary>Removes sessions that ended a month ago; the audit log tells of them for longer.</summary>
internal sealed class SessionUpkeep(SessionStore store, TimeProvider clock, ILogger<SessionUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);

        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await CleanAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task CleanAsync(CancellationToken ct)
    {
        try
        {
            await store.DeleteOldAsync(clock.GetUtcNow() - Kept, ct);
        }
        catch (StoreUnavailableException e)
        {
            Log.UpkeepFailed(logger, e.Message);
        }
    }
}
