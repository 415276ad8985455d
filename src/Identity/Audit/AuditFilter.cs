using System.Collections.Immutable;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>Which entries. What is null does not limit.</summary>
public sealed record AuditFilter
{
    /// <summary>All of them.</summary>
    public static readonly AuditFilter All = new();

    /// <summary>Who, by name; upper and lower case are the same.</summary>
    public string? Actor { get; init; }

    /// <summary>What was done.</summary>
    public string? Action { get; init; }

    /// <summary>To what: the whole id.</summary>
    public string? Subject { get; init; }

    /// <summary>How it ended.</summary>
    public DeedEnd? End { get; init; }

    /// <summary>At this moment or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this moment.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Part of the subject, of who acted, of an address, of a fact or of a reason.</summary>
    /// <remarks>Entries are looked through from the newest on; a time range or another part of the filter makes that short.</remarks>
    public string? Text { get; init; }

    /// <summary>What limits, for the entry that tells of an export.</summary>
    internal ImmutableSortedDictionary<string, string?> ToFacts() =>
        Facts.Of(
            ("actor", Actor),
            ("action", Action),
            ("subject", Subject),
            ("end", End?.ToString()),
            ("from", From?.UtcDateTime.ToString("O")),
            ("until", Until?.UtcDateTime.ToString("O")),
            ("text", Text)
        );
}

/// <summary>A page of entries, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">Number before which the next page begins; null when there is none.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, long? Next);
