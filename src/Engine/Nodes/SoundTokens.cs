using System.Collections.Immutable;

namespace ServiceLoop.Engine.Nodes;

/// <summary>A token that lies on a connection into a join.</summary>
/// <param name="Edge">The connection.</param>
/// <param name="At">Order of arrival in this chart.</param>
/// <param name="Late">Joins for which it comes too late, ascending.</param>
internal readonly record struct FlowToken(int Edge, int At, ImmutableArray<int> Late);

/// <summary>The tokens of one chart: all of them oldest first, and those of one connection oldest first. To add and to remove costs the same however many there are.</summary>
/// <remarks>A token is named by a number above 0, which is valid until it is removed.</remarks>
internal sealed class SoundTokens(int edges)
{
    private readonly int[] firstOn = new int[edges];
    private readonly int[] lastOn = new int[edges];
    private Entry[] entries = new Entry[8];
    private int used;
    private int spare;
    private int last;

    public int Count { get; private set; }

    /// <summary>The oldest; 0 for none.</summary>
    public int First { get; private set; }

    public int Next(int token) => entries[token].Next;

    /// <summary>The oldest on a connection; 0 for none.</summary>
    public int FirstOn(int edge) => firstOn[edge];

    public ref FlowToken this[int token] => ref entries[token].Token;

    public void Add(FlowToken token)
    {
        var i = spare;

        if (i > 0)
            spare = entries[i].Next;
        else if ((i = ++used) == entries.Length)
            Array.Resize(ref entries, 2 * entries.Length);

        var before = lastOn[token.Edge];
        entries[i] = new Entry
        {
            Token = token,
            Previous = last,
            PreviousOn = before,
        };

        if (last == 0)
            First = i;
        else
            entries[last].Next = i;

        if (before == 0)
            firstOn[token.Edge] = i;
        else
            entries[before].NextOn = i;

        last = lastOn[token.Edge] = i;
        Count++;
    }

    public void Remove(int token)
    {
        var entry = entries[token];
        var edge = entry.Token.Edge;

        if (entry.Previous == 0)
            First = entry.Next;
        else
            entries[entry.Previous].Next = entry.Next;

        if (entry.Next == 0)
            last = entry.Previous;
        else
            entries[entry.Next].Previous = entry.Previous;

        if (entry.PreviousOn == 0)
            firstOn[edge] = entry.NextOn;
        else
            entries[entry.PreviousOn].NextOn = entry.NextOn;

        if (entry.NextOn == 0)
            lastOn[edge] = entry.PreviousOn;
        else
            entries[entry.NextOn].PreviousOn = entry.PreviousOn;

        entries[token] = new Entry { Next = spare };
        spare = token;
        Count--;
    }

    private struct Entry
    {
        public FlowToken Token;
        public int Next;
        public int Previous;
        public int NextOn;
        public int PreviousOn;
    }
}

/// <summary>What one join of a chart holds, counted as tokens come and go.</summary>
internal sealed class WaitingJoin(int join, int edges)
{
    public int Join { get; } = join;

    /// <summary>Bits of its forward edges that hold a token.</summary>
    public ulong[] Filled { get; } = new ulong[(edges + 63) / 64];

    public int FilledCount { get; set; }

    public int Tokens { get; set; }

    /// <summary>Tokens on its back edges.</summary>
    public int BackTokens { get; set; }

    /// <summary>Tokens that came too late for it.</summary>
    public int LateTokens { get; set; }

    /// <summary>A step for which it waits; -1 when none is known. To look at one is enough as long as that one is there.</summary>
    public int Blocker { get; set; } = -1;

    /// <summary>True when the blocker was found for the edges that are filled now.</summary>
    public bool IsBlockerSure { get; set; }

    /// <summary>By inbound edge: a step that can reach it, less one; 0 when none is known.</summary>
    public int[]? Sources { get; set; }
}

/// <summary>The different steps of a chart that may still send a token somewhere, however often each of them lives.</summary>
internal sealed class PresentSteps(int steps)
{
    private readonly int[] count = new int[steps];
    private readonly int[] place = new int[steps];
    private readonly List<int> list = [];

    /// <summary>In no order that means anything.</summary>
    public List<int> All => list;

    public bool Contains(int step) => count[step] > 0;

    public void Add(int step)
    {
        if (count[step]++ > 0)
            return;

        place[step] = list.Count;
        list.Add(step);
    }

    public void Remove(int step)
    {
        if (--count[step] > 0)
            return;

        var last = list[^1];
        list[place[step]] = last;
        place[last] = place[step];
        list.RemoveAt(list.Count - 1);
    }
}
