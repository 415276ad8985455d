using System.Collections.Immutable;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Migration;

/// <summary>Carries one state: everything in it that refers to the graph.</summary>
internal sealed class StateCarrier(WorkflowGraph from, WorkflowGraph to, WorkflowState state, MigrationPlan plan)
{
    private readonly NodeMap map = new(from, to, plan);
    private readonly Findings findings = new(plan);
    private readonly List<Living> all = [];
    private readonly Dictionary<long, Living> byId = [];

    public MigrationResult Carry()
    {
        foreach (var problem in map.Problems)
            findings.Add(problem);

        Gather();
        var trigger = Trigger();
        var values = new ValueCarrier(from, to, plan, findings);
        var slots = new SlotCarrier(from, to, map, values, findings);
        var placement = new Placement(to, slots, findings);
        values.Survey(all);
        placement.Place(all, state.NextId);
        var queue = Queue(slots);
        var frames = Charts(placement.Frames, queue, trigger);
        var carried = state with
        {
            DefinitionVersionId = to.DefinitionVersionId,
            DefinitionId = to.DefinitionId,
            TriggerActivityId = trigger,
            NextId = placement.NextId,
            Frames = frames,
            Queue = queue,
            Bookmarks = [.. state.Bookmarks.Select(Checked)],
            Parked = [.. state.Parked.Select(Checked)],
            Incidents = [.. state.Incidents.Select(Incident)],
            ActivityOutputs = Outputs(),
            Undo = Undo(),
        };

        if (!findings.HasRefusals)
        {
            values.NoteDropped();
            Compare(carried, trigger);
        }

        if (!findings.HasRefusals && plan.Timers == TimerPolicy.Recompute)
            carried = new TimerRecount(to, findings).Recount(carried);

        if (to.ReadsOutputs && !from.ReadsOutputs)
            findings.Note(
                $"Expressions of version {to.Version} read outputs of earlier activities, which this instance has not kept: they are empty.",
                to.Root
            );

        return findings.HasRefusals
            ? new(MigrationVerdict.Blocked, null, Moves(null), findings.Refusals, findings.Notes)
            : new(MigrationVerdict.Ready, carried, Moves(carried), [], findings.Notes);
    }

    private void Gather()
    {
        foreach (var frame in state.Frames)
        {
            var node = from.Nodes[frame.Node];
            var living = new Living(frame, node, map.To(node));
            all.Add(living);
            byId[frame.Id] = living;
        }

        foreach (var living in all)
            if (byId.TryGetValue(living.Old.Parent, out var owner))
            {
                living.Parent = owner;
                owner.Children.Add(living);
            }

        foreach (var item in state.Queue)
            if (byId.TryGetValue(item.Owner, out var owner))
                owner.Queued.Add(item);
    }

    /// <summary>The activity that started it decides where its charts begin.</summary>
    private string? Trigger()
    {
        if (state.TriggerActivityId is not { } id || from.FindByActivityId(id) is not { } node)
            return state.TriggerActivityId;

        return map.To(node)?.Id ?? id;
    }

    private ImmutableArray<QueuedState> Queue(SlotCarrier slots)
    {
        var queue = ImmutableArray.CreateBuilder<QueuedState>(state.Queue.Length);

        foreach (var item in state.Queue)
            if (slots.Carry(item, byId.GetValueOrDefault(item.Owner), byId.GetValueOrDefault(item.Frame)) is { } carried)
                queue.Add(carried);

        return queue.DrainToImmutable();
    }

    private ImmutableArray<FrameState> Charts(ImmutableArray<FrameState> frames, ImmutableArray<QueuedState> queue, string? trigger)
    {
        if (findings.HasRefusals)
            return frames;

        var charts = new ChartCarrier(to, map, findings, state.TriggerActivityId, trigger);
        var result = ImmutableArray.CreateBuilder<FrameState>(frames.Length);

        foreach (var frame in frames)
            result.Add(
                byId.TryGetValue(frame.Id, out var living) && living is { OldNode.Activity: Flowchart, Place.Activity: Flowchart }
                    ? frame with
                    {
                        Flow = charts.Carry(living, StepsOf(frame, frames, queue)),
                    }
                    : frame
            );

        return result.MoveToImmutable();
    }

    private List<int> StepsOf(FrameState chart, ImmutableArray<FrameState> frames, ImmutableArray<QueuedState> queue)
    {
        var steps = new List<int>();
        var node = to.Nodes[chart.Node];

        foreach (var frame in frames)
            if (frame.Parent == chart.Id && ReferenceEquals(to.Nodes[frame.Node].Parent, node))
                steps.Add(to.Nodes[frame.Node].Ordinal);

        foreach (var item in queue)
            if (item.Owner == chart.Id && item.Frame == 0 && ReferenceEquals(to.Nodes[item.Node].Parent, node))
                steps.Add(to.Nodes[item.Node].Ordinal);

        return steps;
    }

    /// <summary>A waiter stays as it is; the method that continues it must still exist.</summary>
    private Bookmark Checked(Bookmark bookmark)
    {
        if (
            bookmark.CallbackName is { } callback
            && byId.GetValueOrDefault(bookmark.FrameId) is { IsRefused: false, Place: { } place } living
            && !place.Descriptor.ResumePoints.ContainsKey(callback)
        )
            findings.Refuse(
                MigrationCodes.Callback,
                $"'{living.Name}' goes on with the method '{callback}', which '{place.Id}' of version {to.Version} does not have.",
                living.OldNode,
                living.Old.Id,
                bookmark.Id
            );

        return bookmark;
    }

    private Incident Incident(Incident incident)
    {
        var node = from.Nodes[incident.Node];

        if (byId.GetValueOrDefault(incident.FrameId) is { Place: { } own } living && ReferenceEquals(living.OldNode, node))
            return Into(own);

        while (map.To(node) is null)
            node = node.Parent!;

        return Into(map.To(node)!);

        Incident Into(Node place) =>
            incident with
            {
                Node = place.Index,
                ActivityId = place.Id,
                ActivityNodeId = place.NodeId,
                ActivityType = place.Descriptor.TypeName,
            };
    }

    private ImmutableArray<ActivityOutputState> Outputs()
    {
        var outputs = ImmutableArray.CreateBuilder<ActivityOutputState>(state.ActivityOutputs.Length);

        foreach (var output in state.ActivityOutputs)
            if (output.Node < 0)
                outputs.Add(output);
            else if (map.To(from.Nodes[output.Node]) is { } place)
                outputs.Add(output with { Node = place.Index });

        return outputs.DrainToImmutable();
    }

    private ImmutableArray<UndoState> Undo()
    {
        var undo = ImmutableArray.CreateBuilder<UndoState>(state.Undo.Length);

        foreach (var step in state.Undo)
        {
            var old = from.Nodes[step.Of];
            var place = map.To(old);
            var undoPlace = place?.Undo ?? map.To(from.Nodes[step.Node]);

            if (undoPlace is not null)
                // What was done may be gone from the new version; it can be undone as long as the undo step is there.
                undo.Add(step with { Node = undoPlace.Index, Of = (place ?? undoPlace).Index });
            else if (!map.IsChosen(old))
                findings.Refuse(
                    MigrationCodes.Undo,
                    $"'{Living.NameOf(old)}' has run and can be undone by '{Living.NameOf(from.Nodes[step.Node])}', for which version {to.Version} has no place. Name one in the plan, or say there that '{old.Id}' has none.",
                    old,
                    step.Execution
                );
        }

        return undo.DrainToImmutable();
    }

    private void Compare(WorkflowState carried, string? trigger)
    {
        var before = new Outlook(
            [.. all.Where(l => !l.Old.IsUndo).Select(l => l.OldNode)],
            [.. Waiting(from, state)],
            state.TriggerActivityId
        );
        var after = new Outlook(
            [.. carried.Frames.Where(f => !f.IsUndo).Select(f => to.Nodes[f.Node])],
            [.. Waiting(to, carried)],
            trigger
        );
        new OutlookCheck(from, to, map, findings, trigger).Compare(
            before,
            after,
            [.. all.Where(l => l.New is not null).Select(l => l.OldNode)],
            [.. carried.Frames.Select(f => to.Nodes[f.Node])]
        );
    }

    /// <summary>What is about to run, and joins of sound charts at which something has arrived.</summary>
    private static IEnumerable<Node> Waiting(WorkflowGraph graph, WorkflowState state)
    {
        foreach (var item in state.Queue)
            if (item.Frame == 0 && !item.IsUndo)
                yield return graph.Nodes[item.Node];

        if (graph.Semantics != FlowSemantics.Sound)
            yield break;

        foreach (var frame in state.Frames)
            if (graph.Nodes[frame.Node].Activity is Flowchart chart)
                for (var i = 1; i < frame.Flow.Length; i += 3 + frame.Flow[i + 2])
                    yield return chart.Plan.Steps[chart.Plan.Target[frame.Flow[i]]];
    }

    private ImmutableArray<MigrationMove> Moves(WorkflowState? carried)
    {
        var moves = ImmutableArray.CreateBuilder<MigrationMove>(all.Count);
        var due = carried?.Bookmarks.AddRange(carried.Parked).ToDictionary(b => b.Id, b => b.DueAt);
        var waits = state.Bookmarks.AddRange(state.Parked).ToLookup(b => b.FrameId);

        foreach (var living in all)
            moves.Add(
                new(
                    living.Old.Id,
                    living.OldNode.Descriptor.TypeName,
                    living.Name,
                    living.OldNode.NodeId,
                    living.IsDissolved ? null : living.Place?.NodeId,
                    [
                        .. waits[living.Old.Id]
                            .Select(b => new MigrationWait(b.Id, b.Name, b.DueAt, due is null ? b.DueAt : due.GetValueOrDefault(b.Id))),
                    ]
                )
            );

        foreach (var frame in carried?.Frames ?? [])
            if (!byId.ContainsKey(frame.Id))
            {
                var node = to.Nodes[frame.Node];
                moves.Add(new(frame.Id, node.Descriptor.TypeName, Living.NameOf(node), null, node.NodeId, []));
            }

        return moves.DrainToImmutable();
    }
}

/// <summary>Gives timers the moments that the new version says, counted from when each wait began.</summary>
internal sealed class TimerRecount(WorkflowGraph to, Findings findings)
{
    public WorkflowState Recount(WorkflowState state)
    {
        foreach (var frame in state.Frames)
            if (state.Bookmarks.Concat(state.Parked).Any(b => b.FrameId == frame.Id && b.DueAt is not null))
                state = Recount(state, frame);

        return state;
    }

    private WorkflowState Recount(WorkflowState state, FrameState frame)
    {
        var node = to.Nodes[frame.Node];

        if (node.RunsInHost)
        {
            findings.Note($"The timer of '{Living.NameOf(node)}' stays as it is: its moment is made by code of the host.", node, frame.Id);
            return state;
        }

        try
        {
            var timer = state.Bookmarks.Concat(state.Parked).First(b => b.FrameId == frame.Id && b.DueAt is not null);
            var (waiters, inputs) = Run.Recount(to, state, frame.Id, timer.CreatedAt);
            return state with
            {
                Frames = [.. state.Frames.Select(f => f.Id == frame.Id ? f with { Inputs = inputs } : f)],
                Bookmarks = [.. state.Bookmarks.Select(b => b.FrameId == frame.Id ? Renewed(b, waiters) : b)],
                Parked = [.. state.Parked.Select(b => b.FrameId == frame.Id ? Renewed(b, waiters) : b)],
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            findings.Refuse(
                MigrationCodes.Timer,
                $"When the timer of '{Living.NameOf(node)}' is due in version {to.Version} cannot be computed: {e.Message} Correct the input, or keep timers.",
                node,
                frame.Id
            );
            return state;
        }
    }

    /// <summary>One that would not wait at all is due from the moment when it began.</summary>
    private static Bookmark Renewed(Bookmark old, ImmutableArray<Bookmark> waiters)
    {
        if (old.DueAt is null)
            return old;

        return waiters.FirstOrDefault(w => w.Name == old.Name && w.CallbackName == old.CallbackName && w.DueAt is not null) is { } renewed
            ? old with
            {
                DueAt = renewed.DueAt,
                Hash = renewed.Hash,
                Payload = renewed.Payload,
            }
            : old with
            {
                DueAt = old.CreatedAt,
            };
    }
}
