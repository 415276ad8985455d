using System.Collections.Concurrent;
using System.Collections.Immutable;
using ServiceLoop.Engine.Execution;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Elsa's counter mode, exactly: its default from 3.5 to 3.8.</summary>
/// <remarks>
/// With v(e) visits of an edge, taken or not; f(e) whether the last visit was taken; r runs and skips of the target; m the highest v:
/// <code>
/// completion of X    count X unless it was reached over a backward edge; visit every edge out of X in list order
/// backward edge      taken: schedule the target, marked; invalid: X fails; not taken: nothing
/// WaitAllActive      min v > r: run if some e has v = m and f, else skip
/// WaitAll            min v > r: run if every e has v = m and f, else skip
/// WaitAny            ignored when v(this) ≤ r or the target is queued; some e with v = m > r and f: run and cancel upstream; min v > r: skip
/// skip               as if the target completed without any outcome
/// nothing scheduled  complete the chart when nothing is pending and no child is faulted
/// </code>
/// </remarks>
internal sealed class CounterRule(FlowPlan plan) : FlowRule(plan)
{
    private readonly ConcurrentDictionary<int, ForwardGraph> graphs = new();

    public override FlowState Begin(int start) => new CounterState(GraphOf(start), Plan);

    public override FlowState Thaw(int start, ImmutableArray<int> saved) => new CounterState(GraphOf(start), Plan, saved);

    public override bool[] ForwardEdges(int start) => GraphOf(start).IsForward;

    public override void ChildCompleted(Frame chart, Frame child, ImmutableArray<string> outcomes)
    {
        if (child.Node.Descriptor.IsTerminal)
        {
            chart.Run.Complete(chart, Outcomes.Default);
            return;
        }

        if (!Leave(chart, (CounterState)chart.Flow!, child.Node.Ordinal, outcomes, child.Backward))
            CompleteIfIdle(chart);
    }

    public override void ChildCanceled(Frame chart, Frame child)
    {
        CompleteIfIdle(chart);
        Leave(chart, (CounterState)chart.Flow!, child.Node.Ordinal, [], false);
    }

    public override void CancelAncestors(Frame chart, int step) => CancelUpstream(chart, step, ((CounterState)chart.Flow!).Graph);

    private ForwardGraph GraphOf(int start) => graphs.GetOrAdd(start, s => new ForwardGraph(Plan, s));

    /// <summary>Visits all edges out of a step, and of those that are skipped because of it; true when something was scheduled.</summary>
    /// <remarks>Depth first, as Elsa does by recursion; a dead path may be longer than a stack is deep.</remarks>
    private bool Leave(Frame chart, CounterState state, int step, ImmutableArray<string> outcomes, bool reachedBackward)
    {
        Count(state, step, reachedBackward);
        var scheduled = false;
        var path = new Stack<(int Step, int Next)>();
        path.Push((step, 0));

        while (path.TryPop(out var top))
        {
            if (top.Next == Plan.Out[top.Step].Length)
                continue;

            path.Push((top.Step, top.Next + 1));
            var edge = Plan.Out[top.Step][top.Next];
            var followed = path.Count == 1 && Plan.IsActive(edge, outcomes);
            state.CountVisit(edge, followed);

            if (!state.Graph.IsForward[edge])
            {
                scheduled |= followed && GoBack(chart, state, edge);
                continue;
            }

            switch (Enter(chart, state, edge))
            {
                case Arrival.Runs:
                    scheduled = true;
                    break;
                case Arrival.Skipped:
                    Count(state, Plan.Target[edge], reachedBackward: false);
                    path.Push((Plan.Target[edge], 0));
                    break;
            }
        }

        return scheduled;
    }

    private void Count(CounterState state, int step, bool reachedBackward)
    {
        if (state.Graph.IsDangling(step))
            throw new InvalidOperationException(
                $"Activity {Plan.Steps[step].Id} is not reachable from the flowchart graph. Unable to schedule it's outbound activities."
            );

        if (!reachedBackward)
            state.CountRun(step);
    }

    private bool GoBack(Frame chart, CounterState state, int edge)
    {
        var (source, target) = (Plan.Steps[Plan.Source[edge]], Plan.Steps[Plan.Target[edge]]);

        if (!state.Graph.IsValidBackward(edge))
            throw new InvalidOperationException(
                $"Invalid backward connection: Every path from the source ('{source.Id}') must go through the target ('{target.Id}') when tracing back to the start."
            );

        var item = chart.Run.NewItem(target, chart);
        item.Backward = true;
        chart.Run.Schedule(item);
        return true;
    }

    private Arrival Enter(Frame chart, CounterState state, int edge)
    {
        var target = Plan.Target[edge];
        var mode = Plan.Steps[target].Activity is FlowJoin join ? join.ModeIn(chart) : FlowJoinMode.WaitAllActive;

        if (mode == FlowJoinMode.WaitAny)
        {
            if (state.Visits[edge] <= state.Runs[target] || chart.Run.IsQueued(chart, Plan.Steps[target]))
                return Arrival.Waits;

            var (highest, _, isSomeFollowed) = Look(state, target);

            if (highest > state.Runs[target] && isSomeFollowed)
            {
                chart.Run.Schedule(chart.Run.NewItem(Plan.Steps[target], chart));
                CancelAncestors(chart, target);
                return Arrival.Runs;
            }

            return state.IsAllVisited(target) ? Arrival.Skipped : Arrival.Waits;
        }

        if (!state.IsAllVisited(target))
            return Arrival.Waits;

        var (_, allFollowed, anyFollowed) = Look(state, target);

        if (mode == FlowJoinMode.WaitAll ? !allFollowed : !anyFollowed)
            return Arrival.Skipped;

        chart.Run.Schedule(chart.Run.NewItem(Plan.Steps[target], chart));
        return Arrival.Runs;
    }

    private enum Arrival
    {
        Waits,
        Runs,
        Skipped,
    }

    private static (int Highest, bool AllFollowed, bool AnyFollowed) Look(CounterState state, int target)
    {
        var inbound = state.Graph.In[target];
        var highest = 0;

        foreach (var edge in inbound)
            highest = Math.Max(highest, state.Visits[edge]);

        var (every, some) = (true, false);

        foreach (var edge in inbound)
        {
            var followed = state.Visits[edge] == highest && state.Followed[edge];
            every &= followed;
            some |= followed;
        }

        return (highest, every, some);
    }
}

/// <summary>Counters of one chart in counter mode.</summary>
internal sealed class CounterState(ForwardGraph graph, FlowPlan plan) : FlowState
{
    /// <summary>By step: forward edges into it that were visited more often than it ran.</summary>
    private readonly int[] ahead = new int[plan.Steps.Length];

    public CounterState(ForwardGraph graph, FlowPlan plan, ImmutableArray<int> saved)
        : this(graph, plan)
    {
        if (saved.IsDefaultOrEmpty)
            return;

        for (var i = 0; i < saved[0]; i++)
            Runs[saved[1 + (2 * i)]] = saved[2 + (2 * i)];

        for (var i = 1 + (2 * saved[0]); i < saved.Length; i += 2)
        {
            Visits[saved[i]] = saved[i + 1] >> 1;
            Followed[saved[i]] = (saved[i + 1] & 1) != 0;

            if (Graph.IsForward[saved[i]] && Visits[saved[i]] > Runs[plan.Target[saved[i]]])
                ahead[plan.Target[saved[i]]]++;
        }
    }

    public ForwardGraph Graph { get; } = graph;

    public int[] Runs { get; } = new int[plan.Steps.Length];

    public int[] Visits { get; } = new int[plan.Source.Length];

    public bool[] Followed { get; } = new bool[plan.Source.Length];

    /// <summary>True when every forward edge into a step was visited more often than it ran.</summary>
    public bool IsAllVisited(int step) => ahead[step] == Graph.In[step].Length;

    public void CountVisit(int edge, bool isFollowed)
    {
        Followed[edge] = isFollowed;
        var target = plan.Target[edge];

        if (++Visits[edge] == Runs[target] + 1 && Graph.IsForward[edge])
            ahead[target]++;
    }

    public void CountRun(int step)
    {
        Runs[step]++;

        if (ahead[step] == 0)
            return;

        ahead[step] = 0;

        foreach (var edge in Graph.In[step])
            if (Visits[edge] > Runs[step])
                ahead[step]++;
    }

    public override ImmutableArray<int> Freeze()
    {
        var saved = ImmutableArray.CreateBuilder<int>();
        saved.Add(Runs.Count(r => r > 0));

        for (var step = 0; step < Runs.Length; step++)
            if (Runs[step] > 0)
            {
                saved.Add(step);
                saved.Add(Runs[step]);
            }

        for (var edge = 0; edge < Visits.Length; edge++)
            if (Visits[edge] > 0)
            {
                saved.Add(edge);
                saved.Add((Visits[edge] << 1) | (Followed[edge] ? 1 : 0));
            }

        return saved.DrainToImmutable();
    }
}
