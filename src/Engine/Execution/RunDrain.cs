using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Execution;

/// <summary>The queue: first in, first out, until every branch has ended, waits, or needs the host.</summary>
internal sealed partial class Run
{
    private readonly Stack<WorkItem> spareItems = new();
    private readonly Stack<Nodes.LiveStep> spareSteps = new();
    private Frame? spareFrame;
    private bool isTriggerPending;
    private IReadOnlyDictionary<string, object?> carried = NoValues;
    private bool isCommitDue;
    private DateTimeOffset committedAt;

    /// <summary>What an activity asks for.</summary>
    /// <exception cref="WorkflowFaultException">Too many wait already.</exception>
    public void Schedule(WorkItem item)
    {
        if (IsFull)
            throw new WorkflowFaultException(
                $"More than {Graph.StepBudget:N0} activities are scheduled at once, the last '{item.Node.Id}'. Split the list, or start sub-workflows."
            );

        Enqueue(item);
    }

    /// <summary>
    /// What an owner gives along, as a plain copy: what cannot be kept is the fault of the activity that schedules, here and now, and not of the
    /// pause that comes later; and the owner may go on changing its own.
    /// </summary>
    /// <exception cref="InvalidOperationException">A value refers to itself, or nests too deep.</exception>
    /// <exception cref="NotSupportedException">A value is of a kind that is no data.</exception>
    public static IReadOnlyDictionary<string, object?>? GivenAlong(IEnumerable<KeyValuePair<string, object?>>? variables)
    {
        Dictionary<string, object?>? kept = null;

        foreach (var (name, value) in variables ?? [])
            (kept ??= new(StringComparer.OrdinalIgnoreCase))[name] = Values.PlainValue.Of(value);

        return kept;
    }

    private bool IsFull => queue.Count >= Graph.StepBudget;

    /// <summary>What the engine itself asks for: what was saved, retried or is to be undone must come in, however full the queue is.</summary>
    private void Enqueue(WorkItem item)
    {
        queue.Enqueue(item);

        if (item.Owner is not null)
            CountQueued(item.Owner, item.Node, 1);
    }

    private static void CountQueued(Frame owner, Node node, int by)
    {
        owner.QueuedCount += by;

        if (owner.QueuedByNode is { } byNode)
            byNode[node] = byNode.GetValueOrDefault(node) + by;
    }

    /// <summary>
    /// Begins a child at once instead of queueing it, where the semantics say so: in sound mode a chart in a container costs no turn of its own. In
    /// Elsa's modes it does.
    /// </summary>
    public bool TryBegin(Node child, Frame owner)
    {
        if (Graph.IsElsaExact || child.Commit is CommitPoint.Before or CommitPoint.BeforeAndAfter)
            return false;

        Execute(NewItem(child, owner));
        return true;
    }

    /// <summary>True when something that this execution scheduled, or a child of it, has not ended.</summary>
    public static bool HasPendingWork(Frame frame)
    {
        if (frame.QueuedCount > 0)
            return true;

        for (var child = frame.FirstChild; child is not null; child = child.NextSibling)
            if (child.Status == ActivityStatus.Running)
                return true;

        return false;
    }

    public static bool HasFaultedChild(Frame frame)
    {
        for (var child = frame.FirstChild; child is not null; child = child.NextSibling)
            if (child.Status == ActivityStatus.Faulted)
                return true;

        return false;
    }

    /// <summary>True when the owner has scheduled a node and it has not begun. Looks through the queue for the first question only.</summary>
    public bool IsQueued(Frame owner, Node node)
    {
        if (owner.QueuedCount == 0)
            return false;

        if (owner.QueuedByNode is null)
        {
            owner.QueuedByNode = [];

            foreach (var item in queue)
                if (!item.IsCancelled && ReferenceEquals(item.Owner, owner))
                    owner.QueuedByNode[item.Node] = owner.QueuedByNode.GetValueOrDefault(item.Node) + 1;
        }

        return owner.QueuedByNode.GetValueOrDefault(node) > 0;
    }

    private void Drain()
    {
        while (!isPaused && endedAs is null && queue.TryPeek(out var item))
        {
            if (IsVoid(item))
            {
                queue.Dequeue();
                continue;
            }

            if (isCommitDue)
            {
                PauseToCommit();
                return;
            }

            if (item.Node.Commit is CommitPoint.Before or CommitPoint.BeforeAndAfter && !item.Node.RunsInHost && !item.Checkpointed)
            {
                item.Checkpointed = true;
                PauseToCommit();
                return;
            }

            if (stepsLeft <= 0 || (item.Node.RunsInHost && calls >= Graph.StepBudget))
            {
                RunAway(item);
                return;
            }

            stepsLeft--;
            queue.Dequeue();

            if (item.Owner is not null)
                CountQueued(item.Owner, item.Node, -1);

            Execute(item);
        }
    }

    private void PauseToCommit()
    {
        isCommitDue = false;
        committedAt = Now;
        Pause(new Effect.Checkpoint());
    }

    private void Pause(Effect effect)
    {
        effects.Add(effect);
        isPaused = true;
    }

    private void Execute(WorkItem item)
    {
        var frame = item.Existing ?? NewFrame(item);

        if (item.Existing is null)
            Journal(frame, JournalEvent.Started);

        try
        {
            // What the owner gave along is in sight of the inputs: a loop's CurrentValue.
            if (item.Variables is not null)
                Declare(frame, item.Variables);

            frame.EvaluateInputs();
            Recall?.TakeInputs(frame);

            if (frame.Node.Variables.Length > 0 && frame.Slots is null)
                frame.Slots = [.. frame.Node.VariableDefaults];

            if (carried.Count > 0 && ReferenceEquals(frame.Node, Graph.Root))
                Carry(frame);

            if (frame.Node.Activity is Nodes.WorkflowCall call)
                PassArguments(frame, call);

            if (!frame.Node.Activity.InvokeCanExecute(frame))
            {
                frame.Status = ActivityStatus.Pending;
                Journal(frame, JournalEvent.PreconditionFailed);
                return;
            }

            if (frame.Node.RunsInBackground)
                InvokeInBackground(frame);
            else if (frame.Node.RunsInHost)
                Invoke(frame, null);
            else
                Enter(frame, static f => f.Node.Activity.InvokeExecute(f));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fault(frame, e);
        }

        TakeBack(item, frame);
    }

    /// <summary>Runs code of an activity inside the step, and does what follows from it.</summary>
    private void Enter(Frame frame, Action<Frame> code)
    {
        frame.NewBookmarks = 0;
        code(frame);
        Leave(frame);
    }

    private void Leave(Frame frame)
    {
        if (isTriggerPending && frame.Node.Id == TriggerActivityId)
        {
            isTriggerPending = false;
            TriggerInput = NoValues;
        }

        if (frame.Status == ActivityStatus.Running)
        {
            if (frame.NewBookmarks > 0)
                Journal(frame, JournalEvent.Suspended);
            else if (frame.Node.Descriptor.CompletesItself && frame.BookmarkCount == 0 && !frame.Invoking && !HasPendingWork(frame))
                Complete(frame, Outcomes.Default);
        }
    }

    /// <summary>True for what is in the queue, but will not run: it was cancelled, or the execution that it continues has ended.</summary>
    private static bool IsVoid(WorkItem item) => item.IsCancelled || item.Existing is { IsAlive: false };

    private void Invoke(Frame frame, string? callback)
    {
        frame.Invoking = true;
        frame.InvokeCallback = callback;
        Pause(new Effect.Invoke(frame.Id, frame.Node.Commit));
    }

    private void InvokeInBackground(Frame frame)
    {
        frame.Background = true;
        frame.Invoking = true;
        AddBookmark(
            frame,
            new BookmarkRequest("BackgroundActivity")
            {
                Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["JobId"] = frame.ActivityInstanceId },
                ExcludedFromHash = ["JobId"],
                IncludeActivityInstanceId = true,
                AutoComplete = false,
            }
        );
        effects.Add(new Effect.InvokeLater(frame.Id));
        Journal(frame, JournalEvent.Suspended);
    }

    private Frame NewFrame(WorkItem item)
    {
        var frame = (spareFrame ?? new Frame(this)).Of(item.Node, nextId++, item.Owner);

        if (ReferenceEquals(frame, spareFrame))
            spareFrame = frame.NextSpare;

        frame.Tag = item.Tag;
        frame.Callback = item.Callback;
        frame.Backward = item.Backward;
        frame.IsUndo = item.IsUndo;
        frame.OwnerHadEnded = item.OwnerHadEnded;
        frame.Live = item.Live;

        if (item.Node.Index == 0)
            root = frame;

        if (item.Live is not null)
            item.Live.Frame = frame;

        Link(frame);
        return frame;
    }

    /// <summary>An item for the queue, from the draft's own pool.</summary>
    public WorkItem NewItem(Node node, Frame? owner) => (spareItems.TryPop(out var spare) ? spare : new WorkItem()).Of(node, owner);

    /// <summary>A living step of a chart, from the draft's own pool.</summary>
    public Nodes.LiveStep NewStep(Node node, System.Collections.Immutable.ImmutableArray<int> late) =>
        (spareSteps.TryPop(out var spare) ? spare : new Nodes.LiveStep()).Of(node, late);

    /// <summary>
    /// What has ended serves again in this step: most executions begin and end in one, and their frames would be most of its garbage. In Elsa's modes
    /// later steps may still look at an ended owner, so nothing is taken back there.
    /// </summary>
    private void TakeBack(WorkItem item, Frame frame)
    {
        if (Graph.IsElsaExact || item.Existing is not null)
            return;

        item.Clear();
        spareItems.Push(item);

        if (frame.IsAlive || frame.Status != ActivityStatus.Completed || ReferenceEquals(frame, root))
            return;

        if (frame.Live is { IsListed: false } step)
        {
            step.Frame = null;
            spareSteps.Push(step);
        }

        frame.Clear();
        frame.NextSpare = spareFrame;
        spareFrame = frame;
    }

    private static void Declare(Frame frame, IReadOnlyDictionary<string, object?> variables)
    {
        frame.Dynamic ??= new(StringComparer.OrdinalIgnoreCase);

        foreach (var (name, value) in variables)
            frame.Dynamic[name] = value;
    }

    /// <summary>Gives variables of the workflow the values that a start brought along.</summary>
    private void Carry(Frame frame)
    {
        foreach (var (name, value) in carried)
        {
            var slot = frame.Node.FindSlotById(name);
            slot = slot >= 0 ? slot : frame.Node.FindSlotByName(name);

            if (slot >= 0)
                frame.Slots![slot] = Compilation.GraphBuilder.SlotValue(PlainOf(name, value), frame.Node.Variables[slot].Type);
        }

        carried = NoValues;
    }

    private static void PassArguments(Frame frame, Nodes.WorkflowCall call)
    {
        for (var i = 0; i < frame.Node.Inputs.Length; i++)
            if (call.IsGiven(i))
                frame.Slots![i] = Compilation.GraphBuilder.SlotValue(frame.Inputs![i], frame.Node.Variables[i].Type);
    }

    private void Link(Frame frame)
    {
        frame.IsAlive = true;
        frame.PreviousAlive = lastAlive;

        if (lastAlive is null)
            firstAlive = frame;
        else
            lastAlive.NextAlive = frame;

        lastAlive = frame;

        if (frame.Parent is not { IsAlive: true } parent)
            return;

        frame.PreviousSibling = parent.LastChild;

        if (parent.LastChild is null)
            parent.FirstChild = frame;
        else
            parent.LastChild.NextSibling = frame;

        parent.LastChild = frame;
    }

    private void Unlink(Frame frame)
    {
        if (!frame.IsAlive)
            return;

        frame.IsAlive = false;

        if (frame.PreviousAlive is null)
            firstAlive = frame.NextAlive;
        else
            frame.PreviousAlive.NextAlive = frame.NextAlive;

        if (frame.NextAlive is null)
            lastAlive = frame.PreviousAlive;
        else
            frame.NextAlive.PreviousAlive = frame.PreviousAlive;

        frame.NextAlive = frame.PreviousAlive = null;

        if (frame.Parent is not { } parent)
            return;

        if (frame.PreviousSibling is not null)
            frame.PreviousSibling.NextSibling = frame.NextSibling;
        else if (ReferenceEquals(parent.FirstChild, frame))
            parent.FirstChild = frame.NextSibling;

        if (frame.NextSibling is not null)
            frame.NextSibling.PreviousSibling = frame.PreviousSibling;
        else if (ReferenceEquals(parent.LastChild, frame))
            parent.LastChild = frame.PreviousSibling;

        frame.NextSibling = frame.PreviousSibling = null;
    }

    private void RunAway(WorkItem item)
    {
        // The queue stays as it is: a retry gives the burst a new budget.
        var nodes = string.Join(
            ", ",
            queue
                .Where(i => !i.IsCancelled)
                .Select(i => $"'{i.Node.Id}'")
                .Concat(journal.Last(40).Select(j => $"'{Graph.Nodes[j.Node].Id}'"))
                .Distinct(StringComparer.Ordinal)
                .Take(12)
        );
        AddIncident(
            IncidentKind.Runaway,
            item.Owner,
            item.Node,
            new FaultDetail(
                $"More than {Graph.StepBudget:N0} activities ran in one burst: most likely an endless loop through {nodes}. Put a wait or a condition into the loop."
            )
        );
        isFaulted = true;
        isPaused = true;
    }
}
