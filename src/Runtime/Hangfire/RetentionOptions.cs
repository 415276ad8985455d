using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>How long what has ended is kept, in days; 0 means for ever. Instances that run are never removed.</summary>
public sealed record RetentionOptions
{
    /// <summary>Instances that have ended, with all that belongs to them. Default: 365.</summary>
    public int FinishedDays { get; init; } = 365;

    /// <summary>Months of history, also of instances that still run. Default: 0, because history is needed to replay them.</summary>
    public int JournalDays { get; init; }

    /// <summary>Work that was set aside. Default: 180.</summary>
    public int BuriedDays { get; init; } = 180;

    // A snapshot is made again from its draft at any time; only one that a start may be about to use must stay.
    private static readonly TimeSpan SnapshotRest = TimeSpan.FromDays(1);

    internal Retention At(DateTimeOffset now)
    {
        return new(Before(FinishedDays), Before(JournalDays), Before(BuriedDays)) { SnapshotsBefore = now - SnapshotRest };

        DateTimeOffset? Before(int days) => days > 0 ? now.AddDays(-days) : null;
    }
}
