using System.Collections.Immutable;

namespace ServiceLoop.Engine.Nodes;

/// <summary>A token that lies on a connection into a join.</summary>
/// <param name="Edge">The connection.</param>
/// <param name="At">Order of arrival in this chart.</param>
/// <param name="Late">Joins for which it comes too late, ascending.</param>
internal readonly record struct FlowToken(int Edge, int At, ImmutableArray<int> Late);

/// <summary>Tokens and living steps of one chart in sound mode.</summary>
internal sealed class SoundState(SoundGraph graph) : FlowState
{
    private LiveStep? first;
    private LiveStep? last;
    private int clock;

    public SoundState(SoundGraph graph, ImmutableArray<int> saved)
        : this(graph)
    {
        if (saved.IsDefaultOrEmpty)
            return;

        clock = saved[0];

        for (var i = 1; i < saved.Length; )
        {
            var count = saved[i + 2];
            Tokens.Add(new FlowToken(saved[i], saved[i + 1], saved.Slice(i + 3, count)));
            i += 3 + count;
        }
    }

    public SoundGraph Graph { get; } = graph;

    public List<FlowToken> Tokens { get; } = [];

    /// <summary>True while a race cancels its losers.</summary>
    public bool IsFiring { get; set; }

    public bool HasLive => first is not null;

    public override ImmutableArray<int> Freeze()
    {
        if (clock == 0)
            return [];

        var saved = ImmutableArray.CreateBuilder<int>();
        saved.Add(clock);

        foreach (var token in Tokens)
        {
            saved.Add(token.Edge);
            saved.Add(token.At);
            saved.Add(token.Late.Length);
            saved.AddRange(token.Late);
        }

        return saved.DrainToImmutable();
    }

    public override string Describe(FlowPlan plan) =>
        Tokens.Count == 0
            ? "no step is alive"
            : string.Join(
                ", ",
                Tokens.Select(t => $"'{plan.Steps[plan.Target[t.Edge]].Id}' holds a token from '{plan.Steps[plan.Source[t.Edge]].Id}'")
            );

    public void Add(LiveStep live)
    {
        live.IsListed = true;
        live.Previous = last;

        if (last is null)
            first = live;
        else
            last.Next = live;

        last = live;
    }

    public void Remove(LiveStep live)
    {
        if (!live.IsListed)
            return;

        live.IsListed = false;

        if (live.Previous is null)
            first = live.Next;
        else
            live.Previous.Next = live.Next;

        if (live.Next is null)
            last = live.Previous;
        else
            live.Next.Previous = live.Previous;

        live.Next = live.Previous = null;
    }

    public void AddToken(int edge, ImmutableArray<int> late) => Tokens.Add(new FlowToken(edge, ++clock, late));

    public bool HasToken(int edge)
    {
        foreach (var token in Tokens)
            if (token.Edge == edge)
                return true;

        return false;
    }

    /// <summary>Takes the oldest token of each edge; gives the late marks that all of them carry.</summary>
    public ImmutableArray<int> TakeOneFromEach(int[] edges)
    {
        ImmutableArray<int> meet = default;

        foreach (var edge in edges)
        {
            var i = Tokens.FindIndex(t => t.Edge == edge);

            if (i < 0)
                continue;

            var late = Tokens[i].Late;
            meet = meet.IsDefault ? late : [.. meet.Where(j => late.Contains(j))];
            Tokens.RemoveAt(i);
        }

        return meet.IsDefault ? [] : meet;
    }

    /// <summary>Among the edges whose bit is set, the one whose first token came first.</summary>
    public int OldestEdge(int[] edges, ulong[] bits)
    {
        foreach (var token in Tokens)
        {
            var i = Array.IndexOf(edges, token.Edge);

            if (i >= 0 && (bits[i / 64] & (1ul << (i % 64))) != 0)
                return token.Edge;
        }

        throw new InvalidOperationException("No token lies on the edges.");
    }

    public List<int> JoinsWithTokens(FlowPlan plan)
    {
        var joins = new List<int>();

        foreach (var token in Tokens)
        {
            var join = plan.Target[token.Edge];
            var i = joins.BinarySearch(join);

            if (i < 0)
                joins.Insert(~i, join);
        }

        return joins;
    }

    /// <summary>Everything that may still send a token somewhere: living steps and other joins that hold tokens.</summary>
    public IEnumerable<int> Others(int join)
    {
        for (var live = first; live is not null; live = live.Next)
            if (live.Step != join)
                yield return live.Step;

        foreach (var token in Tokens)
            if (TargetOf(token.Edge) is var target && target != join)
                yield return target;
    }

    public void DropLate(int join, FlowPlan plan) => Tokens.RemoveAll(t => plan.Target[t.Edge] == join && t.Late.Contains(join));

    /// <summary>After a race: tokens on the join's edges go, everything that can still reach it is marked.</summary>
    public void MarkLate(int join, FlowPlan plan)
    {
        for (var live = first; live is not null; live = live.Next)
            if (live.Step != join && Graph.CanReach(live.Step, join))
                live.Late = With(live.Late, join);

        Tokens.RemoveAll(t => plan.Target[t.Edge] == join);

        for (var i = 0; i < Tokens.Count; i++)
            if (Graph.CanReach(plan.Target[Tokens[i].Edge], join))
                Tokens[i] = Tokens[i] with { Late = With(Tokens[i].Late, join) };
    }

    private int TargetOf(int edge) => Graph.TargetOf(edge);

    private static ImmutableArray<int> With(ImmutableArray<int> set, int join)
    {
        var i = set.BinarySearch(join);
        return i >= 0 ? set : set.Insert(~i, join);
    }
}
