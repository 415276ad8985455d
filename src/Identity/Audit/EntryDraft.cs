using System.Buffers;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>Where a chain ends.</summary>
/// <param name="Number">Number of the last entry; 0 for an empty chain.</param>
/// <param name="Hash">Its hash; zeros for an empty chain.</param>
public sealed record ChainHead(long Number, ReadOnlyMemory<byte> Hash)
{
    /// <summary>Of a chain without entries.</summary>
    public static readonly ChainHead Empty = new(0, new byte[EntryHash.Size]);
}

/// <summary>Makes entries from notes, and links them.</summary>
internal static class EntryDraft
{
    /// <summary>An entry without number and hashes.</summary>
    public static AuditEntry Of(AuditNote note, DateTimeOffset now) =>
        new()
        {
            Number = 0,
            AtMicroseconds = Microseconds.Of(now),
            ActorKind = note.Actor.Kind,
            ActorId = FactText.Clean(note.Actor.Id, FactText.LongestName)!,
            Actor = FactText.Clean(note.Actor.Name, FactText.LongestName)!,
            OnBehalfOf = FactText.Clean(note.Actor.OnBehalfOf, FactText.LongestName),
            Address = FactText.Clean(note.Actor.Address, FactText.LongestName),
            SessionId = FactText.Clean(note.Actor.SessionId, FactText.LongestName),
            Action = FactText.Clean(note.Deed.Action, FactText.LongestName)!,
            Subject = FactText.Clean(note.Deed.Subject, FactText.LongestName)!,
            Permission = FactText.Clean(note.Deed.Permission, FactText.LongestName)!,
            End = note.End,
            Begun = note.Begun,
            Before = FactText.Write(note.Deed.Before),
            Wanted = FactText.Write(note.Deed.Wanted),
            After = FactText.Write(note.After),
            Reason = FactText.Clean(note.Reason, FactText.LongestText),
        };

    /// <summary>Gives drafts their places behind the end of a chain.</summary>
    /// <param name="drafts">In the order in which they shall stand.</param>
    /// <param name="head">End of the chain.</param>
    /// <param name="firstNumber">Number of the first; the one after the end, unless a stranger has taken that.</param>
    public static AuditEntry[] Link(IReadOnlyList<AuditEntry> drafts, ChainHead head, long firstNumber)
    {
        var linked = new AuditEntry[drafts.Count];
        var buffer = new ArrayBufferWriter<byte>(1024);
        var previous = head.Hash;

        for (var i = 0; i < linked.Length; i++)
        {
            var entry = drafts[i] with { Number = firstNumber + i, PreviousHash = previous };
            previous = EntryHash.Of(entry, previous, buffer);
            linked[i] = entry with { Hash = previous };
        }

        return linked;
    }
}
