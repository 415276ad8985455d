using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Execution;

/// <summary>The draft of one step: filled, then frozen. Nobody outside <see cref="WorkflowEngine.Advance"/> ever sees one.</summary>
internal sealed partial class Run
{
    public static readonly IReadOnlyDictionary<string, object?> NoValues = ImmutableDictionary<string, object?>.Empty;

    private readonly WorkflowState before;
    private readonly Queue<WorkItem> queue = new();
    private readonly List<Bookmark> bookmarks = [];
    private readonly List<Effect> effects = [];
    private readonly JournalBuffer journal = new();
    private readonly List<Incident> incidents = [];
    private readonly List<UndoState> undo = [];
    private Dictionary<(int Node, string Output), object?>? outputs;
    private Dictionary<string, object?>? inputs;
    private Dictionary<string, object?>? instanceOutputs;
    private Dictionary<Type, object>? sessions;
    private ImmutableArray<Bookmark> parked;
    private ImmutableArray<NamedValue> finalVariables;
    private ImmutableArray<string> workflowOutcomes;
    private Frame? firstAlive;
    private Frame? lastAlive;
    private Frame? root;
    private long nextId;
    private long draws;
    private int stepsLeft;
    private int calls;
    private bool isPaused;
    private bool isFaulted;
    private WorkflowSubStatus? endedAs;
    private WorkflowSubStatus subStatus;
    private WorkflowSubStatus? undoing;

    private Run(WorkflowGraph graph, WorkflowState state, DateTimeOffset now)
    {
        (Graph, before, Now) = (graph, state, now);
        stepsLeft = graph.StepBudget;
    }

    public WorkflowGraph Graph { get; }

    public DateTimeOffset Now { get; }

    /// <summary>Takes down what executions get and give; null when nobody asks.</summary>
    public ExecutionValues? Recall { get; private init; }

    public string InstanceId => before.InstanceId;

    public string? CorrelationId { get; set; }

    public string? Name { get; set; }

    public string? TriggerActivityId { get; private set; }

    public string? ParentInstanceId { get; private set; }

    public IReadOnlyDictionary<string, object?> TriggerInput { get; private set; } = NoValues;

    public object? LastResult => FindOutput(-1, "");

    public IEnumerable<string> InputNames =>
        Graph.Inputs.Select(i => i.Name).Concat(inputs?.Keys.AsEnumerable() ?? []).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>True for the activity whose stimulus started the instance, until it has taken it.</summary>
    public bool IsTrigger(Frame frame) => isTriggerPending && frame.Node.Id == TriggerActivityId;

    public void Journal(Frame frame, JournalEvent what, object? detail = null) =>
        journal.Add(new(frame.Id, frame.Parent?.Id ?? 0, frame.Node.Index, what, detail));

    public void Emit(Effect effect) => effects.Add(effect);

    public bool TryGetInput(string name, out object? value)
    {
        if (inputs is not null && inputs.TryGetValue(name, out value))
        {
            value = Frame.Decoded(inputs, name, value);
            return true;
        }

        foreach (var declared in Graph.Inputs)
            if (string.Equals(declared.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                value = declared.DefaultValue;
                return true;
            }

        value = null;
        return false;
    }

    public void SetInstanceOutput(string name, object? value) =>
        (instanceOutputs ??= new(StringComparer.OrdinalIgnoreCase))[name] = PlainValue.Of(value);

    public void KeepOutput(Node node, string output, object? value)
    {
        if (!Graph.ReadsOutputs)
            return;

        outputs ??= [];
        outputs[(node.Index, output)] = value;
        outputs[(-1, "")] = value;
    }

    public object? FindOutput(Node node, string output) => FindOutput(node.Index, output);

    public T Session<T>(Func<T> create)
        where T : class
    {
        sessions ??= [];

        if (!sessions.TryGetValue(typeof(T), out var session))
            sessions[typeof(T)] = session = create();

        return (T)session;
    }

    public double NextRandom() => (NextBits() >> 11) * (1.0 / (1ul << 53));

    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, NextBits());
        BitConverter.TryWriteBytes(bytes[8..], NextBits());
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }

    private object? FindOutput(int node, string output)
    {
        if (outputs is null)
            return null;

        if (outputs.TryGetValue((node, output), out var value))
            return value is RawValue raw ? outputs[(node, output)] = ValueJson.ReadStored(raw.Utf8, typeof(object)) : value;

        return
            outputs.FirstOrDefault(o => o.Key.Node == node && string.Equals(o.Key.Output, output, StringComparison.OrdinalIgnoreCase)).Value
                is { } found
            ? found is RawValue late
                ? ValueJson.ReadStored(late.Utf8, typeof(object))
                : found
            : null;
    }

    /// <summary>SplitMix64 over the id of the instance and the number of the draw: nothing to store but a counter.</summary>
    private ulong NextBits()
    {
        var seed = 14695981039346656037ul;

        foreach (var c in InstanceId)
            seed = (seed ^ c) * 1099511628211ul;

        var z = seed + ((ulong)++draws * 0x9E3779B97F4A7C15ul);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ul;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBul;
        return z ^ (z >> 31);
    }
}
