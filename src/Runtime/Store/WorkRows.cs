namespace ServiceLoop.Runtime.Store;

/// <summary>What a piece of work is.</summary>
public enum WorkKind
{
    /// <summary>A timer of an instance: resume its bookmark.</summary>
    Timer,

    /// <summary>Resume a bookmark with an input.</summary>
    Resume,

    /// <summary>Start an instance.</summary>
    Start,

    /// <summary>Deliver an event to all who wait for it.</summary>
    Publish,

    /// <summary>Run a host activity in the background.</summary>
    Invoke,

    /// <summary>A timer of a trigger: start an instance and set the next.</summary>
    TriggerTimer,

    /// <summary>Tell a parent that its child has ended.</summary>
    ChildEnded,

    /// <summary>Carry out what a domain package asked for.</summary>
    Message,

    /// <summary>Go on with a burst that committed halfway, should its node have died since. Removed by the burst's next commit.</summary>
    Recover,
}

/// <summary>Something to be done, now or at a time, at least once; the key makes it once where it can be.</summary>
public sealed record NewWork
{
    /// <summary>Unique: the same when a burst is repeated.</summary>
    public required string Key { get; init; }

    /// <summary>What it is.</summary>
    public required WorkKind Kind { get; init; }

    /// <summary>Instance that it is for; null when none exists yet. For a timer of a trigger: the line of versions, by which its timers are replaced.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Bookmark or execution that it is for; of a start on a snapshot of a draft, the number of that, which keeps the snapshot.</summary>
    public long Target { get; init; }

    /// <summary>What comes with it, as JSON.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>When it is due, UTC.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>True: what comes with it may be secret, and is to stand encrypted, where the host encrypts at all.</summary>
    public bool IsSealed { get; init; }
}

/// <summary>A piece of work as it is stored.</summary>
/// <param name="Id">Number.</param>
/// <param name="Key">Unique.</param>
/// <param name="Kind">What it is.</param>
/// <param name="InstanceId">Instance that it is for; null when none exists yet. For a timer of a trigger: the line of versions.</param>
/// <param name="Target">Bookmark or execution that it is for; of a start on a snapshot of a draft, the number of that.</param>
/// <param name="Payload">What comes with it, as JSON.</param>
/// <param name="DueAt">When it is or was due, UTC.</param>
/// <param name="Attempts">How often it has failed.</param>
/// <param name="Error">Why it failed last; null when it never did.</param>
/// <param name="BuriedAt">When it was set aside, UTC; null while it is alive.</param>
public sealed record WorkRow(
    long Id,
    string Key,
    WorkKind Kind,
    string? InstanceId,
    long Target,
    ReadOnlyMemory<byte> Payload,
    DateTimeOffset DueAt,
    int Attempts,
    string? Error = null,
    DateTimeOffset? BuriedAt = null
)
{
    /// <summary>True: it stands encrypted. What it causes is to be so, too, and its errors must not quote what came with it.</summary>
    public bool IsSealed { get; init; }
}

/// <summary>How much work there is.</summary>
/// <param name="Due">Alive and due.</param>
/// <param name="Waiting">Alive and not yet due: timers.</param>
/// <param name="Failing">Alive and failed at least once.</param>
/// <param name="Buried">Set aside.</param>
/// <param name="OldestDueAt">Since when the oldest has been due, UTC; null when none is.</param>
public sealed record WorkDepths(long Due, long Waiting, long Failing, long Buried, DateTimeOffset? OldestDueAt);
