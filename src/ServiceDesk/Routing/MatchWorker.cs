using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk.Agents;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>Looks at queues that have rung, each until nothing more fits; every 30 seconds at all of them, and every 5 seconds for who has gone.</summary>
internal sealed class MatchWorker(
    Matcher matcher,
    RoutingStore routing,
    PresenceDesk presence,
    QueueBell bell,
    IAccess access,
    TimeProvider clock,
    ILogger<MatchWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan LookAtAllEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookForGoneEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseWhenBusy = TimeSpan.FromMilliseconds(50);

    // The database of this node is shared with bursts; more looks at once would only wait for each other.
    private const int AtOnce = 4;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Every task that is begun here acts as the product.
        using var system = access.AsSystem();
        await Task.WhenAll([
            .. Enumerable.Range(0, AtOnce).Select(_ => GuardedAsync(AnswerOneAsync, TimeSpan.Zero, stoppingToken)),
            GuardedAsync(RingAllAsync, LookAtAllEvery, stoppingToken),
            GuardedAsync(SweepAsync, LookForGoneEvery, stoppingToken),
        ]);
    }

    private async Task GuardedAsync(Func<CancellationToken, Task> turn, TimeSpan pause, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, clock, ct);

                await turn(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // What was missed is found by the next look at all queues.
                Log.LookFailed(logger, e);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, ct)
                    .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private async Task AnswerOneAsync(CancellationToken ct)
    {
        var (id, isAgent) = await bell.NextAsync(ct);

        try
        {
            foreach (var queue in isAgent ? await routing.QueuesOfAsync(id, ct) : [id])
                if ((await matcher.DrainAsync(queue, ct)).IsBusy)
                {
                    await Task.Delay(PauseWhenBusy, clock, ct);
                    bell.RingQueue(queue);
                }
        }
        finally
        {
            bell.Answered();
        }
    }

    private async Task RingAllAsync(CancellationToken ct)
    {
        foreach (var queue in await routing.WaitingQueuesAsync(ct))
            bell.RingQueue(queue);

        await routing.ClearAlarmsAsync(clock.GetUtcNow(), ct);
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        var (disconnected, requeued) = await presence.SweepAsync(ct);

        if (disconnected + requeued > 0)
            Log.AgentsGone(logger, disconnected, requeued);
    }
}
