using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Execution;

/// <summary>How executions end: completed, cancelled, failed.</summary>
internal sealed partial class Run
{
    public void Complete(Frame frame, ImmutableArray<string> outcomes)
    {
        if (frame.Status != ActivityStatus.Running || frame.IsCompleting || (undoing is not null && ReferenceEquals(frame, root)))
            return;

        EndChildren(frame);

        // The end of a child may have ended this one already.
        if (!frame.IsAlive || frame.Status != ActivityStatus.Running)
            return;

        frame.Status = ActivityStatus.Completed;
        Journal(frame, JournalEvent.Completed, outcomes.IsDefaultOrEmpty ? Outcomes.Default : outcomes);
        RemoveBookmarks(frame);
        RememberUndo(frame);
        isCommitDue |= frame.Node.Commit is CommitPoint.After or CommitPoint.BeforeAndAfter;

        if (frame.Node.Activity is WorkflowCall)
            HandOverOutputs(frame);

        if (ReferenceEquals(frame, root))
            CloseRoot(outcomes);

        Unlink(frame);
        Notify(frame, outcomes.IsDefaultOrEmpty ? Outcomes.Default : outcomes);
    }

    /// <summary>Cancels an execution and all below it, and tells its owner.</summary>
    public void Cancel(Frame frame)
    {
        if (!frame.IsAlive || frame.Status is ActivityStatus.Completed or ActivityStatus.Canceled)
            return;

        EndChildren(frame);

        if (!frame.IsAlive)
            return;

        frame.Status = ActivityStatus.Canceled;
        RemoveBookmarks(frame);
        Journal(frame, JournalEvent.Canceled);
        Unlink(frame);

        if (frame.IsUndo && undoing is not null)
        {
            UndoNext();
            return;
        }

        if (frame.Parent is not { IsAlive: true, Status: ActivityStatus.Running, IsCompleting: false } parent)
            return;

        try
        {
            if (parent.Node.Activity is Flowchart flowchart)
                flowchart.ChildCanceled(parent, frame);
            else
                parent.Node.Activity.InvokeChildCanceled(parent, frame.Node.Activity);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fault(parent, e);
        }
    }

    /// <summary>Ends the whole workflow at once, as the Finish activity does.</summary>
    public void FinishWorkflow(Frame by)
    {
        // In an undo step it ends that step only: the others must still run.
        for (var step = by; undoing is not null && step is not null; step = step.Parent)
            if (step.IsUndo)
            {
                Complete(step, Outcomes.Default);
                return;
            }

        queue.Clear();
        var above = new HashSet<Frame>();

        for (var frame = by; frame is not null; frame = frame.Parent)
            above.Add(frame);

        for (var frame = lastAlive; frame is not null; )
        {
            var previous = frame.PreviousAlive;
            frame.Status = above.Contains(frame) ? ActivityStatus.Completed : ActivityStatus.Canceled;
            Journal(
                frame,
                frame.Status == ActivityStatus.Completed ? JournalEvent.Completed : JournalEvent.Canceled,
                frame.Status == ActivityStatus.Completed ? Outcomes.Default : null
            );
            RemoveBookmarks(frame);

            if (ReferenceEquals(frame, root))
                CloseRoot(Outcomes.Default);

            Unlink(frame);
            frame = previous;
        }

        endedAs = WorkflowSubStatus.Finished;
    }

    public void Fault(Frame frame, Exception exception)
    {
        var detail = exception is InputFaultException input
            ? new FaultDetail(input.Message, input.InnerException!.GetType().FullName, input.Detail)
            : FaultDetail.Of(exception);
        Fault(frame, detail);
    }

    public void Fault(Frame frame, FaultDetail detail)
    {
        // An owner may fail while it is told of a completion; then the child that completed is taken as failed, as in Elsa, and can be retried.
        if (!frame.IsAlive)
            Link(frame);

        frame.Status = ActivityStatus.Faulted;
        frame.IsCompleting = false;
        frame.Invoking = false;
        RemoveBookmarks(frame);

        // What it scheduled before it failed would run beside its retry.
        if (!Graph.IsElsaExact)
            DropQueued(frame);

        for (var above = frame; above is not null; above = above.Parent)
            above.FaultCount++;

        var incident = AddIncident(detail.Kind, frame, frame.Node, detail);
        Journal(frame, JournalEvent.Faulted, incident);

        if (Graph.IncidentStrategy == IncidentStrategy.ContinueWithIncidents && undoing is null)
            return;

        isFaulted = true;

        // In Elsa's modes what was queued still runs in this burst.
        if (!Graph.IsElsaExact)
            isPaused = true;
    }

    public Bookmark AddBookmark(Frame frame, BookmarkRequest request)
    {
        var instance = request.IncludeActivityInstanceId ? frame.ActivityInstanceId : null;
        var bookmark = new Bookmark
        {
            Id = nextId++,
            FrameId = frame.Id,
            Name = request.Name,
            Hash = StimulusHash.Of(request.Name, request.Payload, request.ExcludedFromHash, instance),
            Payload = request.Payload is null ? [] : [.. request.Payload.Select(p => new NamedValue(p.Key, Values.PlainValue.Of(p.Value)))],
            DueAt = request.DueAt?.ToUniversalTime(),
            CreatedAt = Now,
            CallbackName = request.CallbackName,
            AutoBurn = request.AutoBurn,
            AutoComplete = request.AutoComplete,
            Metadata = request.Metadata,
        };

        if (request.CallbackName is not null && !frame.Node.Descriptor.ResumePoints.ContainsKey(request.CallbackName))
            throw new InvalidOperationException(
                $"{frame.Node} has no method '{request.CallbackName}' to continue with. A callback must be a method of the activity that takes its context."
            );

        // What has completed cannot wait any more.
        if (!frame.IsAlive || frame.Status != ActivityStatus.Running)
            return bookmark;

        bookmarks.Add(bookmark);
        effects.Add(new Effect.BookmarkAdded(bookmark));
        frame.BookmarkCount++;
        frame.NewBookmarks++;
        return bookmark;
    }

    /// <summary>Cancels what an execution has scheduled, also what has not begun; the execution itself goes on.</summary>
    public void CancelChildren(Frame frame)
    {
        EndChildren(frame);
        DropQueued(frame);
    }

    private void EndChildren(Frame frame)
    {
        frame.IsCompleting = true;

        while (frame.FirstChild is { } child)
            Cancel(child);

        frame.IsCompleting = false;

        if (!Graph.IsElsaExact)
            DropQueued(frame);
    }

    private void DropQueued(Frame owner)
    {
        if (owner.QueuedCount == 0)
            return;

        foreach (var item in queue)
            if (ReferenceEquals(item.Owner, owner))
                item.IsCancelled = true;

        owner.QueuedCount = 0;
        owner.QueuedByNode = null;
    }

    private void Notify(Frame frame, ImmutableArray<string> outcomes)
    {
        try
        {
            TellOwner(frame, outcomes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fault(frame, e);
        }
    }

    private void TellOwner(Frame frame, ImmutableArray<string> outcomes)
    {
        if (frame is { OwnerHadEnded: true, Parent: { Flow: TokenState, Node.Activity: Flowchart ended } chart })
        {
            ended.ChildCompleted(chart, frame, outcomes);
            return;
        }

        if (frame.Parent is not { IsAlive: true, Status: ActivityStatus.Running, IsCompleting: false } parent)
            return;

        if (frame.IsUndo)
        {
            UndoNext();
            return;
        }

        if (parent.Node.Activity is Flowchart flowchart)
        {
            flowchart.ChildCompleted(parent, frame, outcomes);
            return;
        }

        var completion = new ActivityCompletion(frame.Node.Activity, outcomes, frame.Tag);

        if (frame.Callback is not null && parent.Node.Descriptor.CompletionCallbacks.TryGetValue(frame.Callback, out var callback))
            callback(parent.Node.Activity, parent, completion);
        else
            parent.Node.Activity.InvokeChildCompleted(parent, completion);
    }

    private void RemoveBookmarks(Frame frame)
    {
        if (frame.BookmarkCount == 0)
            return;

        for (var i = bookmarks.Count - 1; i >= 0; i--)
            if (bookmarks[i].FrameId == frame.Id)
                RemoveBookmark(i);

        frame.BookmarkCount = 0;
    }

    private void RemoveBookmark(int index)
    {
        var bookmark = bookmarks[index];
        bookmarks.RemoveAt(index);

        // One that was made in this very step need not be known to anybody.
        var added = bookmark.Id >= before.NextId ? effects.FindIndex(e => e is Effect.BookmarkAdded a && a.Bookmark.Id == bookmark.Id) : -1;

        if (added >= 0)
            effects.RemoveAt(added);
        else
            effects.Add(new Effect.BookmarkBurned(bookmark));
    }

    private static void HandOverOutputs(Frame frame)
    {
        if (frame.Outputs is null)
            return;

        for (var i = 0; i < frame.Node.Outputs.Length; i++)
            if (frame.Outputs.TryGetValue(frame.Node.Outputs[i].Name, out var value))
                frame.SetOutput(i, Frame.Decoded(frame.Outputs, frame.Node.Outputs[i].Name, value));
    }

    private void CloseRoot(ImmutableArray<string> outcomes)
    {
        workflowOutcomes = outcomes.IsDefaultOrEmpty ? Outcomes.Default : outcomes;
        KeepFinalVariables();
    }

    private void KeepFinalVariables()
    {
        if (root?.Slots is null && root?.Dynamic is null)
            return;

        var kept = ImmutableArray.CreateBuilder<NamedValue>();

        for (var i = 0; i < (root.Slots?.Length ?? 0); i++)
            kept.Add(new(root.Node.Variables[i].Name, root.Slots![i]));

        foreach (var (name, value) in root.Dynamic ?? [])
            kept.Add(new(name, value));

        finalVariables = kept.DrainToImmutable();
    }

    private void RememberUndo(Frame frame)
    {
        if (frame.Node.Undo is not { } undoNode || frame.IsUndo)
            return;

        var what = new Dictionary<string, object?>(StringComparer.Ordinal) { ["activityId"] = frame.Node.Id, ["execution"] = frame.Id };
        var given = new Dictionary<string, object?>(StringComparer.Ordinal);
        var made = new Dictionary<string, object?>(StringComparer.Ordinal);

        for (var i = 0; i < (frame.Inputs?.Length ?? 0); i++)
            if (!frame.Node.Inputs[i].IsSensitive)
                given[frame.Node.Inputs[i].Name] = frame.Inputs![i];

        for (var i = 0; i < (frame.OutputValues?.Length ?? 0); i++)
            made[frame.Node.Outputs[i].Name] = frame.OutputValues![i];

        what["inputs"] = given;
        what["outputs"] = made;
        undo.Add(new UndoState(undoNode.Index, frame.Node.Index, frame.Id, Values.PlainValue.Of(what)));
    }

    private Incident AddIncident(IncidentKind kind, Frame? frame, Node node, FaultDetail detail)
    {
        var incident = new Incident
        {
            Id = nextId++,
            Kind = kind,
            FrameId = frame?.Id ?? 0,
            Node = node.Index,
            ActivityId = node.Id,
            ActivityNodeId = node.NodeId,
            ActivityType = node.Descriptor.TypeName,
            Message = detail.Message,
            Detail = detail.Detail,
            ExceptionType = detail.ExceptionType,
            Code = detail.Code,
            At = Now,
        };
        incidents.Add(incident);
        return incident;
    }
}
