using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Hangfire's servers of this node: one for timers with the pulse, one for all else. They start after the doors are open, and again and again while the tables are away.</summary>
internal sealed class JobServers(
    JobTables tables,
    JobStorage storage,
    IRecurringJobManager recurring,
    IJobFilterProvider filters,
    Pulse pulse,
    IServiceScopeFactory scopes,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<JobServers> logger
) : BackgroundService
{
    // A job is a whole batch: few workers are enough, and each costs polls while there is nothing to do.
    private const int TimerWorkers = 2;
    private const int OtherWorkers = 4;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            await PrepareAsync(stoppingToken);
            await ServeAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before it began.
        }
    }

    private async Task StartedAsync(CancellationToken ct)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(ct);
    }

    private async Task PrepareAsync(CancellationToken ct)
    {
        for (var wait = FirstRetry; ; wait = wait * 2 < LastRetry ? wait * 2 : LastRetry)
            try
            {
                // Hangfire's installer and manager are synchronous.
                await Task.Run(() => tables.PrepareAsync(ct), ct);
                await Task.Run(AddRecurring, ct);
                return;
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                Log.SchemaNotReady(logger, wait.TotalSeconds, e.GetBaseException().Message);
                await Task.Delay(wait, time, ct);
            }
    }

    private void AddRecurring()
    {
        recurring.AddOrUpdate<WorkJobs>("journal", job => job.PrepareJournalAsync(CancellationToken.None), "7 2 * * *");
        recurring.AddOrUpdate<WorkJobs>("retention", job => job.RetainAsync(CancellationToken.None), "37 2 * * *");
        recurring.AddOrUpdate<WorkJobs>("queue", job => job.MeasureAsync(CancellationToken.None), Cron.Minutely());
    }

    private async Task ServeAsync(CancellationToken stoppingToken)
    {
        using var timers = new BackgroundJobServer(Options("timers", TimerWorkers, WorkJobs.TimerQueue), storage, [pulse]);
        using var others = new BackgroundJobServer(Options("work", OtherWorkers, WorkJobs.WorkQueue), storage, []);
        Log.ServersRun(logger, TimerWorkers, OtherWorkers);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stoppingToken.Register(() => stopping.TrySetResult());
        await using var early = lifetime.ApplicationStopping.Register(() => stopping.TrySetResult());
        await stopping.Task;
        timers.SendStop();
        others.SendStop();
        // Bounded by their own ShutdownTimeout.
        await Task.WhenAll(timers.WaitForShutdownAsync(CancellationToken.None), others.WaitForShutdownAsync(CancellationToken.None));
    }

    private BackgroundJobServerOptions Options(string name, int workers, string queue) =>
        new()
        {
            ServerName = $"{Environment.MachineName}:{Environment.ProcessId}:{name}",
            Queues = [queue],
            WorkerCount = workers,
            SchedulePollingInterval = TimeSpan.FromSeconds(1),
            HeartbeatInterval = TimeSpan.FromSeconds(10),
            ServerTimeout = TimeSpan.FromMinutes(1),
            ServerCheckInterval = TimeSpan.FromSeconds(30),
            CancellationCheckInterval = TimeSpan.FromSeconds(5),
            StopTimeout = WorkLimits.StopGrace,
            ShutdownTimeout = WorkLimits.ShutdownTimeout,
            FilterProvider = filters,
            Activator = new AspNetCoreJobActivator(scopes),
        };
}
