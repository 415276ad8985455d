namespace ServiceLoop.Runtime.DrivenTime;

/// <summary>How time passes from a moment on.</summary>
/// <param name="Now">The product's time at <paramref name="At"/>, UTC.</param>
/// <param name="At">Real moment from which it counts, UTC. Nodes that are given the same one agree.</param>
/// <param name="Speed">Seconds of the product in a real second; above 0.</param>
public sealed record Pace(DateTimeOffset Now, DateTimeOffset At, double Speed)
{
    /// <summary>The fastest: a year in about half a minute.</summary>
    public const double Fastest = 1_000_000;

    /// <summary>True for a number that can be a speed.</summary>
    public static bool IsSpeed(double speed) => speed is > 0 and <= Fastest;

    /// <summary>The product's time at a real moment.</summary>
    public DateTimeOffset TimeAt(DateTimeOffset real) => Now + (real - At) * Speed;
}

/// <summary>
/// The product's time where it is driven: it passes at a speed, and jumps when it is told to. Whatever waits for a moment that a jump passes over is woken
/// at once, and what recurs is woken once for all that it has missed.
/// </summary>
/// <remarks>Safe for all threads. It never goes back.</remarks>
public sealed class DrivenClock : TimeProvider
{
    /// <summary>Compressed time is this coarse, in real time: a loop that looks every second does not take a processor at a thousandfold speed.</summary>
    internal static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(10);

    // Real timers take at most 49 days; one that is woken too early sleeps again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly TimeProvider real;
    private readonly Lock gate = new();
    private readonly HashSet<Alarm> armed = [];
    private Pace pace;
    private long latest;

    /// <summary>Makes one.</summary>
    /// <param name="pace">How its time passes at first.</param>
    /// <param name="real">The time of the world.</param>
    public DrivenClock(Pace pace, TimeProvider real)
    {
        ThrowIfNone(pace);
        (this.pace, this.real) = (pace, real);
    }

    /// <summary>How time passes now.</summary>
    public Pace Pace => Volatile.Read(ref pace);

    /// <inheritdoc/>
    // So that spans that are measured are spans of the product's time.
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        var ticks = Pace.TimeAt(real.GetUtcNow()).UtcTicks;
        long seen;

        while (ticks > (seen = Volatile.Read(ref latest)))
            if (Interlocked.CompareExchange(ref latest, ticks, seen) == seen)
                return ticks;

        return seen;
    }

    /// <summary>Lets time pass so from now on.</summary>
    /// <returns>False, and nothing is changed, when it would go back.</returns>
    public bool TryDrive(Pace next)
    {
        ThrowIfNone(next);

        lock (gate)
        {
            if (next.TimeAt(real.GetUtcNow()) < GetUtcNow())
                return false;

            Volatile.Write(ref pace, next);

            foreach (var alarm in armed.ToArray())
                alarm.Arm();
        }

        return true;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new Alarm(this, callback, state, dueTime, period);
    }

    private static void ThrowIfNone(Pace pace)
    {
        if (!Pace.IsSpeed(pace.Speed))
            throw new ArgumentOutOfRangeException(nameof(pace), pace.Speed, $"A speed lies above 0, at most {Pace.Fastest:0}.");
    }

    /// <summary>One that is to be woken.</summary>
    private sealed class Alarm : ITimer
    {
        private readonly DrivenClock clock;
        private readonly TimerCallback callback;
        private readonly object? state;
        private readonly ITimer inner;
        private DateTimeOffset dueAt;
        private TimeSpan period;

        public Alarm(DrivenClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (this.clock, this.callback, this.state) = (clock, callback, state);
            // Here, because a timer runs in the context of who made it.
            inner = clock.real.CreateTimer(Wake, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                this.period = period;

                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    clock.armed.Remove(this);
                    return inner.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                }

                dueAt = clock.GetUtcNow() + dueTime;
                clock.armed.Add(this);
                return Arm();
            }
        }

        /// <summary>Sleeps until it is due, as time passes now. Within the clock's gate.</summary>
        public bool Arm()
        {
            var sleep = (dueAt - clock.GetUtcNow()) / clock.Pace.Speed;

            if (sleep > TimeSpan.Zero && sleep < Resolution && clock.Pace.Speed > 1)
                sleep = Resolution;

            return inner.Change(
                sleep < TimeSpan.Zero ? TimeSpan.Zero
                    : sleep > LongestSleep ? LongestSleep
                    : sleep,
                Timeout.InfiniteTimeSpan
            );
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.armed.Remove(this);

            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            lock (clock.gate)
                clock.armed.Remove(this);

            return inner.DisposeAsync();
        }

        private void Wake(object? _)
        {
            lock (clock.gate)
            {
                if (!clock.armed.Contains(this))
                    return;

                var now = clock.GetUtcNow();

                // A real timer may be a little early, or has slept for the longest time that it can.
                if (now < dueAt)
                {
                    Arm();
                    return;
                }

                if (period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero)
                {
                    clock.armed.Remove(this);
                }
                else
                {
                    dueAt = now + period;
                    Arm();
                }
            }

            callback(state);
        }
    }
}
