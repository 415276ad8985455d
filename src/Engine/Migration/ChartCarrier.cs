using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Migration;

/// <summary>Carries what a flowchart remembers of its joins: tokens and counters lie on connections, which are found again by their ends and their port.</summary>
internal sealed class ChartCarrier(WorkflowGraph to, NodeMap map, Findings findings, string? oldTrigger, string? newTrigger)
{
    /// <summary>What the chart remembers in the new version.</summary>
    /// <param name="chart">The chart.</param>
    /// <param name="steps">Steps that live in it in the new version: running, waiting or about to run.</param>
    public ImmutableArray<int> Carry(Living chart, IReadOnlyList<int> steps)
    {
        var (old, place) = ((Flowchart)chart.OldNode.Activity, (Flowchart)chart.Place!.Activity);
        var start = place.StartFor(newTrigger);
        var edges = Edges(old.Plan, place.Plan);

        switch (to.Semantics)
        {
            case FlowSemantics.ElsaCounter:
                return Counters(chart, old.Plan, place, start, edges, steps);
            case FlowSemantics.ElsaToken:
                return Tokens(chart, old.Plan, place, start, edges, steps);
            default:
                var (saved, joins) = SoundTokens(chart, old.Plan, place.Plan, edges, steps);
                CheckWaitAll(chart, old, place, start, saved, [.. steps, .. joins]);
                return saved;
        }
    }

    /// <summary>By old edge: the new one between the same ends with the same port; -1 when there is none.</summary>
    private int[] Edges(FlowPlan old, FlowPlan place)
    {
        var edges = new int[old.Source.Length];
        var taken = new bool[place.Source.Length];
        Array.Fill(edges, -1);

        // First those that are the same in all, then those between the same ends.
        for (var round = 0; round < 2; round++)
        for (var e = 0; e < edges.Length; e++)
        {
            if (
                edges[e] >= 0
                || Step(old.Steps[old.Source[e]], place) is not { } source
                || Step(old.Steps[old.Target[e]], place) is not { } target
            )
                continue;

            foreach (var candidate in place.Out[source])
                if (!taken[candidate] && place.Target[candidate] == target && (round > 0 || place.Port[candidate] == old.Port[e]))
                {
                    (edges[e], taken[candidate]) = (candidate, true);
                    break;
                }
        }

        return edges;
    }

    private int? Step(Node old, FlowPlan place) =>
        map.To(old) is { } node && place.Steps.Length > node.Ordinal && ReferenceEquals(place.Steps[node.Ordinal], node)
            ? node.Ordinal
            : null;

    private (ImmutableArray<int> Saved, List<int> Joins) SoundTokens(
        Living chart,
        FlowPlan old,
        FlowPlan place,
        int[] edges,
        IReadOnlyList<int> steps
    )
    {
        var flow = chart.Old.Flow;
        var joins = new List<int>();

        if (flow.IsEmpty)
            return ([], joins);

        var saved = ImmutableArray.CreateBuilder<int>(flow.Length);
        saved.Add(flow[0]);

        for (var i = 1; i < flow.Length; i += 3 + flow[i + 2])
        {
            if (Token(chart, old, place, edges, flow[i], steps) is not { } edge)
                continue;

            var late = flow.Slice(i + 3, flow[i + 2])
                .Select(join => Step(old.Steps[join], place))
                .Where(join => join is not null)
                .Select(join => join!.Value)
                .Order()
                .ToList();
            saved.Add(edge);
            saved.Add(flow[i + 1]);
            saved.Add(late.Count);
            saved.AddRange(late);
            joins.Add(place.Target[edge]);
        }

        return (saved.DrainToImmutable(), joins);
    }

    /// <summary>Where a token goes that lies before a join: a branch that has arrived must not have to come again.</summary>
    private int? Token(Living chart, FlowPlan old, FlowPlan place, int[] edges, int edge, IReadOnlyList<int> steps)
    {
        if (edges[edge] >= 0)
            return edges[edge];

        var (source, join) = (old.Steps[old.Source[edge]], old.Steps[old.Target[edge]]);

        if (Step(join, place) is not { } target)
        {
            findings.Refuse(
                MigrationCodes.Join,
                $"The branch of '{Living.NameOf(source)}' has arrived at '{Living.NameOf(join)}' and waits there for others; version {to.Version} has no place for '{join.Id}'.",
                join,
                chart.Old.Id
            );
            return null;
        }

        // The branch was made longer, or its last step is gone: it arrives over the one connection that no other branch of old uses.
        var open = place.In[target].Where(e => !edges.Contains(e)).ToList();

        if (Step(source, place) is { } from && open.Where(e => CanReach(place, from, place.Source[e], target)).ToList() is [var longer])
            return longer;

        if (Step(source, place) is null && open is [var only])
            return only;

        // The branch is gone: nobody waits for it any more, as long as another comes.
        if (Step(source, place) is null && open.Count == 0 && steps.Any(s => CanReach(place, s, target, -1)))
            return null;

        findings.Refuse(
            MigrationCodes.Join,
            $"The branch of '{Living.NameOf(source)}' has arrived at '{Living.NameOf(join)}' and waits there for others; in version {to.Version} no connection can be told to be this branch's.",
            join,
            chart.Old.Id
        );
        return null;
    }

    /// <summary>A join that waits for all would drop its tokens, and with them all that follows, where one branch can never come.</summary>
    private void CheckWaitAll(
        Living chart,
        Flowchart old,
        Flowchart place,
        int start,
        ImmutableArray<int> saved,
        IReadOnlyList<int> present
    )
    {
        var (sound, was) = (place.SoundFrom(start), old.SoundFrom(old.StartFor(oldTrigger)));

        if (sound is null)
            return;

        for (var join = 0; join < place.Plan.Steps.Length; join++)
        {
            if (!IsWaitAll(place.Plan.Steps[join]) || !present.Any(s => s != join && sound.CanReach(s, join)))
                continue;

            foreach (var edge in place.Plan.In[join])
            {
                if (sound.IsBack[edge] || HasToken(saved, edge) || present.Any(s => s != join && Reaches(sound, s, join, edge)))
                    continue;

                // It was no better before.
                if (
                    map.Origin(place.Plan.Steps[join]) is { } origin
                    && ReferenceEquals(origin.Parent, chart.OldNode)
                    && was is not null
                    && !CouldFire(chart, old, was, origin.Ordinal)
                )
                    continue;

                findings.Refuse(
                    MigrationCodes.Join,
                    $"'{Living.NameOf(place.Plan.Steps[join])}' of version {to.Version} waits for all branches, but in this instance nothing can come over the connection from '{Living.NameOf(place.Plan.Steps[place.Plan.Source[edge]])}': what follows would never happen.",
                    place.Plan.Steps[join],
                    chart.Old.Id
                );
                break;
            }
        }
    }

    private static bool CouldFire(Living chart, Flowchart old, SoundGraph sound, int join)
    {
        var present = chart.Children.Select(c => c.OldNode.Ordinal).Concat(chart.Queued.Select(q => q.Node - 0)).ToList();

        // Queued items name nodes of the graph; steps are their places in the chart.
        for (var i = 0; i < chart.Queued.Count; i++)
            present[chart.Children.Count + i] = Array.FindIndex(old.Plan.Steps, s => s.Index == chart.Queued[i].Node);

        for (var i = 1; i < chart.Old.Flow.Length; i += 3 + chart.Old.Flow[i + 2])
            present.Add(old.Plan.Target[chart.Old.Flow[i]]);

        return old
            .Plan.In[join]
            .All(e =>
                sound.IsBack[e] || HasToken(chart.Old.Flow, e) || present.Any(s => s >= 0 && s != join && Reaches(sound, s, join, e))
            );
    }

    private static bool HasToken(ImmutableArray<int> saved, int edge)
    {
        for (var i = 1; i < saved.Length; i += 3 + saved[i + 2])
            if (saved[i] == edge)
                return true;

        return false;
    }

    private static bool Reaches(SoundGraph sound, int from, int join, int edge)
    {
        var words = new ulong[(sound.EdgesInto(join).Length + 63) / 64];
        sound.Reach(from, join).AddTo(words);
        var place = sound.PlaceOf(edge);
        return (words[place / 64] & (1ul << (place % 64))) != 0;
    }

    private static bool IsWaitAll(Node step) =>
        step.Activity is FlowJoin { Mode: { } mode }
        && step.Inputs[mode.Index] is var binding
        && (binding.Kind != BindingKind.Constant || Equals(binding.Constant, FlowJoinMode.WaitAll));

    /// <summary>Elsa's counters: runs by step, visits by connection.</summary>
    private ImmutableArray<int> Counters(Living chart, FlowPlan old, Flowchart chartPlace, int start, int[] edges, IReadOnlyList<int> steps)
    {
        var (place, forward) = (chartPlace.Plan, chartPlace.ForwardEdges(start));
        var runs = new int[place.Steps.Length];
        var visits = new int[place.Source.Length];
        var followed = new bool[place.Source.Length];
        var flow = chart.Old.Flow;

        if (flow.IsEmpty)
            return flow;

        for (var i = 0; i < flow[0]; i++)
            if (Step(old.Steps[flow[1 + (2 * i)]], place) is { } step)
                runs[step] = flow[2 + (2 * i)];

        var living = new int[place.Steps.Length];

        foreach (var step in steps)
            living[step]++;

        // A connection that is new has been visited as often as its target was entered: the next visit is its next turn.
        for (var e = 0; e < visits.Length; e++)
            if (!edges.Contains(e))
                visits[e] = runs[place.Target[e]] + living[place.Target[e]];

        for (var i = 1 + (2 * flow[0]); i < flow.Length; i += 2)
        {
            var count = flow[i + 1] >> 1;

            if (edges[flow[i]] is >= 0 and var edge)
            {
                (visits[edge], followed[edge]) = (count, (flow[i + 1] & 1) != 0);
                continue;
            }

            var join = old.Steps[old.Target[flow[i]]];

            if (
                Step(join, place) is not { } target
                    ? HasAhead(chart, old, flow, old.Target[flow[i]], count)
                    : count > runs[target] + living[target]
            )
                RefuseArrived(chart, old, flow[i]);
        }

        // A connection over which nothing was noted yet, old or new, is at its target's count or below: that is how a branch that is still to come looks.
        Check(
            chart,
            place,
            forward,
            steps,
            e => visits[e] > runs[place.Target[e]] + living[place.Target[e]],
            step => place.In[step].Count(e => forward[e]) > 1
        );
        return Frozen(runs, visits, followed);
    }

    private static bool HasAhead(Living chart, FlowPlan old, ImmutableArray<int> flow, int target, int count)
    {
        for (var i = 0; i < flow[0]; i++)
            if (flow[1 + (2 * i)] == target)
                count -= flow[2 + (2 * i)];

        return count - chart.Children.Count(c => c.OldNode.Ordinal == target && ReferenceEquals(c.OldNode, old.Steps[target])) > 0;
    }

    private static ImmutableArray<int> Frozen(int[] runs, int[] visits, bool[] followed)
    {
        var saved = ImmutableArray.CreateBuilder<int>();
        saved.Add(runs.Count(r => r > 0));

        for (var step = 0; step < runs.Length; step++)
            if (runs[step] > 0)
            {
                saved.Add(step);
                saved.Add(runs[step]);
            }

        for (var edge = 0; edge < visits.Length; edge++)
            if (visits[edge] > 0)
            {
                saved.Add(edge);
                saved.Add((visits[edge] << 1) | (followed[edge] ? 1 : 0));
            }

        return saved.DrainToImmutable();
    }

    /// <summary>Elsa's tokens: those that are used up may go, others must not.</summary>
    private ImmutableArray<int> Tokens(Living chart, FlowPlan old, Flowchart chartPlace, int start, int[] edges, IReadOnlyList<int> steps)
    {
        var place = chartPlace.Plan;
        var saved = ImmutableArray.CreateBuilder<int>(chart.Old.Flow.Length);
        var free = new HashSet<int>();

        foreach (var token in chart.Old.Flow)
        {
            if (edges[token >> 2] is >= 0 and var edge)
            {
                saved.Add((edge << 2) | (token & 3));

                if ((token & 3) == 0)
                    free.Add(edge);
            }
            else if ((token & 1) == 0 && !IsConsumedBy(old, place, token >> 2, steps))
            {
                RefuseArrived(chart, old, token >> 2);
            }
        }

        Check(
            chart,
            place,
            chartPlace.ForwardEdges(start),
            steps,
            free.Contains,
            step => place.Steps[step].Activity is FlowJoin || place.Merge[step] is MergeMode.Merge or MergeMode.Converge
        );
        return saved.DrainToImmutable();
    }

    /// <summary>A token that points at a step that runs now is taken when that ends.</summary>
    private bool IsConsumedBy(FlowPlan old, FlowPlan place, int edge, IReadOnlyList<int> steps) =>
        Step(old.Steps[old.Target[edge]], place) is { } target && steps.Contains(target);

    /// <summary>In Elsa's modes a join that lies ahead waits for each of its branches; each must have arrived, or be able to.</summary>
    private void Check(
        Living chart,
        FlowPlan place,
        bool[] forward,
        IReadOnlyList<int> steps,
        Func<int, bool> hasArrived,
        Func<int, bool> isJoin
    )
    {
        var ahead = Ahead(place, forward, steps);
        var oldAhead = chart.OldNode.Activity is Flowchart old
            ? Ahead(old.Plan, old.ForwardEdges(old.StartFor(oldTrigger)), [.. chart.Children.Select(c => c.OldNode.Ordinal)])
            : [];

        for (var join = 0; join < place.Steps.Length; join++)
        {
            if (!ahead.Contains(join) || !isJoin(join))
                continue;

            foreach (var edge in place.In[join])
            {
                var source = place.Source[edge];

                if (!forward[edge] || hasArrived(edge) || steps.Contains(source) || ahead.Contains(source))
                    continue;

                // It was no better before.
                if (
                    map.Origin(place.Steps[join]) is { } wasJoin
                    && map.Origin(place.Steps[source]) is { } wasSource
                    && ReferenceEquals(wasJoin.Parent, chart.OldNode)
                    && ReferenceEquals(wasSource.Parent, chart.OldNode)
                    && ((Flowchart)chart.OldNode.Activity)
                        .Plan.In[wasJoin.Ordinal]
                        .Any(e => ((Flowchart)chart.OldNode.Activity).Plan.Source[e] == wasSource.Ordinal)
                    && !oldAhead.Contains(wasSource.Ordinal)
                )
                    continue;

                findings.Refuse(
                    MigrationCodes.Join,
                    $"'{Living.NameOf(place.Steps[join])}' of version {to.Version} waits for the branch of '{Living.NameOf(place.Steps[source])}', which can never come in this instance: what follows would never happen.",
                    place.Steps[join],
                    chart.Old.Id
                );
                break;
            }
        }
    }

    private static HashSet<int> Ahead(FlowPlan plan, bool[] forward, IEnumerable<int> steps)
    {
        var ahead = new HashSet<int>();
        var stack = new Stack<int>(steps);

        while (stack.TryPop(out var step))
            foreach (var edge in plan.Out[step])
                if (forward[edge] && ahead.Add(plan.Target[edge]))
                    stack.Push(plan.Target[edge]);

        return ahead;
    }

    private void RefuseArrived(Living chart, FlowPlan old, int edge)
    {
        var (source, join) = (old.Steps[old.Source[edge]], old.Steps[old.Target[edge]]);
        findings.Refuse(
            MigrationCodes.Join,
            $"The branch of '{Living.NameOf(source)}' has arrived at '{Living.NameOf(join)}', and version {to.Version} does not have this connection.",
            join,
            chart.Old.Id
        );
    }

    /// <summary>True when a step can be reached from another without passing a third; a step reaches itself.</summary>
    private static bool CanReach(FlowPlan plan, int from, int target, int without)
    {
        var seen = new HashSet<int> { from };
        var stack = new Stack<int>(seen);

        while (stack.TryPop(out var step))
        {
            if (step == target)
                return true;

            foreach (var edge in plan.Out[step])
                if (plan.Target[edge] != without && seen.Add(plan.Target[edge]))
                    stack.Push(plan.Target[edge]);
        }

        return false;
    }
}
