namespace ServiceLoop.Workflows.Health;

/// <summary>Tells everybody that this node is going: it says "not ready" before it stops to listen, so that no request is sent into the void.</summary>
internal sealed class Drain(IConfiguration settings, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Drain> logger)
    : IHostedLifecycleService
{
    /// <summary>Seconds between "not ready" and the end of listening; as long as a load balancer needs to notice. Default: 0.</summary>
    public const string DelaySetting = "Drain:DelaySeconds";

    private const int MaxDelaySeconds = 20;

    /// <summary>True from the moment that the node is asked to stop.</summary>
    public bool IsDraining => lifetime.ApplicationStopping.IsCancellationRequested;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var seconds = Math.Clamp(settings.GetValue(DelaySetting, 0), 0, MaxDelaySeconds);
        Log.Draining(logger, seconds);

        if (seconds > 0)
            await Task.Delay(TimeSpan.FromSeconds(seconds), time, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
