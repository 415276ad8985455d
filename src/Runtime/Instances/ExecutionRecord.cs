using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.Instances;

/// <summary>One execution of an activity, living or ended, as the journal tells.</summary>
public sealed record ExecutionRecord
{
    /// <summary>Number of the execution within its instance.</summary>
    public required long FrameId { get; init; }

    /// <summary>The execution that scheduled it; 0 for the first.</summary>
    public long ParentId { get; init; }

    /// <summary>Executions above it.</summary>
    public int Depth { get; init; }

    /// <summary>The activity.</summary>
    public required Node Node { get; init; }

    /// <summary>Where it stands.</summary>
    public ActivityStatus Status { get; init; } = ActivityStatus.Running;

    /// <summary>Commit of the burst in which it began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Commit of the burst in which it ended, UTC; null while it lives, and while its fault can be repaired.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Outcomes under which it completed; else empty.</summary>
    public ImmutableArray<string> Outcomes { get; init; } = [];

    /// <summary>What went wrong last; null when nothing did or it was repaired.</summary>
    public HistoryFault? Fault { get; init; }

    /// <summary>Faults in it and below it that were not repaired.</summary>
    public int FaultCount { get; init; }

    /// <summary>True: it waits to be woken.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>What failed before and was begun again, oldest first.</summary>
    public ImmutableArray<ExecutionRetry> Retries { get; init; } = [];
}

/// <summary>A failed execution that was begun again.</summary>
/// <param name="At">Commit of the burst in which it was, UTC.</param>
/// <param name="Fault">What had gone wrong.</param>
/// <param name="Who">Who repaired it; null for the system.</param>
public sealed record ExecutionRetry(DateTimeOffset At, HistoryFault Fault, string? Who);
