namespace ServiceLoop.Runtime.InMemory;

/// <summary>A clock that stands until it is set: a run on it needs no waiting and is the same every time.</summary>
/// <param name="start">The first moment; UTC.</param>
public sealed class SettableClock(DateTimeOffset start) : TimeProvider
{
    /// <summary>The moment at which command line runs and golden cases begin: a Thursday noon.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private DateTimeOffset now = start.ToUniversalTime();

    /// <summary>Sets the clock forward; it never goes back.</summary>
    public void AdvanceTo(DateTimeOffset moment)
    {
        if (moment > now)
            now = moment.ToUniversalTime();
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => now;
}
