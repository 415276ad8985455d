using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>One entry of the audit log, as it stands in the database.</summary>
public sealed record AuditEntry
{
    /// <summary>Place in the chain, from 1 on, without gaps.</summary>
    public required long Number { get; init; }

    /// <summary>When, by the clock of the node that wrote it; UTC, microseconds since 1970.</summary>
    public required long AtMicroseconds { get; init; }

    /// <summary>When; the earliest or latest moment that there is when somebody wrote nonsense into the database.</summary>
    public DateTimeOffset At => Microseconds.ToMoment(AtMicroseconds);

    /// <summary>What kind of identity acted.</summary>
    public required ActorKind ActorKind { get; init; }

    /// <summary>Id of the user or key; empty for the other kinds.</summary>
    public required string ActorId { get; init; }

    /// <summary>Who, as people call it.</summary>
    public required string Actor { get; init; }

    /// <summary>On behalf of whom; null for oneself.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>From where: an IP address; null within the product.</summary>
    public string? Address { get; init; }

    /// <summary>Id of the session; null without one.</summary>
    public string? SessionId { get; init; }

    /// <summary>What was done: <c>definition.publish</c>.</summary>
    public required string Action { get; init; }

    /// <summary>To what: an id.</summary>
    public required string Subject { get; init; }

    /// <summary>What was needed for it.</summary>
    public required string Permission { get; init; }

    /// <summary>How it ended.</summary>
    public required DeedEnd End { get; init; }

    /// <summary>Number of the entry that told of its beginning; 0 for none.</summary>
    public long Begun { get; init; }

    /// <summary>What was before: a JSON object of texts; null for nothing.</summary>
    public string? Before { get; init; }

    /// <summary>What was wanted: a JSON object of texts; null for nothing.</summary>
    public string? Wanted { get; init; }

    /// <summary>What is after it: a JSON object of texts; null for nothing.</summary>
    public string? After { get; init; }

    /// <summary>Why it was denied or failed; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>Hash of the entry before; 32 zeros for the first.</summary>
    public ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>SHA-256 of all of the above; see <see cref="EntryHash"/>.</summary>
    public ReadOnlyMemory<byte> Hash { get; init; }
}

/// <summary>Moments as the database keeps them: whole microseconds.</summary>
internal static class Microseconds
{
    private static readonly long Least = Of(DateTimeOffset.MinValue);
    private static readonly long Most = Of(DateTimeOffset.MaxValue);

    /// <summary>Microseconds since 1970.</summary>
    public static long Of(DateTimeOffset moment) => (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The moment, or the nearest that can be written.</summary>
    public static DateTimeOffset ToMoment(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, Least, Most) * TimeSpan.TicksPerMicrosecond);
}
