using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Named guards that only one caller in the whole cluster holds at a time: who may decide whether a singleton starts, who may publish a line.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="logger">Hears of guards that were lost.</param>
internal sealed class Guards(IWorkflowStore store, TimeProvider clock, ILogger<Guards> logger)
{
    /// <summary>For how long a guard is held without being renewed: a dead node's guards are free after this.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private readonly InstanceLocks locks = new();
    private readonly string owner = $"{Environment.MachineName}-{Guid.NewGuid():N}";

    /// <summary>Takes a guard; within this node first come, first served.</summary>
    /// <exception cref="InstanceBusyException">Others hold it all the time.</exception>
    public async Task<Held> EnterAsync(string name, CancellationToken ct)
    {
        var turn = await locks.EnterAsync(name, ct);

        try
        {
            for (var failed = 0; failed < Backoff.MaxTries; )
            {
                if (await TakeAsync(name, ct))
                {
                    var alive = new KeepAlive(name, Life / 3, () => TakeAsync(name, CancellationToken.None), clock, logger);
                    return new Held(this, name, turn, alive);
                }

                await Backoff.PauseAsync(++failed, ct);
            }

            throw new InstanceBusyException(name);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private Task<bool> TakeAsync(string name, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return store.TryGuardAsync(name, owner, now, now + Life, ct);
    }

    /// <summary>A guard that is held until it is disposed.</summary>
    public sealed class Held(Guards guards, string name, InstanceLocks.Turn turn, KeepAlive alive) : IAsyncDisposable
    {
        /// <summary>Gives it back. When the store does not answer, it ends by itself.</summary>
        public async ValueTask DisposeAsync()
        {
            await alive.DisposeAsync();

            try
            {
                await guards.ReleaseAsync(name);
            }
            finally
            {
                turn.Dispose();
            }
        }
    }

    private async Task ReleaseAsync(string name)
    {
        try
        {
            await store.ReleaseGuardAsync(name, owner, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            Log.LeaseNotReleased(logger, name, e);
        }
    }
}
