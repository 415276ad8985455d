using System.Threading.Channels;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Wakes the pulse of this node for work that is due before it would look again.</summary>
internal sealed class Bell(TimeProvider time) : IWorkSignal
{
    private readonly Channel<byte> wakes = Channel.CreateBounded<byte>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );
    private long earliest = long.MaxValue;
    private Task<bool>? pending;

    /// <inheritdoc/>
    public void Ring(DateTimeOffset dueAt)
    {
        var ticks = dueAt.UtcTicks;
        long seen;

        // Only a call that comes before all others since the last look wakes: most calls cost one read.
        while (ticks < (seen = Volatile.Read(ref earliest)))
            if (Interlocked.CompareExchange(ref earliest, ticks, seen) == seen)
            {
                wakes.Writer.TryWrite(0);
                return;
            }
    }

    /// <summary>From here on calls count: what was committed before is seen by the look that follows.</summary>
    public void Listen() => Volatile.Write(ref earliest, long.MaxValue);

    /// <summary>Sleeps until the moment, or until work is due that somebody rang for. For one caller.</summary>
    public async Task WaitAsync(DateTimeOffset until, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var wakeAt = new DateTimeOffset(Math.Min(until.UtcTicks, Volatile.Read(ref earliest)), TimeSpan.Zero);
            var sleep = wakeAt - time.GetUtcNow();

            if (sleep <= TimeSpan.Zero)
                return;

            // One pending read for all calls: each would stay with the channel until the next ring.
            pending ??= wakes.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(pending, Task.Delay(sleep, time, over.Token));
            await over.CancelAsync();

            if (pending.IsCompleted)
            {
                wakes.Reader.TryRead(out _);
                pending = null;
            }
        }
    }
}
