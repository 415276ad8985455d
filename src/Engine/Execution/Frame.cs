using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Execution;

/// <summary>One living execution of an activity inside a draft; to its author it is the <see cref="ActivityExecutionContext"/>.</summary>
internal sealed partial class Frame(Run run) : ActivityExecutionContext
{
    public Run Run { get; } = run;

    public Node Node { get; private set; } = null!;

    public long Id { get; private set; }

    /// <summary>The execution that scheduled it; kept for the look-up of variables even when that has ended.</summary>
    public Frame? Parent { get; set; }

    public ActivityStatus Status { get; set; } = ActivityStatus.Running;

    public bool IsAlive { get; set; }

    /// <summary>True while it cancels its own children because it completes.</summary>
    public bool IsCompleting { get; set; }

    public long Tag { get; set; }

    public string? Callback { get; set; }

    public bool Backward { get; set; }

    public bool IsUndo { get; set; }

    public bool OwnerHadEnded { get; set; }

    /// <summary>Outcomes that a Complete activity inside chose for this composite.</summary>
    public ImmutableArray<string> ChosenOutcomes { get; set; }

    /// <summary>True: a Break inside it was reached.</summary>
    public bool IsBreaking { get; set; }

    public bool Background { get; set; }

    public bool Invoking { get; set; }

    public string? InvokeCallback { get; set; }

    public int FaultCount { get; set; }

    public object?[]? Inputs { get; set; }

    public object?[]? Slots { get; set; }

    public Dictionary<string, object?>? Dynamic { get; set; }

    public Dictionary<string, object?>? Properties { get; set; }

    public Dictionary<string, object?>? Outputs { get; set; }

    public object?[]? OutputValues { get; set; }

    public IReadOnlyDictionary<string, object?>? Resumed { get; set; }

    /// <summary>State of a flowchart.</summary>
    public FlowState? Flow { get; set; }

    /// <summary>Its place among the living steps of a flowchart in sound mode.</summary>
    public LiveStep? Live { get; set; }

    /// <summary>Items in the queue that it scheduled.</summary>
    public int QueuedCount { get; set; }

    /// <summary>The same by node; null until somebody asks.</summary>
    public Dictionary<Node, int>? QueuedByNode { get; set; }

    public int BookmarkCount { get; set; }

    /// <summary>Bookmarks created since the activity was entered.</summary>
    public int NewBookmarks { get; set; }

    // Siblings in order of creation, and all living frames in order of creation.
    public Frame? FirstChild { get; set; }

    public Frame? LastChild { get; set; }

    public Frame? NextSibling { get; set; }

    public Frame? PreviousSibling { get; set; }

    public Frame? NextAlive { get; set; }

    public Frame? PreviousAlive { get; set; }

    /// <summary>The next frame in the draft's own pool.</summary>
    public Frame? NextSpare { get; set; }

    public override Activity Activity => Node.Activity;

    public override string WorkflowInstanceId => Run.InstanceId;

    public override long ExecutionId => Id;

    public override DateTimeOffset Now => Run.Now;

    public override string? CorrelationId
    {
        get => Run.CorrelationId;
        set => Run.CorrelationId = value;
    }

    public override string? WorkflowName
    {
        get => Run.Name;
        set => Run.Name = value;
    }

    public override bool IsTriggerOfWorkflow => Run.IsTrigger(this);

    public override IReadOnlyDictionary<string, object?> ResumeInput => Resumed ?? Run.NoValues;

    /// <summary>Makes this the execution of a node; a frame from the pool has been cleared before.</summary>
    public Frame Of(Node node, long id, Frame? parent)
    {
        (Node, Id, Parent) = (node, id, parent);
        return this;
    }

    /// <summary>Forgets what a failed attempt left, but not what its owner gave along.</summary>
    public void BeginAnew()
    {
        Inputs = Slots = OutputValues = null;
        Properties = Outputs = null;
        Resumed = null;
        Flow = null;
    }

    /// <summary>Forgets everything, so that the frame can serve another execution of the same step.</summary>
    public void Clear()
    {
        Status = ActivityStatus.Running;
        IsAlive = IsCompleting = Backward = IsUndo = OwnerHadEnded = IsBreaking = Background = Invoking = false;
        Tag = 0;
        FaultCount = QueuedCount = BookmarkCount = NewBookmarks = 0;
        Callback = InvokeCallback = null;
        QueuedByNode = null;
        ChosenOutcomes = default;
        Inputs = Slots = OutputValues = null;
        Dynamic = Properties = Outputs = null;
        Resumed = null;
        Flow = null;
        Live = null;
        scriptOutcomes = null;
        Parent = FirstChild = LastChild = NextSibling = PreviousSibling = NextAlive = PreviousAlive = null;
    }

    public override T? Get<T>(Input<T>? input)
        where T : default
    {
        if (input is null || input.Index < 0)
            return default;

        var binding = Node.Inputs[input.Index];

        if (!binding.AutoEvaluate)
            return Evaluate(input);

        var value = Inputs is null ? null : Inputs[input.Index];
        return value is T typed ? typed : ValueConverter.To<T>(value);
    }

    public override T? Evaluate<T>(Input<T>? input)
        where T : default => input is null || input.Index < 0 ? default : ValueConverter.To<T>(EvaluateBinding(Node.Inputs[input.Index]));

    public override T? Evaluate<T>(Input<T>? input, IReadOnlyDictionary<string, object?> arguments)
        where T : default
    {
        this.arguments = arguments;

        try
        {
            return Evaluate(input);
        }
        finally
        {
            this.arguments = null;
        }
    }

    public override void Set(Output? output, object? value)
    {
        if (output is { Index: >= 0 })
            SetOutput(output.Index, value);
    }

    public void SetOutput(int index, object? value)
    {
        var binding = Node.Outputs[index];
        value = Compilation.GraphBuilder.SlotValue(value, binding.Type);
        OutputValues ??= new object?[Node.Outputs.Length];
        OutputValues[index] = value;
        Run.KeepOutput(Node, binding.Name, value);
        Run.Recall?.TakeOutput(this, binding.Name, value, binding.IsSecret);
        Assign(binding, value);
    }

    /// <summary>Gives the value to the variable or workflow output that an output is bound to.</summary>
    public void Assign(OutputBinding binding, object? value)
    {
        if (binding.SlotNode is not null)
            AssignSlot(binding.SlotNode, binding.Slot, value);
        else if (binding.WorkflowOutput is not null)
            SetWorkflowOutput(binding.WorkflowOutput, value);
    }

    public void AssignSlot(Node slotNode, int slot, object? value)
    {
        if (FindFrame(slotNode) is { Slots: not null } owner)
            owner.Slots[slot] = Compilation.GraphBuilder.SlotValue(value, slotNode.Variables[slot].Type);
    }

    /// <summary>Goes to the nearest workflow used as activity that declares it, else to the instance.</summary>
    public void SetWorkflowOutput(string name, object? value)
    {
        for (var frame = Parent; frame is not null; frame = frame.Parent)
        {
            if (
                frame.Node.Activity is WorkflowCall call
                && call.Definition.Outputs.Any(o => string.Equals(o.Name, name, StringComparison.OrdinalIgnoreCase))
            )
            {
                (frame.Outputs ??= new(StringComparer.OrdinalIgnoreCase))[name] = PlainValue.Of(value);
                return;
            }
        }

        Run.SetInstanceOutput(name, value);
    }

    public override object? GetWorkflowInput(string name)
    {
        if (Resumed is not null)
            foreach (var (key, value) in Resumed)
                if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
                    return value;

        if (IsTriggerOfWorkflow && Run.TriggerInput.TryGetValue(name, out var given))
            return given;

        return TryGetInput(name, out var input) ? PlainValue.Of(input) : null;
    }

    public override object? GetProperty(string name) =>
        Properties is not null && Properties.TryGetValue(name, out var value) ? Decoded(Properties, name, value) : null;

    public override void SetProperty(string name, object? value)
    {
        (Properties ??= new(StringComparer.Ordinal))[name] = PlainValue.Of(value);
        Run.Recall?.TakeProperty(this, name, value);
    }

    /// <summary>True when it can still ask for something: it has not ended.</summary>
    private bool IsOpen => IsAlive && Status == ActivityStatus.Running;

    public override Bookmark CreateBookmark(BookmarkRequest request) => Run.AddBookmark(this, request);

    public override void Schedule(
        Activity child,
        ActivityCompletionCallback? callback = null,
        long tag = 0,
        IReadOnlyDictionary<string, object?>? variables = null
    )
    {
        if (child.Node?.Parent != Node)
            throw new InvalidOperationException(
                $"'{child.Id}' is not a child of {Node} and cannot be scheduled by it. Put it into a [Port] property."
            );

        if (!IsOpen)
            return;

        var given = Run.GivenAlong(variables);
        var item = Run.NewItem(child.Node, this);
        item.Callback = callback?.Method.Name;
        item.Tag = tag;
        item.Variables = given;
        Run.Schedule(item);
    }

    public override void Complete(ImmutableArray<string> outcomes) => Run.Complete(this, outcomes);

    public override void Record(object row) => Run.Emit(new Effect.Record(Id, row));

    public override void Emit(Effect effect) =>
        Run.Emit(effect is Effect.WriteLine line ? line with { FrameId = Id, ParentId = Parent?.Id ?? 0, Node = Node.Index } : effect);

    public override T GetRequiredService<T>() =>
        throw new InvalidOperationException(
            $"Activity '{Node.Descriptor.Name}' asked for {typeof(T).Name} inside the engine. Override ExecuteAsync to run it in the host."
        );

    /// <summary>The nearest frame of a node, this one included, looking outwards.</summary>
    public Frame? FindFrame(Node target)
    {
        for (var frame = this; frame is not null; frame = frame.Parent)
            if (ReferenceEquals(frame.Node, target))
                return frame;

        return null;
    }

    internal static object? Decoded(Dictionary<string, object?> values, string name, object? value)
    {
        if (value is not RawValue raw)
            return value;

        var decoded = ValueJson.ReadStored(raw.Utf8, typeof(object));
        values[name] = decoded;
        return decoded;
    }
}
