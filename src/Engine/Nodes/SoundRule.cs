using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
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

    public override bool[] ForwardEdges(int start) => Array.ConvertAll(GraphOf(start).IsBack, back => !back);

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

    /// <summary>The chart as it is seen from where it begins.</summary>
    public SoundGraph GraphOf(int start) => graphs.GetOrAdd(start, s => new SoundGraph(Plan, s));

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

            if (!state.HasTokens)
            {
                if (!Run.HasFaultedChild(chart))
                    chart.Run.Complete(chart, Outcomes.Default);

                return;
            }

            // Joins wait only for each other: the oldest token goes first.
            var join = Plan.Target[state.OldestEdge];
            Fire(chart, state, join, TakeOneFromEachEdge(state, join));
            return;
        }
    }

    /// <summary>Fires or drops at one join; false when none can.</summary>
    private bool SettleOne(Frame chart, SoundState state)
    {
        if (!state.HasTokens)
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

        if (state.Find(join) is not { } held)
            return false;

        if (held.BackTokens > 0)
        {
            var back = Array.Find(Plan.In[join], e => state.Graph.IsBack[e] && state.HasToken(e));
            Fire(chart, state, join, mode == FlowJoinMode.WaitAny ? Race(chart, state, join, back) : state.TakeFrom(back));
            return true;
        }

        var hasEmpty = held.FilledCount < state.Graph.ForwardEdgesInto(join);

        switch (mode)
        {
            case FlowJoinMode.WaitAny:
                Fire(chart, state, join, Race(chart, state, join, state.OldestEdgeInto(held)));
                return true;
            case FlowJoinMode.WaitAll when hasEmpty:
                if (EveryEmptyEdgeIsReachable(state, held))
                    return false;

                state.TakeFromEach(held);
                return true;
            case FlowJoinMode.WaitAllActive when hasEmpty && MustWait(state, held):
                return false;
            default:
                Fire(chart, state, join, state.TakeFromEach(held));
                return true;
        }
    }

    private FlowJoinMode ModeOf(Frame chart, int join) =>
        Plan.Steps[join].Activity is FlowJoin flowJoin ? flowJoin.ModeIn(chart) : FlowJoinMode.WaitAllActive;

    private void Fire(Frame chart, SoundState state, int join, ImmutableArray<int> late)
    {
        var live = chart.Run.NewStep(Plan.Steps[join], late);
        state.Add(live);
        Queue(chart, live);
    }

    /// <summary>WaitAny: the others lose. Gives the marks that the join passes on.</summary>
    private ImmutableArray<int> Race(Frame chart, SoundState state, int join, int edge)
    {
        var late = state.TakeFrom(edge);
        state.IsFiring = true;

        for (var child = chart.FirstChild; child is not null; )
        {
            var next = child.NextSibling;

            if (
                child.Node.Ordinal != join
                && child.BookmarkCount > 0
                && child.Status == ActivityStatus.Running
                && state.Graph.Races(child.Node.Ordinal, join)
            )
                chart.Run.Cancel(child);

            child = next;
        }

        state.IsFiring = false;
        state.MarkLate(join);
        return late.Remove(join);
    }

    /// <summary>Takes the oldest token of every edge into a join; gives the late marks that all of them carry.</summary>
    private ImmutableArray<int> TakeOneFromEachEdge(SoundState state, int join)
    {
        ImmutableArray<int> meet = default;

        foreach (var edge in Plan.In[join])
            if (state.HasToken(edge))
            {
                var late = state.TakeFrom(edge);
                meet = meet.IsDefault ? late : [.. meet.Where(j => late.Contains(j))];
            }

        return meet;
    }

    /// <summary>One step that can reach an edge is remembered for it, and is enough as long as it is there.</summary>
    private bool EveryEmptyEdgeIsReachable(SoundState state, WaitingJoin held)
    {
        var isNew = held.Sources is null;
        var sources = held.Sources ??= new int[Plan.In[held.Join].Length];
        return (!isNew && AllKnown()) || (Look() && AllKnown());

        bool AllKnown()
        {
            for (var i = 0; i < sources.Length; i++)
                if (
                    (held.Filled[i / 64] & (1ul << (i % 64))) == 0
                    && !state.Graph.IsBack[Plan.In[held.Join][i]]
                    && (sources[i] == 0 || !state.IsPresent(sources[i] - 1))
                )
                    return false;

            return true;
        }

        bool Look()
        {
            var reached = new ulong[held.Filled.Length];
            var found = new ulong[held.Filled.Length];

            foreach (var step in state.Present)
            {
                if (step == held.Join)
                    continue;

                Array.Clear(found);
                state.Graph.Reach(step, held.Join).AddTo(found);

                for (var w = 0; w < found.Length; w++)
                {
                    for (var bits = found[w] & ~reached[w]; bits != 0; bits &= bits - 1)
                        sources[(w * 64) + BitOperations.TrailingZeroCount(bits)] = step + 1;

                    reached[w] |= found[w];
                }
            }

            return true;
        }
    }

    /// <summary>The step that it waited for last time is asked first: as long as that one is there, no other matters.</summary>
    private static bool MustWait(SoundState state, WaitingJoin held)
    {
        if (held.Blocker >= 0 && state.IsPresent(held.Blocker) && (held.IsBlockerSure || Blocks(state, held, held.Blocker)))
        {
            held.IsBlockerSure = true;
            return true;
        }

        foreach (var step in state.Present)
            if (step != held.Join && Blocks(state, held, step))
            {
                held.Blocker = step;
                held.IsBlockerSure = true;
                return true;
            }

        held.Blocker = -1;
        return false;
    }

    /// <summary>True when a step can reach an empty forward edge and no filled one.</summary>
    private static bool Blocks(SoundState state, WaitingJoin held, int step)
    {
        var reach = state.Graph.Reach(step, held.Join);
        return !reach.IsEmpty && !reach.Meets(held.Filled) && reach.Meets(state.Graph.ForwardBits(held.Join));
    }
}
