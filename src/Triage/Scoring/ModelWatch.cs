using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Triage.Scoring;

/// <summary>Keeps the model of this node the one in force: looks when another node tells, and every half minute.</summary>
internal sealed class ModelWatch(ActiveModel model, NotifyListener listener, TimeProvider clock, ILogger<ModelWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var told = new SemaphoreSlim(0, 1);
        using var subscription = listener.Subscribe(NotifyListener.TriageChannel, _ => Ring(told));

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await model.LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                Log.LookFailed(logger, e);
            }

            try
            {
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(told.WaitAsync(pause.Token), Task.Delay(LookEvery, clock, pause.Token));
                await pause.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static void Ring(SemaphoreSlim told)
    {
        try
        {
            told.Release();
        }
        catch (SemaphoreFullException)
        {
            // Told already.
        }
    }
}
