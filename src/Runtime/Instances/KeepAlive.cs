using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Renews a lease from time to time for as long as something long runs.</summary>
internal sealed class KeepAlive : IAsyncDisposable
{
    private readonly Func<Task<bool>> renew;
    private readonly string name;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private Task renewal = Task.CompletedTask;

    /// <summary>Begins.</summary>
    /// <param name="name">What is held, for the log.</param>
    /// <param name="period">How often.</param>
    /// <param name="renew">False when it was lost.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="logger">Hears of trouble.</param>
    public KeepAlive(string name, TimeSpan period, Func<Task<bool>> renew, TimeProvider clock, ILogger logger)
    {
        (this.name, this.renew, this.logger) = (name, renew, logger);
        timer = clock.CreateTimer(static self => ((KeepAlive)self!).Renew(), this, period, period);
    }

    /// <summary>Ends, with a renewal that is under way: it must not take again what is given back next.</summary>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await renewal;
    }

    private void Renew()
    {
        if (renewal.IsCompleted)
            renewal = RenewAsync();
    }

    private async Task RenewAsync()
    {
        try
        {
            if (!await renew())
                Log.LeaseLost(logger, name);
        }
        catch (Exception e)
        {
            // The lease ends by itself then; the next commit finds out.
            Log.LeaseNotRenewed(logger, name, e);
        }
    }
}
