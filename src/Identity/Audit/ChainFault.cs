using System.Globalization;
using System.Security.Cryptography;

namespace ServiceLoop.Identity.Audit;

/// <summary>What is wrong with a link of the chain.</summary>
public enum ChainFault
{
    /// <summary>What stands in the entry does not fit its hash.</summary>
    Changed,

    /// <summary>The entry fits its own hash, but the next one, or the end of the chain, was linked to another hash: it was changed and its hash made anew.</summary>
    Rewritten,

    /// <summary>Entries are gone.</summary>
    Missing,

    /// <summary>Another entry stands in its place; it was moved.</summary>
    Reordered,

    /// <summary>An entry stands behind the end of the chain: it was put there by hand.</summary>
    Appended,

    /// <summary>The last entries are gone.</summary>
    Truncated,

    /// <summary>The end of the chain is gone or is not a hash.</summary>
    HeadLost,

    /// <summary>The chain is sound in itself, but it is not the one that was kept: it ends before, or has another hash at that place.</summary>
    NotAsKept,
}

/// <summary>The first broken link.</summary>
/// <param name="Number">Number of the entry that is not as it should be.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Other">Number of another entry that belongs to it: the last one that is gone, or where the moved one stands; null for none.</param>
/// <param name="Detail">A sentence in English.</param>
public sealed record ChainBreak(long Number, ChainFault Fault, long? Other, string Detail);

/// <summary>The end of a chain as somebody wrote it down, to find out later whether what was there then is still there.</summary>
/// <param name="Number">Number of an entry; 0 for the chain without entries.</param>
/// <param name="Hash">Its hash, in upper-case hex.</param>
public sealed record ChainAnchor(long Number, string Hash)
{
    /// <summary>Makes it from an end.</summary>
    public static ChainAnchor Of(ChainHead head) => new(head.Number, Convert.ToHexString(head.Hash.Span));

    /// <summary>As it is written down: <c>N:HASH</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}:{Hash}");

    /// <summary>Reads <c>N:HASH</c>.</summary>
    /// <exception cref="FormatException">It is something else; the message says what is expected.</exception>
    public static ChainAnchor Parse(string text)
    {
        var parts = text.Trim().Split(':');

        if (
            parts is [var number, { Length: SHA256.HashSizeInBytes * 2 } hash]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && hash.All(char.IsAsciiHexDigit)
        )
            return new(n, hash.ToUpperInvariant());

        throw new FormatException(
            $"'{text}' is no place in the audit log. Write the number of an entry and its hash as 12:AB… (64 hex digits), as verify-audit prints them."
        );
    }
}

/// <summary>What a check has found.</summary>
/// <param name="Count">Entries that are sound, from the first on.</param>
/// <param name="Last">The last of them: to be kept, and to be given to a later check.</param>
/// <param name="Break">The first broken link; null when there is none.</param>
public sealed record ChainVerdict(long Count, ChainAnchor Last, ChainBreak? Break)
{
    /// <summary>True when the chain is whole.</summary>
    public bool IsSound => Break is null;
}

/// <summary>How far a check is.</summary>
/// <param name="Done">Entries looked at.</param>
/// <param name="Total">Entries in all.</param>
public sealed record ChainProgress(long Done, long Total);
