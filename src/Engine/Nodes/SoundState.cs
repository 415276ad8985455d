using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Tokens and living steps of one chart in sound mode.</summary>
internal sealed class SoundState(SoundGraph graph) : FlowState
{
    private readonly List<int> joins = [];
    private LiveStep? first;
    private LiveStep? last;
    private int clock;

    // Made with the first token: a chart without joins needs none of them.
    private SoundTokens? tokens;
    private PresentSteps? present;
    private WaitingJoin?[]? waiting;

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

    /// <summary>Joins that hold tokens, in the order of the chart.</summary>
    public IReadOnlyList<int> Joins => joins;

    /// <summary>True while a race cancels its losers.</summary>
    public bool IsFiring { get; set; }

    public bool HasLive => first is not null;

    public bool HasTokens => tokens is { Count: > 0 };

    /// <summary>The connection of the token that came first.</summary>
    public int OldestEdge => tokens![tokens.First].Edge;

    public override ImmutableArray<int> Freeze()
    {
        if (clock == 0)
            return [];

        var saved = ImmutableArray.CreateBuilder<int>();
        saved.Add(clock);

        foreach (var token in All())
        {
            saved.Add(token.Edge);
            saved.Add(token.At);
            saved.Add(token.Late.Length);
            saved.AddRange(token.Late);
        }

        return saved.DrainToImmutable();
    }

    public override string Describe(FlowPlan plan) =>
        HasTokens
            ? string.Join(
                ", ",
                All().Select(t => $"'{plan.Steps[plan.Target[t.Edge]].Id}' holds a token from '{plan.Steps[plan.Source[t.Edge]].Id}'")
            )
            : base.Describe(plan);

    public void Add(LiveStep live)
    {
        live.IsListed = true;
        live.Previous = last;

        if (last is null)
            first = live;
        else
            last.Next = live;

        last = live;
        present?.Add(live.Step);
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
        present?.Remove(live.Step);
    }

    public void AddToken(int edge, ImmutableArray<int> late)
    {
        FlowLimits.Check(tokens?.Count ?? 0);
        Add(new FlowToken(edge, ++clock, late));
    }

    public bool HasToken(int edge) => tokens is not null && tokens.FirstOn(edge) > 0;

    /// <summary>What a join holds; null when it holds nothing.</summary>
    public WaitingJoin? Find(int join) => waiting?[join] is { Tokens: > 0 } found ? found : null;

    /// <summary>Takes the oldest token of one edge; gives its late marks.</summary>
    public ImmutableArray<int> TakeFrom(int edge)
    {
        var token = tokens!.FirstOn(edge);
        var late = tokens[token].Late;
        Remove(token);
        return late;
    }

    /// <summary>Takes the oldest token of each filled forward edge; gives the late marks that all of them carry.</summary>
    public ImmutableArray<int> TakeFromEach(WaitingJoin join)
    {
        ImmutableArray<int> meet = default;
        var inbound = Graph.EdgesInto(join.Join);

        for (var w = 0; w < join.Filled.Length; w++)
        for (var bits = join.Filled[w]; bits != 0; bits &= bits - 1)
        {
            var late = TakeFrom(inbound[(w * 64) + BitOperations.TrailingZeroCount(bits)]);
            meet =
                meet.IsDefault ? late
                : meet.IsEmpty ? meet
                : [.. meet.Where(j => late.Contains(j))];
        }

        return meet.IsDefault ? [] : meet;
    }

    /// <summary>Among the filled forward edges of a join, the one whose first token came first.</summary>
    public int OldestEdgeInto(WaitingJoin join)
    {
        var oldest = -1;

        foreach (var edge in Graph.EdgesInto(join.Join))
            if (!Graph.IsBack[edge] && HasToken(edge) && (oldest < 0 || ArrivalOn(edge) < ArrivalOn(oldest)))
                oldest = edge;

        return oldest;
    }

    /// <summary>Steps that may still send a token somewhere: those that live, and joins that hold tokens. Only once there was a token.</summary>
    public List<int> Present => present!.All;

    public bool IsPresent(int step) => present!.Contains(step);

    /// <summary>Drops the tokens that came too late for a join.</summary>
    public void DropLate(int join)
    {
        if (waiting?[join] is { LateTokens: > 0 })
            RemoveFrom(join, isLateOnly: true);
    }

    /// <summary>After a race: tokens on the join's edges go, everything that can still reach it is marked.</summary>
    public void MarkLate(int join)
    {
        for (var live = first; live is not null; live = live.Next)
            if (live.Step != join && Graph.CanReach(live.Step, join))
                live.Late = With(live.Late, join);

        RemoveFrom(join, isLateOnly: false);

        for (var i = tokens!.First; i > 0; i = tokens.Next(i))
            if (Graph.CanReach(Graph.TargetOf(tokens[i].Edge), join))
                tokens[i] = tokens[i] with { Late = With(tokens[i].Late, join) };
    }

    private int ArrivalOn(int edge) => tokens![tokens.FirstOn(edge)].At;

    private IEnumerable<FlowToken> All()
    {
        for (var i = tokens?.First ?? 0; i > 0; i = tokens!.Next(i))
            yield return tokens![i];
    }

    private void Add(FlowToken token)
    {
        Prepare();
        var join = Graph.TargetOf(token.Edge);
        var held = waiting[join] ??= new WaitingJoin(join, Graph.EdgesInto(join).Length);

        if (Graph.IsBack[token.Edge])
            held.BackTokens++;
        else if (!HasToken(token.Edge))
            Fill(held, token.Edge, 1);

        tokens.Add(token);
        held.LateTokens += token.Late.Contains(join) ? 1 : 0;

        if (held.Tokens++ > 0)
            return;

        joins.Insert(~joins.BinarySearch(join), join);
        present.Add(join);
    }

    private void Remove(int token)
    {
        var (edge, _, late) = tokens![token];
        var join = Graph.TargetOf(edge);
        var held = waiting![join]!;
        tokens.Remove(token);

        if (Graph.IsBack[edge])
            held.BackTokens--;
        else if (!HasToken(edge))
            Fill(held, edge, -1);

        held.LateTokens -= late.Contains(join) ? 1 : 0;

        if (--held.Tokens > 0)
            return;

        joins.RemoveAt(joins.BinarySearch(join));
        present!.Remove(join);
    }

    private void RemoveFrom(int join, bool isLateOnly)
    {
        if (Find(join) is null)
            return;

        for (int i = tokens!.First, next; i > 0; i = next)
        {
            next = tokens.Next(i);

            if (Graph.TargetOf(tokens[i].Edge) == join && (!isLateOnly || tokens[i].Late.Contains(join)))
                Remove(i);
        }
    }

    private void Fill(WaitingJoin held, int edge, int by)
    {
        var place = Graph.PlaceOf(edge);
        held.Filled[place / 64] ^= 1ul << (place % 64);
        held.FilledCount += by;
        held.IsBlockerSure = false;
    }

    [MemberNotNull(nameof(tokens), nameof(present), nameof(waiting))]
    private void Prepare()
    {
        if (tokens is not null && present is not null && waiting is not null)
            return;

        tokens = new SoundTokens(Graph.EdgeCount);
        waiting = new WaitingJoin?[Graph.StepCount];
        present = new PresentSteps(Graph.StepCount);

        for (var live = first; live is not null; live = live.Next)
            present.Add(live.Step);
    }

    private static ImmutableArray<int> With(ImmutableArray<int> set, int join)
    {
        var i = set.BinarySearch(join);
        return i >= 0 ? set : set.Insert(~i, join);
    }
}
