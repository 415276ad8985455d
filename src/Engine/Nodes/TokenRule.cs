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
    private readonly bool hasDuplicates = SameEdges(plan).Where((c, e) => c != e).Any();

    public override FlowState Begin(int start) => new TokenState(GraphOf(start), Plan);

    public override FlowState Thaw(int start, ImmutableArray<int> saved) => new TokenState(GraphOf(start), Plan, saved);

    public override bool[] ForwardEdges(int start) => GraphOf(start).IsForward;

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

        state.RemoveConsumedInto(step);
    }

    public override void ChildCanceled(Frame chart, Frame child)
    {
        var step = child.Node.Ordinal;
        ((TokenState)chart.Flow!).RemoveAt(step);
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
                if (
                    forward.Length <= 1
                    || (hasDuplicates ? Array.TrueForAll(forward, e => state.IsFree(canonical[e])) : state.HoldsAllForward(target))
                )
                    Go(chart, target);

                break;
            case MergeMode.Converge:
                if (
                    Plan.In[target].Length <= 1
                    || (hasDuplicates ? Array.TrueForAll(Plan.In[target], e => state.IsFree(canonical[e])) : state.HoldsAll(target))
                )
                    Go(chart, target);

                break;
            default:
                if (!state.IsSourceAwaited(target))
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
