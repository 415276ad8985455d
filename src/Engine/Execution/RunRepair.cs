using System.Collections.Immutable;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Execution;

/// <summary>What people do to an instance: cancel, retry, alter; and what undoes it.</summary>
internal sealed partial class Run
{
    private bool CancelWorkflow(bool compensate)
    {
        if (before.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled || (undoing is not null && compensate))
            return false;

        parked = [];

        // An undo step may wait for ever; a plain cancel ends it.
        if (undoing is not null)
        {
            EndUndo(WorkflowSubStatus.Cancelled);
            return true;
        }

        if (compensate && undo.Count > 0 && root is { IsAlive: true })
        {
            BeginUndo(WorkflowSubStatus.Cancelled);
            return true;
        }

        KeepFinalVariables();
        CancelAll();

        if (root is not null)
            Journal(root, JournalEvent.WorkflowCancelled);

        endedAs = WorkflowSubStatus.Cancelled;
        return true;
    }

    private void CancelAll()
    {
        queue.Clear();

        if (root is { IsAlive: true })
            Cancel(root);

        while (firstAlive is not null)
            Cancel(firstAlive);

        while (bookmarks.Count > 0)
            RemoveBookmark(bookmarks.Count - 1);
    }

    private void BeginUndo(WorkflowSubStatus final)
    {
        undoing = final;
        isFaulted = false;
        isPaused = false;
        queue.Clear();
        root!.QueuedCount = 0;
        root.QueuedByNode = null;
        root.Status = ActivityStatus.Running;
        EndChildren(root);

        for (var frame = lastAlive; frame is not null && !ReferenceEquals(frame, root); frame = lastAlive)
            Cancel(frame);

        UndoNext();
    }

    private void UndoNext()
    {
        if (undo.Count == 0)
        {
            EndUndo(undoing!.Value);
            return;
        }

        var last = undo[^1];
        undo.RemoveAt(undo.Count - 1);
        Journal(root!, JournalEvent.Compensating, Graph.Nodes[last.Of].Id);
        Enqueue(
            new WorkItem
            {
                IsUndo = true,
                Variables = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["Compensated"] = last.Value },
            }.Of(Graph.Nodes[last.Node], root)
        );
    }

    private void EndUndo(WorkflowSubStatus final)
    {
        undoing = null;
        KeepFinalVariables();
        CancelAll();

        if (final == WorkflowSubStatus.Cancelled)
            Journal(root!, JournalEvent.WorkflowCancelled);

        undo.Clear();
        isFaulted = false;
        endedAs = final;
    }

    private bool Retry(long? incidentId)
    {
        var repaired = incidents.Where(i => incidentId is null || i.Id == incidentId).ToList();

        if (repaired.Count == 0 || firstAlive is null)
            return false;

        foreach (var incident in repaired)
        {
            incidents.Remove(incident);

            if (FindFrame(incident.FrameId) is not { Status: ActivityStatus.Faulted } frame)
                continue;

            Mend(frame);
            Journal(frame, JournalEvent.Retried);

            // What the failed attempt began would run beside the new one, and would tell a container that has forgotten it.
            if (!Graph.IsElsaExact)
                EndChildren(frame);

            frame.BeginAnew();
            Enqueue(new WorkItem { Existing = frame }.Of(frame.Node, null));
        }

        Unpark();

        // A burst of Elsa's modes goes on after a fault; when all is mended meanwhile, it ends as if there had been none.
        isFaulted = isFaulted && HasFaulted();
        return true;
    }

    private bool HasFaulted() => incidents.Exists(i => FindFrame(i.FrameId) is { Status: ActivityStatus.Faulted });

    private static void Mend(Frame frame)
    {
        frame.Status = ActivityStatus.Running;

        for (var above = frame; above is not null; above = above.Parent)
            above.FaultCount = Math.Max(0, above.FaultCount - 1);
    }

    /// <summary>Waiters that a fault took down come back.</summary>
    private void Unpark()
    {
        foreach (var bookmark in parked)
        {
            if (FindFrame(bookmark.FrameId) is not { Status: ActivityStatus.Running } frame)
                continue;

            bookmarks.Add(bookmark);
            frame.BookmarkCount++;
            effects.Add(new Effect.BookmarkAdded(bookmark));
        }

        parked = [];
    }

    private bool Alter(ImmutableArray<Alteration> alterations)
    {
        if (before.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled or WorkflowSubStatus.Pending)
            throw new AlterationException(InstanceId, $"Instance '{InstanceId}' is {before.SubStatus} and cannot be altered.");

        foreach (var alteration in alterations.IsDefault ? [] : alterations)
            Alter(alteration);

        if (!HasFaulted())
            Unpark();
        else if (before.SubStatus == WorkflowSubStatus.Faulted)
            isFaulted = true;

        return true;
    }

    private void Alter(Alteration alteration)
    {
        switch (alteration)
        {
            case Alteration.ModifyVariable modify:
                ModifyVariable(modify);
                break;
            case Alteration.CancelActivity cancel:
                foreach (var frame in FramesOf(cancel.Activity, cancel.FrameId))
                {
                    Journal(frame, JournalEvent.Altered, "CancelActivity");
                    incidents.RemoveAll(i => i.FrameId == frame.Id);

                    // The undo steps hang on the workflow itself: without it none of them can follow.
                    if (undoing is not null && ReferenceEquals(frame, root))
                    {
                        EndUndo(WorkflowSubStatus.Cancelled);
                        break;
                    }

                    Cancel(frame);
                }

                break;
            case Alteration.ScheduleActivity schedule:
                ScheduleByHand(schedule.Activity);
                break;
            case Alteration.Skip skip:
                foreach (var frame in FramesOf(null, skip.FrameId))
                {
                    Journal(frame, JournalEvent.Skipped);
                    incidents.RemoveAll(i => i.FrameId == frame.Id);

                    if (frame.Status == ActivityStatus.Faulted)
                        Mend(frame);

                    frame.Status = ActivityStatus.Running;
                    frame.Invoking = false;
                    SkipOver(frame, skip.Outcomes.IsDefaultOrEmpty ? Outcomes.Default : skip.Outcomes);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(alteration), alteration, "Unknown alteration.");
        }
    }

    /// <summary>What follows from a completion may fail, as where an activity completes by itself: that is a fault of the workflow.</summary>
    private void SkipOver(Frame frame, ImmutableArray<string> outcomes)
    {
        try
        {
            Complete(frame, outcomes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fault(frame, e);
        }
    }

    private object? PlainOf(Alteration.ModifyVariable modify)
    {
        try
        {
            return Values.PlainValue.Of(modify.Value);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new AlterationException(InstanceId, $"The value for variable '{modify.Variable}' cannot be kept: {e.Message}");
        }
    }

    private void ModifyVariable(Alteration.ModifyVariable modify)
    {
        var given = PlainOf(modify);

        for (var frame = firstAlive; frame is not null; frame = frame.NextAlive)
        {
            if (frame.Slots is null)
                continue;

            var slot = frame.Node.FindSlotById(modify.Variable);
            slot = slot >= 0 ? slot : frame.Node.FindSlotByName(modify.Variable);

            if (slot < 0)
                continue;

            var type = frame.Node.Variables[slot].Type;

            if (!Values.ValueConverter.TryConvert(given, type, out _))
                throw new AlterationException(
                    InstanceId,
                    $"{(frame.Node.Variables[slot].IsSecret ? "That" : $"'{Expressions.ExpressionDefinition.Literal(given).Quoted}'")} is not a value of type {Values.WorkflowTypes.AliasOf(type)}, which variable '{modify.Variable}' has."
                );

            frame.Slots[slot] = Compilation.GraphBuilder.SlotValue(given, type);
            Journal(frame, JournalEvent.Altered, $"ModifyVariable {frame.Node.Variables[slot].Name}");
            return;
        }

        throw new AlterationException(InstanceId, $"Instance '{InstanceId}' has no living variable '{modify.Variable}'.");
    }

    private void ScheduleByHand(string activityId)
    {
        var node =
            Graph.Nodes.FirstOrDefault(n => n.Id == activityId && n.Parent is not null)
            ?? throw new AlterationException(InstanceId, $"The workflow has no activity '{activityId}'.");
        Frame? owner = null;

        for (var frame = firstAlive; frame is not null; frame = frame.NextAlive)
            if (ReferenceEquals(frame.Node, node.Parent) && frame.Status == ActivityStatus.Running)
                owner = frame;

        if (owner is null)
            throw new AlterationException(
                InstanceId,
                $"Activity '{activityId}' cannot be scheduled: its container '{node.Parent!.Id}' does not run."
            );

        foreach (var item in queue)
            if (ReferenceEquals(item.Existing, owner))
                throw new AlterationException(
                    InstanceId,
                    $"Activity '{activityId}' cannot be scheduled: its container '{owner.Node.Id}' is about to run again. Schedule it when that has begun."
                );

        if (IsFull)
            throw new AlterationException(
                InstanceId,
                $"Activity '{activityId}' cannot be scheduled: {queue.Count:N0} activities wait to run already, the limit is {Graph.StepBudget:N0}. Retry or cancel the instance, or cancel the activity that scheduled them."
            );

        Journal(owner, JournalEvent.Altered, $"ScheduleActivity {activityId}");

        if (owner.Node.Activity is Nodes.Flowchart flowchart)
            flowchart.ScheduleByHand(owner, node);
        else
            Schedule(NewItem(node, owner));
    }

    private List<Frame> FramesOf(string? activityId, long frameId)
    {
        var found = new List<Frame>();

        for (var frame = firstAlive; frame is not null; frame = frame.NextAlive)
            if (frameId > 0 ? frame.Id == frameId : frame.Node.Id == activityId)
                found.Add(frame);

        return found.Count > 0
            ? found
            : throw new AlterationException(
                InstanceId,
                frameId > 0 ? $"Execution {frameId} does not live." : $"No execution of activity '{activityId}' lives."
            );
    }
}
