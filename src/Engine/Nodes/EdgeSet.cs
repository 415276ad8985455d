using System.Numerics;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Some of the inbound edges of a join, by their place among them. Immutable.</summary>
/// <remarks>Kept as ranges when these are fewer than the words of a bit set: most sets of a large join are one range.</remarks>
internal sealed class EdgeSet
{
    public static readonly EdgeSet Empty = new([], null);

    /// <summary>Pairs: first place, first place after.</summary>
    private readonly int[] ranges;
    private readonly ulong[]? bits;

    private EdgeSet(int[] ranges, ulong[]? bits) => (this.ranges, this.bits) = (ranges, bits);

    public bool IsEmpty => bits is null && ranges.Length == 0;

    /// <summary>Bytes that it takes, about.</summary>
    public int Weight => 40 + (4 * ranges.Length) + (8 * (bits?.Length ?? 0));

    public static EdgeSet Of(ReadOnlySpan<ulong> words)
    {
        var starts = CountRanges(words);

        if (starts == 0)
            return Empty;

        if (starts > words.Length)
            return new([], words.ToArray());

        var pairs = new int[2 * starts];
        var at = 0;
        var before = 0ul;

        for (var w = 0; w < words.Length; w++)
        {
            // A bit is set where a range begins or has just ended.
            for (var turns = words[w] ^ ((words[w] << 1) | before); turns != 0; turns &= turns - 1)
                pairs[at++] = (w * 64) + BitOperations.TrailingZeroCount(turns);

            before = words[w] >> 63;
        }

        if (at < pairs.Length)
            pairs[at] = words.Length * 64;

        return new(pairs, null);
    }

    /// <summary>A set of few places, ascending.</summary>
    public static EdgeSet Of(ReadOnlySpan<int> places)
    {
        if (places.IsEmpty)
            return Empty;

        var pairs = new List<int>(2);

        foreach (var place in places)
            if (pairs.Count > 0 && pairs[^1] == place)
                pairs[^1] = place + 1;
            else
                pairs.AddRange([place, place + 1]);

        return new([.. pairs], null);
    }

    public bool Meets(ulong[] other)
    {
        if (bits is not null)
        {
            for (var w = 0; w < bits.Length; w++)
                if ((bits[w] & other[w]) != 0)
                    return true;

            return false;
        }

        for (var r = 0; r < ranges.Length; r += 2)
        for (var w = ranges[r] / 64; w * 64 < ranges[r + 1]; w++)
            if ((other[w] & Mask(w, ranges[r], ranges[r + 1])) != 0)
                return true;

        return false;
    }

    public void AddTo(Span<ulong> words)
    {
        if (bits is not null)
        {
            for (var w = 0; w < bits.Length; w++)
                words[w] |= bits[w];

            return;
        }

        for (var r = 0; r < ranges.Length; r += 2)
        for (var w = ranges[r] / 64; w * 64 < ranges[r + 1]; w++)
            words[w] |= Mask(w, ranges[r], ranges[r + 1]);
    }

    private static int CountRanges(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        var before = 0ul;

        foreach (var word in words)
        {
            count += BitOperations.PopCount(word & ~((word << 1) | before));
            before = word >> 63;
        }

        return count;
    }

    /// <summary>The part of a range that lies in one word.</summary>
    private static ulong Mask(int word, int from, int to)
    {
        var mask = ulong.MaxValue;

        if (from > word * 64)
            mask &= ulong.MaxValue << (from - (word * 64));

        if (to < (word + 1) * 64)
            mask &= ulong.MaxValue >> (((word + 1) * 64) - to);

        return mask;
    }
}
