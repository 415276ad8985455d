using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Execution;

/// <summary>What happens to an instance, one case each.</summary>
internal sealed partial class Run
{
    public static Step Take(WorkflowGraph graph, WorkflowState state, Stimulus stimulus, DateTimeOffset now, ExecutionValues? values = null)
    {
        var run = new Run(graph, state, now) { Recall = values };
        run.Thaw(state);

        if (!run.Apply(stimulus))
            return new Step(state, [], []);

        // What the host runs in the burst comes first; the queue waits for its answer.
        if (run.IsHostBusy())
            run.isPaused = true;

        run.Drain();

        if (run.IsToBeUndone)
        {
            run.BeginUndo(WorkflowSubStatus.Faulted);
            run.Drain();
        }

        run.Settle();
        return run.Freeze();
    }

    /// <summary>True when this very step failed and there is something to undo.</summary>
    private bool IsToBeUndone =>
        isFaulted
        && undoing is null
        && undo.Count > 0
        && root is { IsAlive: true }
        && before.SubStatus != WorkflowSubStatus.Faulted
        && incidents is [.., { Kind: IncidentKind.Fault }]
        && !GoesOnFaulted;

    /// <summary>A private copy of an execution, to read from; changes to it go nowhere.</summary>
    public static Frame? Look(WorkflowGraph graph, WorkflowState state, long frameId, DateTimeOffset now)
    {
        var run = new Run(graph, state, now);
        run.Thaw(state);
        return run.FindFrame(frameId);
    }

    /// <summary>An execution of a node as if its containers had just begun, with evaluated inputs.</summary>
    public static Frame Imagine(WorkflowGraph graph, Node node, DateTimeOffset now)
    {
        var run = new Run(graph, WorkflowState.New("", graph), now);
        var path = new Stack<Node>();

        for (var above = node; above is not null; above = above.Parent)
            path.Push(above);

        Frame? frame = null;

        foreach (var step in path)
            frame = new Frame(run) { Slots = step.Variables.Length > 0 ? [.. step.VariableDefaults] : null }.Of(step, run.nextId++, frame);

        frame!.EvaluateInputs();
        return frame;
    }

    /// <summary>False: nothing changes at all.</summary>
    private bool Apply(Stimulus stimulus)
    {
        switch (stimulus)
        {
            case Stimulus.Start start:
                return Start(start);
            case Stimulus.Resume resume:
                return Resume(resume);
            case Stimulus.Returned returned:
                return Returned(returned);
            case Stimulus.Threw threw:
                return Threw(threw);
            case Stimulus.Continue:
                // It was committed just now, however long that took.
                (committedAt, isCommitDue) = (Now, false);
                return before.SubStatus == WorkflowSubStatus.Executing && !IsHostBusy();
            case Stimulus.Cancel cancel:
                return CancelWorkflow(cancel.Compensate);
            case Stimulus.Retry retry:
                return Retry(retry.IncidentId);
            case Stimulus.Alter alter:
                return Alter(alter.Alterations);
            default:
                throw new ArgumentOutOfRangeException(nameof(stimulus), stimulus, "Unknown stimulus.");
        }
    }

    private bool Start(Stimulus.Start start)
    {
        if (before.SubStatus != WorkflowSubStatus.Pending)
            return false;

        isTriggerPending = start.TriggerActivityId is not null;
        CorrelationId = start.CorrelationId;
        Name = start.Name ?? Name;
        TriggerActivityId = start.TriggerActivityId ?? start.FromActivityId;
        carried = start.Variables;
        TriggerInput = Plain(start.TriggerInput);
        ParentInstanceId = start.ParentInstanceId;

        if (start.Inputs.Count > 0)
        {
            inputs = new(StringComparer.OrdinalIgnoreCase);

            foreach (var (name, value) in start.Inputs)
                inputs[name] = TypedInput(name, value);
        }

        Enqueue(NewItem(Graph.Root, null));
        return true;
    }

    private object? TypedInput(string name, object? value)
    {
        value = PlainOf(name, value);

        foreach (var declared in Graph.Inputs)
            if (string.Equals(declared.Name, name, StringComparison.OrdinalIgnoreCase) && WorkflowTypes.Find(declared.TypeName) is { } type)
                return GraphBuilder.SlotValue(value, declared.IsArray ? type.MakeArrayType() : type);

        return value;
    }

    private bool Resume(Stimulus.Resume resume)
    {
        var index = bookmarks.FindIndex(b => b.Id == resume.BookmarkId);

        if (index < 0)
            return false;

        var bookmark = bookmarks[index];
        var frame = FindFrame(bookmark.FrameId);

        if (frame is not { Status: ActivityStatus.Running, Invoking: false })
            return false;

        Journal(frame, JournalEvent.Resumed);
        frame.Resumed = Plain(resume.Input);

        if (bookmark.AutoBurn)
        {
            RemoveBookmark(index);
            frame.BookmarkCount--;
        }

        try
        {
            Continue(frame, bookmark);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fault(frame, e);
        }

        return true;
    }

    private void Continue(Frame frame, Bookmark bookmark)
    {
        if (bookmark.CallbackName is null)
        {
            if (bookmark.AutoComplete)
                Complete(frame, Outcomes.Default);

            return;
        }

        if (!frame.Node.Descriptor.ResumePoints.TryGetValue(bookmark.CallbackName, out var point))
            throw new InvalidOperationException(
                $"{frame.Node} has no method '{bookmark.CallbackName}' to continue with. It had one when the bookmark was made: bring it back, or skip the activity."
            );

        if (point.InHost is not null)
            Invoke(frame, bookmark.CallbackName);
        else
            Enter(frame, f => point.InEngine!(f.Node.Activity, f));
    }

    private bool Returned(Stimulus.Returned returned)
    {
        if (FindFrame(returned.FrameId) is not { Invoking: true, Status: ActivityStatus.Running } frame)
            return false;

        EndInvocation(frame);
        StayFaulted();

        try
        {
            Enter(frame, f => ApplyRecorded(f, returned.Recorded));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fault(frame, e);
        }

        return true;
    }

    private bool Threw(Stimulus.Threw threw)
    {
        if (FindFrame(threw.FrameId) is not { Invoking: true, Status: ActivityStatus.Running } frame)
            return false;

        EndInvocation(frame);
        StayFaulted();
        Fault(frame, threw.Fault);
        return true;
    }

    /// <summary>An answer that comes to a faulted instance is kept; what follows from it waits for the repair.</summary>
    private void StayFaulted()
    {
        if (before.SubStatus == WorkflowSubStatus.Faulted)
            isFaulted = isPaused = true;
    }

    /// <summary>True while the host runs an activity of this burst.</summary>
    private bool IsHostBusy()
    {
        if (before.SubStatus != WorkflowSubStatus.Executing)
            return false;

        for (var frame = firstAlive; frame is not null; frame = frame.NextAlive)
            if (frame is { Invoking: true, Background: false, Status: ActivityStatus.Running })
                return true;

        return false;
    }

    /// <summary>What comes from outside may be changed there, and may be of any type: keep a plain copy.</summary>
    private static IReadOnlyDictionary<string, object?> Plain(IReadOnlyDictionary<string, object?> values)
    {
        if (values.Count == 0)
            return NoValues;

        var copy = new Dictionary<string, object?>(values.Count, StringComparer.OrdinalIgnoreCase);

        foreach (var (name, value) in values)
            copy[name] = PlainOf(name, value);

        return copy;
    }

    private static object? PlainOf(string name, object? value)
    {
        try
        {
            return PlainValue.Of(value);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is: to read a value runs code of its own type.
            throw new ArgumentException($"The input '{name}' cannot be kept: {e.Message}", nameof(value), e);
        }
    }

    private void EndInvocation(Frame frame)
    {
        frame.Invoking = false;
        frame.InvokeCallback = null;

        if (!frame.Background)
        {
            stepsLeft = Graph.StepBudget;
            calls++;
            return;
        }

        Journal(frame, JournalEvent.Resumed);

        for (var i = bookmarks.Count - 1; i >= 0; i--)
            if (bookmarks[i].FrameId == frame.Id && bookmarks[i].Name == "BackgroundActivity")
            {
                RemoveBookmark(i);
                frame.BookmarkCount--;
            }

        parked = parked.RemoveAll(b => b.FrameId == frame.Id && b.Name == "BackgroundActivity");

        frame.Background = false;
    }

    private void ApplyRecorded(Frame frame, ImmutableArray<HostAction> recorded)
    {
        foreach (var action in recorded)
        {
            switch (action)
            {
                case HostAction.SetOutput output:
                    frame.SetOutput(output.Index, output.Value);
                    break;
                case HostAction.SetVariable variable:
                    frame.SetVariable(variable.Name, variable.Value);
                    break;
                case HostAction.SetProperty property:
                    frame.SetProperty(property.Name, property.Value);
                    break;
                case HostAction.AddBookmark bookmark:
                    AddBookmark(frame, bookmark.Request);
                    break;
                case HostAction.Schedule child:
                    Schedule(
                        new WorkItem
                        {
                            Callback = child.Callback,
                            Tag = child.Tag,
                            Variables = GivenAlong(child.Variables.Select(v => KeyValuePair.Create(v.Name, v.Value))),
                        }.Of(Graph.Nodes[child.Node], frame)
                    );
                    break;
                case HostAction.Complete complete:
                    Complete(frame, complete.Outcomes);
                    break;
                case HostAction.Record record:
                    effects.Add(new Effect.Record(frame.Id, record.Row));
                    break;
                case HostAction.Emit emit:
                    frame.Emit(emit.Effect);
                    break;
                case HostAction.Correlate correlate:
                    CorrelationId = correlate.CorrelationId;
                    break;
                case HostAction.Rename rename:
                    Name = rename.Name;
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(recorded), action, "Unknown host action.");
            }
        }
    }

    private Frame? FindFrame(long id)
    {
        for (var frame = firstAlive; frame is not null; frame = frame.NextAlive)
            if (frame.Id == id)
                return frame;

        return null;
    }
}
