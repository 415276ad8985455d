using System.Collections.Concurrent;
using System.Collections.Immutable;
using ServiceLoop.Engine.Execution;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Elsa's token mode, exactly.</summary>
/// <remarks>
/// On completion of X: one token per active edge, tokens that point at X are consumed, then for each active edge by the merge mode of its target
/// (a Join is Race for WaitAny, else Merge):
/// <code>
/// None, Stream  run unless an unconsumed token points at the source of some forward edge of the target
/// Merge         run when every forward edge holds a token; a single forward edge runs at once
/// Converge      the same over all inbound edges
/// Cascade       run unless this edge is blocked (then the block is consumed); block the other forward edges
/// Race          as Cascade, but first cancel what lives upstream
/// nothing runs, is queued, holds a token or is faulted: the chart completes
/// </code>
/// </remarks>
internal sealed class TokenRule(FlowPlan plan) : FlowRule(plan)
{
    private readonly ConcurrentDictionary<int, ForwardGraph> graphs = new();
    private readonly int[] canonical = SameEdges(plan);

    public override FlowState Begin(int start) => new TokenState(GraphOf(start), Plan);

    public override FlowState Thaw(int start, ImmutableArray<int> saved) => new TokenState(GraphOf(start), Plan, saved);

    public override void ChildCompleted(Frame chart, Frame child, ImmutableArray<string> outcomes)
    {
        var state = (TokenState)chart.Flow!;
        var step = child.Node.Ordinal;

        if (child.Node.Descriptor.IsTerminal)
        {
            state.Clear();
            chart.Run.Complete(chart, Outcomes.Default);
            return;
        }

        var active = Plan.Out[step].Where(e => Plan.IsActive(e, outcomes)).ToArray();

        foreach (var edge in active)
            state.Add(canonical[edge], isBlocked: false);

        state.ConsumeInto(step);

        foreach (var edge in active)
            Enter(chart, state, step, edge);

        if (!Run.HasPendingWork(chart) && !state.HasFree && !Run.HasFaultedChild(chart))
        {
            state.Clear();
            chart.Run.Complete(chart, Outcomes.Default);
        }

        state.RemoveAll(t => t.IsConsumed && Plan.Target[t.Edge] == step);
    }

    public override void ChildCanceled(Frame chart, Frame child)
    {
        var step = child.Node.Ordinal;
        ((TokenState)chart.Flow!).RemoveAll(t => Plan.Target[t.Edge] == step || Plan.Source[t.Edge] == step);
        CompleteIfIdle(chart);
    }

    public override void CancelAncestors(Frame chart, int step) => CancelUpstream(chart, step, ((TokenState)chart.Flow!).Graph);

    private ForwardGraph GraphOf(int start) => graphs.GetOrAdd(start, s => new ForwardGraph(Plan, s));

    private void Enter(Frame chart, TokenState state, int completed, int edge)
    {
        var target = Plan.Target[edge];
        var forward = state.Graph.In[target];

        switch (ModeOf(chart, target))
        {
            case MergeMode.Race:
                CancelAncestors(chart, target);
                Cascade(chart, state, completed, edge, target, forward);
                break;
            case MergeMode.Cascade:
                Cascade(chart, state, completed, edge, target, forward);
                break;
            case MergeMode.Merge:
                if (forward.Length <= 1 || forward.All(e => state.IsFree(canonical[e])))
                    Go(chart, target);

                break;
            case MergeMode.Converge:
                if (Plan.In[target].Length <= 1 || Plan.In[target].All(e => state.IsFree(canonical[e])))
                    Go(chart, target);

                break;
            default:
                if (!forward.Any(e => state.HasFreeInto(Plan.Source[e])))
                    Go(chart, target);

                break;
        }
    }

    private MergeMode ModeOf(Frame chart, int target) =>
        Plan.Steps[target].Activity is FlowJoin join
            ? join.ModeIn(chart) == FlowJoinMode.WaitAny
                ? MergeMode.Race
                : MergeMode.Merge
            : Plan.Merge[target];

    private void Cascade(Frame chart, TokenState state, int completed, int edge, int target, int[] forward)
    {
        if (state.FindBlocked(canonical[edge]) is { } block)
        {
            state.Consume(block);
            return;
        }

        Go(chart, target);

        foreach (var other in forward)
            if (Plan.Source[other] != completed)
                state.Add(canonical[other], isBlocked: true);
    }

    private void Go(Frame chart, int step) => chart.Run.Schedule(chart.Run.NewItem(Plan.Steps[step], chart));

    /// <summary>Elsa's tokens know source, outcome and target, not the connection: by edge, the first one that is the same to them.</summary>
    private static int[] SameEdges(FlowPlan plan)
    {
        var first = new Dictionary<(int, int, string?), int>();
        var same = new int[plan.Source.Length];

        for (var e = 0; e < same.Length; e++)
        {
            var key = (plan.Source[e], plan.Target[e], plan.Port[e]);
            first.TryAdd(key, e);
            same[e] = first[key];
        }

        return same;
    }
}

/// <summary>A token of Elsa's token mode.</summary>
internal sealed class EdgeToken(int edge)
{
    public int Edge { get; } = edge;

    public bool IsConsumed { get; set; }

    public bool IsBlocked { get; init; }

    public bool IsFree => !IsConsumed && !IsBlocked;
}

/// <summary>Tokens of one chart in token mode, counted by edge and by target so that nobody has to look through them.</summary>
internal sealed class TokenState(ForwardGraph graph, FlowPlan plan) : FlowState
{
    private readonly List<EdgeToken> tokens = [];
    private readonly int[] freeByEdge = new int[plan.Source.Length];
    private readonly int[] freeByTarget = new int[plan.Steps.Length];
    private int free;

    public TokenState(ForwardGraph graph, FlowPlan plan, ImmutableArray<int> saved)
        : this(graph, plan)
    {
        foreach (var token in saved.IsDefault ? [] : saved)
        {
            Add(token >> 2, (token & 2) != 0);

            if ((token & 1) != 0)
                Consume(tokens[^1]);
        }
    }

    public ForwardGraph Graph { get; } = graph;

    public bool HasFree => free > 0;

    public bool IsFree(int edge) => freeByEdge[edge] > 0;

    public bool HasFreeInto(int step) => freeByTarget[step] > 0;

    public EdgeToken? FindBlocked(int edge) => tokens.Find(t => t.IsBlocked && t.Edge == edge);

    public override ImmutableArray<int> Freeze() => [.. tokens.Select(t => (t.Edge << 2) | (t.IsConsumed ? 1 : 0) | (t.IsBlocked ? 2 : 0))];

    public void Add(int edge, bool isBlocked)
    {
        FlowLimits.Check(tokens.Count);
        var token = new EdgeToken(edge) { IsBlocked = isBlocked };
        tokens.Add(token);
        Count(token, 1);
    }

    public void Consume(EdgeToken token)
    {
        Count(token, -1);
        token.IsConsumed = true;
    }

    public void ConsumeInto(int step)
    {
        if (!HasFreeInto(step))
            return;

        foreach (var token in tokens)
            if (token.IsFree && plan.Target[token.Edge] == step)
                Consume(token);
    }

    public void RemoveAll(Predicate<EdgeToken> matches)
    {
        foreach (var token in tokens)
            if (matches(token))
                Count(token, -1);

        tokens.RemoveAll(matches);
    }

    public void Clear() => RemoveAll(static _ => true);

    private void Count(EdgeToken token, int by)
    {
        if (!token.IsFree)
            return;

        free += by;
        freeByEdge[token.Edge] += by;
        freeByTarget[plan.Target[token.Edge]] += by;
    }
}
