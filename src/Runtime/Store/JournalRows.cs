namespace ServiceLoop.Runtime.Store;

/// <summary>History of one burst, to be stored.</summary>
/// <param name="Sequence">Number of the burst within the instance: its row version.</param>
/// <param name="Stimuli">What went in: enough to repeat the burst, as JSON.</param>
/// <param name="Entries">What happened, as JSON.</param>
/// <param name="StateHash">First eight bytes of the SHA-256 of the state after the burst: what a replay must come to.</param>
public sealed record NewJournal(long Sequence, ReadOnlyMemory<byte> Stimuli, ReadOnlyMemory<byte> Entries, long StateHash);

/// <summary>History of one burst.</summary>
/// <param name="Sequence">Number of the burst within the instance.</param>
/// <param name="At">The moment of its commit as the burst's clock told it, UTC.</param>
/// <param name="Stimuli">What went in, as JSON.</param>
/// <param name="Entries">What happened, as JSON.</param>
/// <param name="StateHash">What a replay must come to.</param>
public sealed record JournalRow(
    long Sequence,
    DateTimeOffset At,
    ReadOnlyMemory<byte> Stimuli,
    ReadOnlyMemory<byte> Entries,
    long StateHash
);

/// <summary>What happened in one burst.</summary>
/// <param name="Sequence">Number of the burst within the instance.</param>
/// <param name="At">The moment of its commit as the burst's clock told it, UTC.</param>
/// <param name="Entries">What happened, as JSON.</param>
public sealed record HappenedRow(long Sequence, DateTimeOffset At, ReadOnlyMemory<byte> Entries)
{
    /// <summary>True: it stands encrypted in the store.</summary>
    public bool IsSealed { get; init; }
}

/// <summary>What retention may remove. Instances that run are never touched.</summary>
/// <param name="FinishedBefore">Instances that ended before this moment are removed with all that belongs to them, UTC; null keeps them.</param>
/// <param name="JournalBefore">Whole journal partitions that ended before this moment are dropped, UTC; null keeps them.</param>
/// <param name="BuriedBefore">Work that was set aside before this moment is removed, UTC; null keeps it.</param>
public sealed record Retention(DateTimeOffset? FinishedBefore, DateTimeOffset? JournalBefore, DateTimeOffset? BuriedBefore)
{
    /// <summary>Snapshots of drafts that nothing ran on since this moment, and that no instance is left of, are removed, UTC; null keeps them.</summary>
    public DateTimeOffset? SnapshotsBefore { get; init; }
}
