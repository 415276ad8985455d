using System.Buffers;

namespace ServiceLoop.Identity.Audit;

/// <summary>Looks at entry after entry and finds the first link that does not hold.</summary>
/// <param name="head">End of the chain as it is stored; null when it is gone.</param>
/// <param name="kept">An end that was written down earlier; null for none.</param>
internal sealed class ChainCheck(ChainHead? head, ChainAnchor? kept)
{
    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    /// <summary>The last entry that is sound.</summary>
    public ChainHead Last { get; private set; } = ChainHead.Empty;

    /// <summary>How many are sound.</summary>
    public long Count { get; private set; }

    /// <summary>True when the entry that broke was linked to another than the one before it: its right follower may stand elsewhere.</summary>
    public bool MayBeReordered { get; private set; }

    /// <summary>Before the first entry.</summary>
    public ChainBreak? Begin() =>
        head is null ? Broken(1, ChainFault.HeadLost, null, "The table audit_head has no row: the end of the chain was removed.")
        : head.Hash.Length != EntryHash.Size || head.Number < 0
            ? Broken(head.Number, ChainFault.HeadLost, null, "The end of the chain in audit_head is no hash: it was changed.")
        : Kept(ChainHead.Empty);

    /// <summary>The next entry, by number.</summary>
    /// <returns>What is wrong; null when it is sound.</returns>
    public ChainBreak? Take(AuditEntry entry)
    {
        var expected = Last.Number + 1;

        if (entry.Number < expected)
            return Broken(entry.Number, ChainFault.Appended, null, $"There is a second entry with the number {entry.Number}.");

        if (entry.Number > head!.Number)
            return Last.Number < head.Number
                ? Gone(expected, head.Number)
                : Broken(
                    entry.Number,
                    ChainFault.Appended,
                    null,
                    $"Entry {entry.Number} stands behind the end of the chain, which is {head.Number}: it was put there by hand."
                );

        if (entry.Number > expected)
            return Missing(expected, entry.Number - 1);

        var fitsItself = entry.Hash.Span.SequenceEqual(EntryHash.Of(entry, entry.PreviousHash, buffer));
        var isLinked = entry.PreviousHash.Span.SequenceEqual(Last.Hash.Span);

        if (!fitsItself || !isLinked)
            return Fault(entry, fitsItself, isLinked);

        Last = new(entry.Number, entry.Hash);
        Count++;
        return Kept(Last);
    }

    /// <summary>After the last entry.</summary>
    public ChainBreak? End()
    {
        if (Last.Number < head!.Number)
            return Gone(Last.Number + 1, head.Number);

        if (!Last.Hash.Span.SequenceEqual(head.Hash.Span))
            return Broken(
                Last.Number,
                ChainFault.Rewritten,
                null,
                $"The chain ends with the hash {Hex(head.Hash)}, entry {Last.Number} has {Hex(Last.Hash)}: it was changed and its hash made anew, or audit_head was changed."
            );

        return kept is not null && kept.Number > Last.Number
            ? Broken(
                Last.Number + 1,
                ChainFault.NotAsKept,
                kept.Number,
                $"Entry {kept.Number} was kept, but the chain ends at {Last.Number}: everything from {Last.Number + 1} on was cut off, and audit_head was changed to fit."
            )
            : null;
    }

    private ChainBreak Fault(AuditEntry entry, bool fitsItself, bool isLinked)
    {
        if (isLinked)
            return Broken(
                entry.Number,
                ChainFault.Changed,
                null,
                $"Entry {entry.Number} does not fit its hash: one of its columns was changed."
            );

        if (fitsItself && entry.Number > 1)
        {
            MayBeReordered = true;
            return Broken(
                entry.Number - 1,
                ChainFault.Rewritten,
                entry.Number,
                $"Entry {entry.Number - 1} has the hash {Hex(Last.Hash)}, but entry {entry.Number} was linked to {Hex(entry.PreviousHash)}: entry {entry.Number - 1} was changed and its hash made anew."
            );
        }

        if (entry.Hash.Span.SequenceEqual(EntryHash.Of(entry, Last.Hash, buffer)))
            return Broken(
                entry.Number,
                ChainFault.Changed,
                null,
                $"Entry {entry.Number} does not fit its hash: its column prev_hash was changed."
            );

        MayBeReordered = true;
        return Broken(
            entry.Number,
            ChainFault.Changed,
            null,
            $"Entry {entry.Number} neither fits its hash nor is it linked to entry {Last.Number}: it was changed or replaced."
        );
    }

    private ChainBreak? Kept(ChainHead here) =>
        kept is not null && kept.Number == here.Number && kept.Hash != Hex(here.Hash)
            ? Broken(
                here.Number,
                ChainFault.NotAsKept,
                null,
                $"Entry {here.Number} has the hash {Hex(here.Hash)}, kept was {kept.Hash}: the chain was made anew from an earlier entry on."
            )
            : null;

    private static ChainBreak Missing(long first, long last) =>
        Broken(
            first,
            ChainFault.Missing,
            last > first ? last : null,
            last > first ? $"Entries {first} to {last} are gone." : $"Entry {first} is gone."
        );

    private static ChainBreak Gone(long first, long last) =>
        Broken(
            first,
            ChainFault.Truncated,
            last > first ? last : null,
            last > first ? $"The last entries, {first} to {last}, are gone." : $"The last entry, {first}, is gone."
        );

    private static ChainBreak Broken(long number, ChainFault fault, long? other, string detail) => new(number, fault, other, detail);

    private static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexString(hash.Span);
}
