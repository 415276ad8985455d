using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.ServiceDesk.Upkeep;

/// <summary>Settings of what the desk keeps: section <c>DeskRetention</c>.</summary>
public sealed record DeskRetentionOptions
{
    /// <summary>Days for which histories of ended clocks and escalations, applied commands, heeded signals and ended deliveries are kept, at least 30.</summary>
    public int Days { get; init; } = 400;
}

/// <summary>Removes what nobody asks for any more, every hour, in small steps. What is open stays, however old it is.</summary>
internal sealed class DeskUpkeep(Database database, DeskRetentionOptions options, TimeProvider clock, ILogger<DeskUpkeep> logger)
    : BackgroundService
{
    /// <summary>Rows of one statement: it holds them for some tens of milliseconds.</summary>
    internal const int Batch = 5000;

    private const int LeastDays = 30;
    private const int MostRounds = 200;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private static readonly string[] Deletes =
    [
        SqlFile.Beside<DeskUpkeep>("clock_event.delete_old"),
        SqlFile.Beside<DeskUpkeep>("clock_command.delete_old"),
        SqlFile.Beside<DeskUpkeep>("escalation_event.delete_old"),
        SqlFile.Beside<DeskUpkeep>("escalation_signal.delete_old"),
        SqlFile.Beside<DeskUpkeep>("webhook_delivery.delete_old"),
    ];

    /// <summary>Removes all that is old enough.</summary>
    /// <returns>Rows removed.</returns>
    public async Task<long> CleanAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-Math.Max(options.Days, LeastDays));
        var removed = 0L;

        foreach (var delete in Deletes)
            for (var round = 0; round < MostRounds; round++)
            {
                var rows = await database.RepeatableAsync(delete, ct, Arg.Time(before), Arg.Integer(Batch));
                removed += rows;

                if (rows == 0)
                    break;
            }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);

        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                try
                {
                    await CleanAsync(stoppingToken);
                }
                catch (StoreUnavailableException e)
                {
                    // The next hour will do.
                    Log.UpkeepFailed(logger, e);
                }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
