using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Access;

/// <summary>How a deed ended.</summary>
public enum DeedEnd
{
    /// <summary>It is about to be done; another entry tells how it ended. Without one the product died meanwhile.</summary>
    Begun,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was not allowed.</summary>
    Denied,

    /// <summary>It was refused or failed; nothing is known to have changed.</summary>
    Failed,
}

/// <summary>What the audit log is told.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Deed">What.</param>
/// <param name="End">How it ended.</param>
/// <param name="Begun">Number of the entry that told of its beginning; 0 for none.</param>
/// <param name="After">What is after it.</param>
/// <param name="Reason">Why it was denied or failed; null otherwise.</param>
public sealed record AuditNote(
    Actor Actor,
    Deed Deed,
    DeedEnd End,
    long Begun,
    ImmutableSortedDictionary<string, string?> After,
    string? Reason
);

/// <summary>Where deeds are written down. Safe for all threads.</summary>
public interface IAuditTrail
{
    /// <summary>Writes a note; it is durable when this returns.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="Store.StoreUnavailableException">It could not be written.</exception>
    ValueTask<long> WriteAsync(AuditNote note, CancellationToken ct);

    /// <summary>Hands a note over; it is durable soon, or when the process ends orderly.</summary>
    void Post(AuditNote note);
}
