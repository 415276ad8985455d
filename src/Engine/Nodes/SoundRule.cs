using System.Collections.Concurrent;
using System.Collections.Immutable;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Loop-aware joins in BPMN's sense; our default.</summary>
/// <remarks>
/// <code>
/// completion of a step   one token per active edge; a step with one inbound edge takes it at once and is queued
/// join T, back edge      a token there fires T at once, alone
/// join T, WaitAny        the first token fires; waiting racers are cancelled, everything else that can reach T is late for it
/// join T, WaitAll        all forward edges filled fires; an empty one that nobody can reach any more drops the others
/// join T, WaitAllActive  fires when nobody who can reach an empty edge is without a way to a filled one
/// nothing lives, tokens  the join with the oldest token fires
/// nothing lives, none    the chart completes, unless a step is faulted
/// </code>
/// </remarks>
internal sealed class SoundRule(FlowPlan plan) : FlowRule(plan)
{
    private readonly ConcurrentDictionary<int, SoundGraph> graphs = new();

    public override FlowState Begin(int start) => new SoundState(GraphOf(start));

    public override FlowState Thaw(int start, ImmutableArray<int> saved) => new SoundState(GraphOf(start), saved);

    public override void Schedule(Frame chart, int step)
    {
        var live = chart.Run.NewStep(Plan.Steps[step], []);
        ((SoundState)chart.Flow!).Add(live);
        Queue(chart, live);
    }

    public override void ChildCompleted(Frame chart, Frame child, ImmutableArray<string> outcomes)
    {
        var state = (SoundState)chart.Flow!;
        var late = child.Live?.Late ?? [];

        if (child.Live is not null)
            state.Remove(child.Live);

        if (child.Node.Descriptor.IsTerminal)
        {
            chart.Run.Complete(chart, Outcomes.Default);
            return;
        }

        var edges = Plan.Out[child.Node.Ordinal];
        var placed = Place(chart, state, edges, outcomes, late);

        foreach (var edge in edges)
        {
            if (!Plan.IsActive(edge, outcomes))
                continue;

            if (Plan.IsJoin[Plan.Target[edge]])
            {
                Settle(chart, state, Plan.Target[edge]);
                continue;
            }

            Queue(chart, placed!);
            placed = placed!.Next;
        }

        SettleAll(chart, state);
    }

    public override void ChildCanceled(Frame chart, Frame child)
    {
        var state = (SoundState)chart.Flow!;

        if (child.Live is not null)
            state.Remove(child.Live);

        if (!state.IsFiring)
            SettleAll(chart, state);
    }

    private SoundGraph GraphOf(int start) => graphs.GetOrAdd(start, s => new SoundGraph(Plan, s));

    /// <summary>First all tokens and new steps are placed; what follows from them comes after. Gives the first new step; the others follow it.</summary>
    private LiveStep? Place(Frame chart, SoundState state, int[] edges, ImmutableArray<string> outcomes, ImmutableArray<int> late)
    {
        LiveStep? first = null;

        foreach (var edge in edges)
        {
            if (!Plan.IsActive(edge, outcomes))
                continue;

            if (Plan.IsJoin[Plan.Target[edge]])
            {
                state.AddToken(edge, late);
                continue;
            }

            var live = chart.Run.NewStep(Plan.Steps[Plan.Target[edge]], late);
            state.Add(live);
            first ??= live;
        }

        return first;
    }

    private static void Queue(Frame chart, LiveStep live)
    {
        var item = chart.Run.NewItem(chart.Node.Children[live.Step], chart);
        item.Live = live;
        chart.Run.Schedule(item);
    }

    private void SettleAll(Frame chart, SoundState state)
    {
        while (true)
        {
            while (SettleOne(chart, state)) { }

            if (state.HasLive)
                return;

            if (state.Tokens.Count == 0)
            {
                if (!Run.HasFaultedChild(chart))
                    chart.Run.Complete(chart, Outcomes.Default);

                return;
            }

            // Joins wait only for each other: the oldest token goes first.
            var oldest = state.Tokens.MinBy(t => t.At);
            var join = Plan.Target[oldest.Edge];
            var late = state.TakeOneFromEach(Plan.In[join]);
            Fire(chart, state, join, late);
            return;
        }
    }

    /// <summary>Fires or drops at one join; false when none can.</summary>
    private bool SettleOne(Frame chart, SoundState state)
    {
        if (state.Tokens.Count == 0)
            return false;

        for (var i = 0; i < state.Joins.Count; )
        {
            var join = state.Joins[i];

            if (TryFire(chart, state, join))
                return true;

            // A join may have dropped its last token, which came too late.
            if (i < state.Joins.Count && state.Joins[i] == join)
                i++;
        }

        return false;
    }

    private void Settle(Frame chart, SoundState state, int join)
    {
        while (TryFire(chart, state, join)) { }
    }

    private bool TryFire(Frame chart, SoundState state, int join)
    {
        var mode = ModeOf(chart, join);

        if (mode == FlowJoinMode.WaitAny)
            state.DropLate(join);

        var inbound = Plan.In[join];
        var filled = new ulong[(inbound.Length + 63) / 64];
        var empty = new ulong[filled.Length];
        var hasFilled = false;
        var hasEmpty = false;

        for (var i = 0; i < inbound.Length; i++)
        {
            var has = state.HasToken(inbound[i]);

            if (state.Graph.IsBack[inbound[i]])
            {
                if (has)
                {
                    Fire(
                        chart,
                        state,
                        join,
                        mode == FlowJoinMode.WaitAny ? Race(chart, state, join, [inbound[i]]) : state.TakeOneFromEach([inbound[i]])
                    );
                    return true;
                }
            }
            else if (has)
            {
                filled[i / 64] |= 1ul << (i % 64);
                hasFilled = true;
            }
            else
            {
                empty[i / 64] |= 1ul << (i % 64);
                hasEmpty = true;
            }
        }

        if (!hasFilled)
            return false;

        switch (mode)
        {
            case FlowJoinMode.WaitAny:
                Fire(chart, state, join, Race(chart, state, join, [state.OldestEdge(inbound, filled)]));
                return true;
            case FlowJoinMode.WaitAll when hasEmpty:
                if (EveryEmptyEdgeIsReachable(state, join, empty))
                    return false;

                state.TakeOneFromEach(Select(inbound, filled));
                return true;
            case FlowJoinMode.WaitAllActive when hasEmpty && MustWait(state, join, filled, empty):
                return false;
            default:
                Fire(chart, state, join, state.TakeOneFromEach(Select(inbound, filled)));
                return true;
        }
    }

    private FlowJoinMode ModeOf(Frame chart, int join) =>
        Plan.Steps[join].Activity is FlowJoin flowJoin ? flowJoin.ModeIn(chart) : FlowJoinMode.WaitAllActive;

    private static int[] Select(int[] edges, ulong[] bits) => [.. edges.Where((_, i) => (bits[i / 64] & (1ul << (i % 64))) != 0)];

    private void Fire(Frame chart, SoundState state, int join, ImmutableArray<int> late)
    {
        var live = chart.Run.NewStep(Plan.Steps[join], late);
        state.Add(live);
        Queue(chart, live);
    }

    /// <summary>WaitAny: the others lose. Gives the marks that the join passes on.</summary>
    private ImmutableArray<int> Race(Frame chart, SoundState state, int join, int[] edges)
    {
        var late = state.TakeOneFromEach(edges);
        var racers = state.Graph.Races(join);
        state.IsFiring = true;

        for (var child = chart.FirstChild; child is not null; )
        {
            var next = child.NextSibling;

            if (
                child.Node.Ordinal != join
                && racers[child.Node.Ordinal]
                && child.BookmarkCount > 0
                && child.Status == ActivityStatus.Running
            )
                chart.Run.Cancel(child);

            child = next;
        }

        state.IsFiring = false;
        state.MarkLate(join);
        return late.Remove(join);
    }

    private static bool EveryEmptyEdgeIsReachable(SoundState state, int join, ulong[] empty)
    {
        var reachable = new ulong[empty.Length];

        foreach (var step in state.Others(join))
            Or(reachable, state.Graph.Reach(step, join));

        for (var w = 0; w < empty.Length; w++)
            if ((empty[w] & ~reachable[w]) != 0)
                return false;

        return true;
    }

    private static bool MustWait(SoundState state, int join, ulong[] filled, ulong[] empty)
    {
        foreach (var step in state.Others(join))
        {
            var reach = state.Graph.Reach(step, join);

            if (Intersects(reach, empty) && !Intersects(reach, filled))
                return true;
        }

        return false;
    }

    private static bool Intersects(ulong[] a, ulong[] b)
    {
        for (var w = 0; w < a.Length; w++)
            if ((a[w] & b[w]) != 0)
                return true;

        return false;
    }

    private static void Or(ulong[] into, ulong[] bits)
    {
        for (var w = 0; w < into.Length; w++)
            into[w] |= bits[w];
    }
}
