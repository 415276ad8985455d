using System.Collections.Immutable;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Execution;

/// <summary>From state to draft and back.</summary>
internal sealed partial class Run
{
    private void Thaw(WorkflowState state)
    {
        CorrelationId = state.CorrelationId;
        Name = state.Name;
        TriggerActivityId = state.TriggerActivityId;
        ParentInstanceId = state.ParentInstanceId;
        isFaulted = state.IsFaulting;
        isTriggerPending = state.IsTriggerPending;
        TriggerInput = Decoded(state.TriggerInput) ?? NoValues;
        nextId = state.NextId;
        draws = state.Draws;
        subStatus = state.SubStatus;
        undoing = state.Undoing;
        parked = state.Parked;
        finalVariables = state.FinalVariables;
        workflowOutcomes = state.Outcomes;
        // A commit in the middle of a burst gives it no new budget: an endless loop would never be found.
        stepsLeft = Graph.StepBudget - state.BurstSteps;
        calls = state.BurstCalls;
        committedAt = state.CommittedAt ?? Now;
        isCommitDue = Graph.CommitInterval is { } interval && Now - committedAt > interval;

        if (state.SubStatus == WorkflowSubStatus.Pending)
            return;

        bookmarks.AddRange(state.Bookmarks);
        incidents.AddRange(state.Incidents);
        undo.AddRange(state.Undo);
        inputs = ToDictionary(state.Inputs);
        instanceOutputs = ToDictionary(state.Outputs);

        if (!state.ActivityOutputs.IsEmpty)
            outputs = state.ActivityOutputs.ToDictionary(o => (o.Node, o.Output), o => o.Value);

        var frames = new Dictionary<long, Frame>(state.Frames.Length);

        foreach (var saved in state.Frames)
            frames[saved.Id] = ThawFrame(saved);

        foreach (var saved in state.Frames)
        {
            var frame = frames[saved.Id];
            frame.Parent = frames.GetValueOrDefault(saved.Parent);
            Link(frame);

            if (frame is { Live: not null, Parent.Flow: SoundState chart })
                chart.Add(frame.Live);

            if (frame.Node.Index == 0)
                root = frame;
        }

        foreach (var saved in state.Queue)
            ThawItem(saved, frames);

        foreach (var bookmark in bookmarks)
            if (frames.TryGetValue(bookmark.FrameId, out var waiter))
                waiter.BookmarkCount++;
    }

    private Frame ThawFrame(FrameState saved)
    {
        var node = Graph.Nodes[saved.Node];
        var frame = new Frame(this)
        {
            Tag = saved.Tag,
            Callback = saved.Callback,
            // In Elsa the mark is an input in memory: it does not survive a suspension.
            Backward = saved.Backward && before.SubStatus == WorkflowSubStatus.Executing,
            IsUndo = saved.IsUndo,
            IsBreaking = saved.IsBreaking,
            Status = saved.Status,
            Background = saved.Background,
            Invoking = saved.Invoking,
            InvokeCallback = saved.InvokeCallback,
            FaultCount = saved.FaultCount,
            Dynamic = ToDictionary(saved.Dynamic),
            Properties = ToDictionary(saved.Properties, StringComparer.Ordinal),
            Outputs = ToDictionary(saved.Outputs),
            Resumed = Decoded(saved.ResumeInput),
        }.Of(node, saved.Id, null);

        if (!saved.Given.IsEmpty)
            frame.OutputValues = [.. saved.Given.Select(PlainValue.Of)];

        if (!saved.Variables.IsEmpty)
            frame.Slots = [.. saved.Variables];

        if (saved.Inputs.IsEmpty)
        {
            frame.Inputs = node.ConstantInputs;
        }
        else
        {
            frame.Inputs = [.. saved.Inputs];

            for (var i = 0; i < frame.Inputs.Length; i++)
                if (frame.Inputs[i] is RawValue raw)
                    frame.Inputs[i] = ValueJson.ReadStored(raw.Utf8, node.Inputs[i].Type);
        }

        if (node.Activity is Flowchart flowchart)
            frame.Flow = flowchart.Thaw(frame, saved.Flow);

        if (saved.IsStep)
            frame.Live = new LiveStep { Frame = frame }.Of(node, saved.Late);

        return frame;
    }

    private void ThawItem(QueuedState saved, Dictionary<long, Frame> frames)
    {
        var item = new WorkItem
        {
            Existing = frames.GetValueOrDefault(saved.Frame),
            Tag = saved.Tag,
            Callback = saved.Callback,
            Backward = saved.Backward,
            IsUndo = saved.IsUndo,
            Variables = ToDictionary(saved.Variables),
            Live = saved.IsStep ? new LiveStep().Of(Graph.Nodes[saved.Node], saved.Late) : null,
            Checkpointed = saved.Checkpointed,
        }.Of(Graph.Nodes[saved.Node], frames.GetValueOrDefault(saved.Owner));
        Enqueue(item);

        if (item is { Live: not null, Owner.Flow: SoundState chart })
            chart.Add(item.Live);
    }

    /// <summary>Where the instance stands now that the queue is empty or the host is needed.</summary>
    private void Settle()
    {
        // An undo step failed: a person must look; what was not undone stays as it is.
        if (isFaulted && undoing is not null)
            EndUndo(WorkflowSubStatus.Faulted);

        if (endedAs is { } end)
        {
            subStatus = end;
        }
        else if (isFaulted && !GoesOnFaulted)
        {
            Park();
            subStatus = WorkflowSubStatus.Faulted;
        }
        else if (isPaused)
        {
            subStatus = WorkflowSubStatus.Executing;
        }
        else if (firstAlive is null)
        {
            subStatus = root is { Status: ActivityStatus.Canceled } ? WorkflowSubStatus.Cancelled : WorkflowSubStatus.Finished;

            if (subStatus == WorkflowSubStatus.Cancelled)
                KeepFinalVariables();
        }
        else
        {
            subStatus = WorkflowSubStatus.Suspended;
            ReportStandstill();
        }
    }

    /// <summary>True when the burst goes on, although something failed, once the host has answered or committed; in Elsa's modes only.</summary>
    private bool GoesOnFaulted => Graph.IsElsaExact && (effects is [.., Effect.Invoke or Effect.Checkpoint] || IsHostBusy());

    private void Park()
    {
        KeepFinalVariables();

        if (bookmarks.Count > 0)
            parked = parked.AddRange(bookmarks);

        while (bookmarks.Count > 0)
            RemoveBookmark(bookmarks.Count - 1);
    }

    private void ReportStandstill()
    {
        if (bookmarks.Count > 0)
            return;

        Frame? leaf = null;

        for (var frame = firstAlive; frame is not null; frame = frame.NextAlive)
        {
            if (frame.Invoking || frame.Status is ActivityStatus.Faulted or ActivityStatus.Pending)
                return;

            if (frame.FirstChild is null && leaf is null)
                leaf = frame;
        }

        if (leaf is null || incidents.Exists(i => i.Kind == IncidentKind.Stuck && i.FrameId == leaf.Id))
            return;

        var why = leaf.Node.Activity is Flowchart flowchart
            ? flowchart.DescribeStandstill(leaf)
            : $"'{leaf.Node.Id}' runs, but waits for no event, timer or job.";
        Journal(leaf, JournalEvent.Stuck, why);

        // In Elsa's modes a standstill is part of the semantics; there the journal says it.
        if (!Graph.IsElsaExact)
            AddIncident(
                IncidentKind.Stuck,
                leaf,
                leaf.Node,
                new FaultDetail($"The workflow can never continue: {why} Skip or cancel the activity, or schedule another.")
            );
    }

    private Step Freeze()
    {
        if (WorkflowState.StatusOf(subStatus) == WorkflowStatus.Finished && subStatus != before.SubStatus)
            effects.Add(new Effect.Ended(subStatus));

        var state = before with
        {
            CorrelationId = CorrelationId,
            Name = Name,
            TriggerActivityId = TriggerActivityId,
            ParentInstanceId = ParentInstanceId,
            IsTriggerPending = isTriggerPending && subStatus != WorkflowSubStatus.Finished,
            TriggerInput = isTriggerPending && subStatus != WorkflowSubStatus.Finished ? ToNamed(TriggerInput) : [],
            SubStatus = subStatus,
            IsFaulting = isFaulted && subStatus == WorkflowSubStatus.Executing,
            NextId = nextId,
            Draws = draws,
            Undoing = undoing,
            BurstSteps = subStatus == WorkflowSubStatus.Executing && effects is [.., Effect.Checkpoint] ? Graph.StepBudget - stepsLeft : 0,
            BurstCalls = subStatus == WorkflowSubStatus.Executing ? calls : 0,
            CommittedAt = Graph.CommitInterval is not null && subStatus == WorkflowSubStatus.Executing ? committedAt : null,
            Parked = parked,
            // What was queued may outlive the workflow itself in Elsa's modes; its variables are kept from its own end on.
            FinalVariables =
                WorkflowState.StatusOf(subStatus) == WorkflowStatus.Finished || root is not { IsAlive: true } ? finalVariables : [],
            Outcomes = workflowOutcomes.IsDefault ? [] : workflowOutcomes,
            Frames = FreezeFrames(),
            Queue = FreezeQueue(),
            Bookmarks = [.. bookmarks],
            Incidents = [.. incidents],
            Undo = [.. undo],
            Inputs = ToNamed(inputs),
            Outputs = ToNamed(instanceOutputs),
            ActivityOutputs =
                outputs is null || firstAlive is null
                    ? []
                    : [.. outputs.Select(o => new ActivityOutputState(o.Key.Node, o.Key.Output, o.Value))],
        };
        return new Step(state, [.. effects], journal.Drain());
    }

    private ImmutableArray<FrameState> FreezeFrames()
    {
        if (firstAlive is null)
            return [];

        var frames = ImmutableArray.CreateBuilder<FrameState>();

        for (var frame = firstAlive; frame is not null; frame = frame.NextAlive)
            frames.Add(
                new FrameState
                {
                    Id = frame.Id,
                    Node = frame.Node.Index,
                    Parent = frame.Parent is { IsAlive: true } parent ? parent.Id : 0,
                    Status = frame.Status,
                    Tag = frame.Tag,
                    Callback = frame.Callback,
                    Backward = frame.Backward,
                    IsUndo = frame.IsUndo,
                    IsBreaking = frame.IsBreaking,
                    Background = frame.Background,
                    Invoking = frame.Invoking,
                    InvokeCallback = frame.InvokeCallback,
                    ResumeInput = frame.Invoking ? ToNamed(frame.Resumed) : [],
                    IsStep = frame.Live is not null,
                    Late = frame.Live?.Late ?? [],
                    FaultCount = frame.FaultCount,
                    Inputs = frame.Inputs is null || ReferenceEquals(frame.Inputs, frame.Node.ConstantInputs) ? [] : [.. frame.Inputs],
                    Variables = frame.Slots is null ? [] : [.. frame.Slots],
                    Dynamic = ToNamed(frame.Dynamic),
                    Properties = ToNamed(frame.Properties),
                    Outputs = ToNamed(frame.Outputs),
                    Given = frame.Node.Undo is null || frame.OutputValues is null ? [] : [.. frame.OutputValues],
                    Flow = frame.Flow?.Freeze() ?? [],
                }
            );

        return frames.DrainToImmutable();
    }

    private ImmutableArray<QueuedState> FreezeQueue()
    {
        if (queue.Count == 0)
            return [];

        return
        [
            .. queue
                .Where(item => !IsVoid(item))
                .Select(item => new QueuedState
                {
                    Node = item.Node.Index,
                    Owner = item.Owner is { IsAlive: true } owner ? owner.Id : 0,
                    Frame = item.Existing?.Id ?? 0,
                    Tag = item.Tag,
                    Callback = item.Callback,
                    Backward = item.Backward,
                    IsStep = item.Live is not null,
                    Late = item.Live?.Late ?? [],
                    Variables = ToNamed(item.Variables),
                    IsUndo = item.IsUndo,
                    Checkpointed = item.Checkpointed,
                }),
        ];
    }

    /// <summary>What came with a stimulus is handed out as it is, so it is decoded at once.</summary>
    private static Dictionary<string, object?>? Decoded(ImmutableArray<NamedValue> values)
    {
        var result = ToDictionary(values);

        foreach (var (name, value) in values)
            if (value is RawValue)
                Frame.Decoded(result!, name, value);

        return result;
    }

    private static Dictionary<string, object?>? ToDictionary(ImmutableArray<NamedValue> values, StringComparer? comparer = null)
    {
        if (values.IsDefaultOrEmpty)
            return null;

        var result = new Dictionary<string, object?>(values.Length, comparer ?? StringComparer.OrdinalIgnoreCase);

        foreach (var (name, value) in values)
            result[name] = value;

        return result;
    }

    private static ImmutableArray<NamedValue> ToNamed(IReadOnlyDictionary<string, object?>? values) =>
        values is null || values.Count == 0 ? [] : [.. values.Select(v => new NamedValue(v.Key, v.Value))];
}
