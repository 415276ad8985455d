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

    public override FlowState Begin(int start) => new TokenState(GraphOf(start));

    public override FlowState Thaw(int start, ImmutableArray<int> saved) => new TokenState(GraphOf(start), saved);

    public override void ChildCompleted(Frame chart, Frame child, ImmutableArray<string> outcomes)
    {
        var state = (TokenState)chart.Flow!;
        var step = child.Node.Ordinal;

        if (child.Node.Descriptor.IsTerminal)
        {
            state.Tokens.Clear();
            chart.Run.Complete(chart, Outcomes.Default);
            return;
        }

        var active = Plan.Out[step].Where(e => Plan.IsActive(e, outcomes)).ToArray();

        foreach (var edge in active)
            state.Tokens.Add(new EdgeToken(edge));

        foreach (var token in state.Tokens)
            if (Plan.Target[token.Edge] == step && token.IsFree)
                token.IsConsumed = true;

        foreach (var edge in active)
            Enter(chart, state, step, edge);

        if (!Run.HasPendingWork(chart) && !state.Tokens.Exists(t => t.IsFree) && !Run.HasFaultedChild(chart))
        {
            state.Tokens.Clear();
            chart.Run.Complete(chart, Outcomes.Default);
        }

        state.Tokens.RemoveAll(t => Plan.Target[t.Edge] == step && t.IsConsumed);
    }

    public override void ChildCanceled(Frame chart, Frame child)
    {
        var step = child.Node.Ordinal;
        ((TokenState)chart.Flow!).Tokens.RemoveAll(t => Plan.Target[t.Edge] == step || Plan.Source[t.Edge] == step);
        CompleteIfIdle(chart);
    }

    public override void CancelAncestors(Frame chart, int step)
    {
        foreach (var child in ChildrenOn(chart, ((TokenState)chart.Flow!).Graph.Ancestors(step)))
            chart.Run.Cancel(child);
    }

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
                if (forward.Length <= 1 || forward.All(e => HasFree(state, e)))
                    Go(chart, target);

                break;
            case MergeMode.Converge:
                if (Plan.In[target].Length <= 1 || Plan.In[target].All(e => HasFree(state, e)))
                    Go(chart, target);

                break;
            default:
                if (!forward.Any(e => state.Tokens.Exists(t => t.IsFree && Plan.Target[t.Edge] == Plan.Source[e])))
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
        if (state.Tokens.Find(t => t.IsBlocked && IsSame(t.Edge, edge)) is { } block)
        {
            block.IsConsumed = true;
            return;
        }

        Go(chart, target);

        foreach (var other in forward)
            if (Plan.Source[other] != completed)
                state.Tokens.Add(new EdgeToken(other) { IsBlocked = true });
    }

    private void Go(Frame chart, int step) => chart.Run.Schedule(chart.Run.NewItem(Plan.Steps[step], chart));

    private bool HasFree(TokenState state, int edge) => state.Tokens.Exists(t => t.IsFree && IsSame(t.Edge, edge));

    /// <summary>Elsa's tokens know source, outcome and target, not the connection.</summary>
    private bool IsSame(int a, int b) =>
        a == b
        || (
            Plan.Source[a] == Plan.Source[b]
            && Plan.Target[a] == Plan.Target[b]
            && string.Equals(Plan.Port[a], Plan.Port[b], StringComparison.Ordinal)
        );
}

/// <summary>A token of Elsa's token mode.</summary>
internal sealed class EdgeToken(int edge)
{
    public int Edge { get; } = edge;

    public bool IsConsumed { get; set; }

    public bool IsBlocked { get; init; }

    public bool IsFree => !IsConsumed && !IsBlocked;
}

/// <summary>Tokens of one chart in token mode.</summary>
internal sealed class TokenState(ForwardGraph graph) : FlowState
{
    public TokenState(ForwardGraph graph, ImmutableArray<int> saved)
        : this(graph)
    {
        foreach (var token in saved.IsDefault ? [] : saved)
            Tokens.Add(new EdgeToken(token >> 2) { IsConsumed = (token & 1) != 0, IsBlocked = (token & 2) != 0 });
    }

    public ForwardGraph Graph { get; } = graph;

    public List<EdgeToken> Tokens { get; } = [];

    public override ImmutableArray<int> Freeze() => [.. Tokens.Select(t => (t.Edge << 2) | (t.IsConsumed ? 1 : 0) | (t.IsBlocked ? 2 : 0))];
}
