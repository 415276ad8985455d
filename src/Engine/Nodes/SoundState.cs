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
            Add(new FlowToken(saved[i], saved[i + 1], saved.Slice(i + 3, count)));
            i += 3 + count;
        }
    }

    public SoundGraph Graph { get; } = graph;

    private readonly List<FlowToken> tokens = [];
    private readonly List<int> joins = [];

    // Tokens by edge and by join, so that a join of very many edges is asked without counting.
    private int[]? byEdge;
    private int[]? byJoin;

    /// <summary>All tokens, oldest first.</summary>
    public IReadOnlyList<FlowToken> Tokens => tokens;

    /// <summary>Joins that hold tokens, in the order of the chart.</summary>
    public IReadOnlyList<int> Joins => joins;

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

    public void AddToken(int edge, ImmutableArray<int> late) => Add(new FlowToken(edge, ++clock, late));

    public bool HasToken(int edge) => byEdge is not null && byEdge[edge] > 0;

    /// <summary>Takes the oldest token of each edge; gives the late marks that all of them carry.</summary>
    public ImmutableArray<int> TakeOneFromEach(int[] edges)
    {
        ImmutableArray<int> meet = default;

        foreach (var edge in edges)
        {
            if (!HasToken(edge))
                continue;

            var i = tokens.FindIndex(t => t.Edge == edge);
            var late = tokens[i].Late;
            meet = meet.IsDefault ? late : [.. meet.Where(j => late.Contains(j))];
            RemoveAt(i);
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

    /// <summary>Everything that may still send a token somewhere: living steps and other joins that hold tokens.</summary>
    public IEnumerable<int> Others(int join)
    {
        for (var live = first; live is not null; live = live.Next)
            if (live.Step != join)
                yield return live.Step;

        foreach (var other in joins)
            if (other != join)
                yield return other;
    }

    public void DropLate(int join) => RemoveWhere(join, static (token, join) => token.Late.Contains(join));

    /// <summary>After a race: tokens on the join's edges go, everything that can still reach it is marked.</summary>
    public void MarkLate(int join)
    {
        for (var live = first; live is not null; live = live.Next)
            if (live.Step != join && Graph.CanReach(live.Step, join))
                live.Late = With(live.Late, join);

        RemoveWhere(join, static (_, _) => true);

        for (var i = 0; i < tokens.Count; i++)
            if (Graph.CanReach(Graph.TargetOf(tokens[i].Edge), join))
                tokens[i] = tokens[i] with { Late = With(tokens[i].Late, join) };
    }

    private void Add(FlowToken token)
    {
        FlowLimits.Check(tokens.Count);
        tokens.Add(token);
        byEdge ??= new int[Graph.EdgeCount];
        byJoin ??= new int[Graph.StepCount];
        byEdge[token.Edge]++;
        var join = Graph.TargetOf(token.Edge);

        if (byJoin[join]++ == 0)
            joins.Insert(~joins.BinarySearch(join), join);
    }

    private void RemoveAt(int index)
    {
        var edge = tokens[index].Edge;
        var join = Graph.TargetOf(edge);
        tokens.RemoveAt(index);
        byEdge![edge]--;

        if (--byJoin![join] == 0)
            joins.RemoveAt(joins.BinarySearch(join));
    }

    private void RemoveWhere(int join, Func<FlowToken, int, bool> matches)
    {
        if (byJoin is null || byJoin[join] == 0)
            return;

        for (var i = tokens.Count - 1; i >= 0; i--)
            if (Graph.TargetOf(tokens[i].Edge) == join && matches(tokens[i], join))
                RemoveAt(i);
    }

    private static ImmutableArray<int> With(ImmutableArray<int> set, int join)
    {
        var i = set.BinarySearch(join);
        return i >= 0 ? set : set.Insert(~i, join);
    }
}
