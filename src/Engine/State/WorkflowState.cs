using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.State;

/// <summary>All that one instance is. Immutable; one row in a store.</summary>
/// <remarks>Only what lives is kept: completed activities leave it. A graph of the same version is needed to go on.</remarks>
public sealed record WorkflowState
{
    /// <summary>Id of the instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Id of the definition version that it runs on, for life.</summary>
    public required string DefinitionVersionId { get; init; }

    /// <summary>Id of the line of versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Where it stands.</summary>
    public WorkflowSubStatus SubStatus { get; init; }

    /// <summary>Follows from <see cref="SubStatus"/>.</summary>
    public WorkflowStatus Status => StatusOf(SubStatus);

    /// <summary>Correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Id of the activity whose stimulus started it.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>True: an activity has failed, and the burst still goes on, as in Elsa.</summary>
    public bool IsFaulting { get; init; }

    /// <summary>True until that activity has taken what came with the stimulus.</summary>
    public bool IsTriggerPending { get; init; }

    /// <summary>What came with the stimulus that started it; empty once it was taken.</summary>
    public ImmutableArray<NamedValue> TriggerInput { get; init; } = [];

    /// <summary>Id of the instance that started it as a child.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>Next number for an execution or a bookmark; never used twice.</summary>
    public long NextId { get; init; } = 1;

    /// <summary>How many random numbers were drawn.</summary>
    public long Draws { get; init; }

    /// <summary>Living executions in the order of their creation.</summary>
    public ImmutableArray<FrameState> Frames { get; init; } = [];

    /// <summary>Scheduled, not yet begun; empty unless the burst waits for the host.</summary>
    public ImmutableArray<QueuedState> Queue { get; init; } = [];

    /// <summary>Places to wake up.</summary>
    public ImmutableArray<Bookmark> Bookmarks { get; init; } = [];

    /// <summary>Bookmarks that were taken down by a fault and come back with its repair.</summary>
    public ImmutableArray<Bookmark> Parked { get; init; } = [];

    /// <summary>Faults and standstills that were not repaired.</summary>
    public ImmutableArray<Incident> Incidents { get; init; } = [];

    /// <summary>Inputs of the instance, in the order given.</summary>
    public ImmutableArray<NamedValue> Inputs { get; init; } = [];

    /// <summary>Outputs of the instance so far.</summary>
    public ImmutableArray<NamedValue> Outputs { get; init; } = [];

    /// <summary>Variables of the workflow after it ended; while it runs they are in its first frame.</summary>
    public ImmutableArray<NamedValue> FinalVariables { get; init; } = [];

    /// <summary>Outcomes under which the workflow completed.</summary>
    public ImmutableArray<string> Outcomes { get; init; } = [];

    /// <summary>Outputs of activities that later expressions may read; kept only where one does.</summary>
    public ImmutableArray<ActivityOutputState> ActivityOutputs { get; init; } = [];

    /// <summary>Steps that undo what was done, oldest first.</summary>
    public ImmutableArray<UndoState> Undo { get; init; } = [];

    /// <summary>What the instance becomes when all undo steps have run; null while none run.</summary>
    public WorkflowSubStatus? Undoing { get; init; }

    /// <summary>UTC; when this burst was committed last, or began. Kept only while a burst of a graph with a commit interval waits for the host.</summary>
    public DateTimeOffset? CommittedAt { get; init; }

    /// <summary>Activities that this burst has run since it began or the host answered last. Kept only while it waits for a commit.</summary>
    public int BurstSteps { get; init; }

    /// <summary>How often the host has answered in this burst. Kept only while it waits for the host.</summary>
    public int BurstCalls { get; init; }

    /// <summary>The state of an instance that has not run.</summary>
    public static WorkflowState New(string instanceId, WorkflowGraph graph) =>
        new()
        {
            InstanceId = instanceId,
            DefinitionVersionId = graph.DefinitionVersionId,
            DefinitionId = graph.DefinitionId,
        };

    /// <summary>The status that belongs to a sub-status.</summary>
    public static WorkflowStatus StatusOf(WorkflowSubStatus subStatus) =>
        subStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Faulted or WorkflowSubStatus.Cancelled
            ? WorkflowStatus.Finished
            : WorkflowStatus.Running;
}

/// <summary>A value with its name. The value is plain, or <see cref="RawValue"/> when nobody has read it since it was loaded.</summary>
public readonly record struct NamedValue(string Name, object? Value);

/// <summary>A stored value that was not decoded yet; written back as it came.</summary>
/// <param name="Utf8">Stored JSON.</param>
public sealed record RawValue(ReadOnlyMemory<byte> Utf8);

/// <summary>One living execution of an activity.</summary>
public sealed record FrameState
{
    /// <summary>Number within the instance.</summary>
    public required long Id { get; init; }

    /// <summary>Index of the node in the graph.</summary>
    public required int Node { get; init; }

    /// <summary>The execution that scheduled it; 0 for the first one and for those whose owner has ended.</summary>
    public long Parent { get; init; }

    /// <summary>Running, Faulted or Pending.</summary>
    public ActivityStatus Status { get; init; } = ActivityStatus.Running;

    /// <summary>What the owner gave along.</summary>
    public long Tag { get; init; }

    /// <summary>Method of the owner that is told of the completion.</summary>
    public string? Callback { get; init; }

    /// <summary>True: the host runs it in the background.</summary>
    public bool Background { get; init; }

    /// <summary>True: the host has been asked to run it and has not answered.</summary>
    public bool Invoking { get; init; }

    /// <summary>Method to run in the host instead of <c>ExecuteAsync</c>, after a resume.</summary>
    public string? InvokeCallback { get; init; }

    /// <summary>What came with the stimulus that resumed it, while the host runs its callback.</summary>
    public ImmutableArray<NamedValue> ResumeInput { get; init; } = [];

    /// <summary>True: reached over a backward connection (counter mode).</summary>
    public bool Backward { get; init; }

    /// <summary>True: a living step of a flowchart in sound mode.</summary>
    public bool IsStep { get; init; }

    /// <summary>True: an undo step.</summary>
    public bool IsUndo { get; init; }

    /// <summary>True: a Break inside it was reached.</summary>
    public bool IsBreaking { get; init; }

    /// <summary>Joins for which it comes too late (sound mode), as positions in the chart, ascending.</summary>
    public ImmutableArray<int> Late { get; init; } = [];

    /// <summary>Faults in it and below it.</summary>
    public int FaultCount { get; init; }

    /// <summary>Evaluated inputs in the order of the node's inputs; empty when all are constant or it has none.</summary>
    public ImmutableArray<object?> Inputs { get; init; } = [];

    /// <summary>Declared variables in the order of the node's declarations.</summary>
    public ImmutableArray<object?> Variables { get; init; } = [];

    /// <summary>Variables that scripts or loops created here.</summary>
    public ImmutableArray<NamedValue> Dynamic { get; init; } = [];

    /// <summary>What the activity keeps for itself.</summary>
    public ImmutableArray<NamedValue> Properties { get; init; } = [];

    /// <summary>Outputs of a workflow used as activity.</summary>
    public ImmutableArray<NamedValue> Outputs { get; init; } = [];

    /// <summary>Outputs that it has set, for a later undo; empty when it has no undo step.</summary>
    public ImmutableArray<object?> Given { get; init; } = [];

    /// <summary>Counters of a flowchart; their meaning belongs to its semantics.</summary>
    public ImmutableArray<int> Flow { get; init; } = [];
}

/// <summary>An activity that was scheduled and has not begun.</summary>
public sealed record QueuedState
{
    /// <summary>Index of the node.</summary>
    public required int Node { get; init; }

    /// <summary>The execution that scheduled it; 0 when it has ended.</summary>
    public long Owner { get; init; }

    /// <summary>The existing execution to continue; 0 for a new one.</summary>
    public long Frame { get; init; }

    /// <summary>What the owner gave along.</summary>
    public long Tag { get; init; }

    /// <summary>Method of the owner that is told of the completion.</summary>
    public string? Callback { get; init; }

    /// <summary>Reached over a backward connection.</summary>
    public bool Backward { get; init; }

    /// <summary>True: a living step of a flowchart in sound mode.</summary>
    public bool IsStep { get; init; }

    /// <summary>True: the burst was committed before it; it begins at once.</summary>
    public bool Checkpointed { get; init; }

    /// <summary>Joins for which it comes too late (sound mode), as positions in the chart, ascending.</summary>
    public ImmutableArray<int> Late { get; init; } = [];

    /// <summary>Variables for this execution only.</summary>
    public ImmutableArray<NamedValue> Variables { get; init; } = [];

    /// <summary>True: an undo step.</summary>
    public bool IsUndo { get; init; }
}

/// <summary>An output of an activity, kept for expressions.</summary>
public readonly record struct ActivityOutputState(int Node, string Output, object? Value);

/// <summary>A completed activity that can be undone.</summary>
/// <param name="Node">Index of the undo step's node.</param>
/// <param name="Of">Index of the completed node.</param>
/// <param name="Execution">Number of the completed execution.</param>
/// <param name="Value">Inputs and outputs of the completed execution, as an object.</param>
public sealed record UndoState(int Node, int Of, long Execution, object? Value);
