using System.Collections.Immutable;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.Instances;

/// <summary>The wish to start an instance.</summary>
/// <param name="DefinitionId">Line of versions; its published version is started, unless <see cref="VersionId"/> names another.</param>
public sealed record StartInstanceRequest(string DefinitionId)
{
    /// <summary>A version of the line that was published once; null leaves the choice to <see cref="IVersionResolver"/>.</summary>
    public string? VersionId { get; init; }

    /// <summary>True: <see cref="VersionId"/> may be a draft, which is started as it is now, whatever becomes of it.</summary>
    public bool AllowsDraft { get; init; }

    /// <summary>Id of the new instance; null lets the runtime choose. One that is there already is not started again.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Inputs, matched without regard to case.</summary>
    public IReadOnlyDictionary<string, object?> Inputs { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>Correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Name of the instance.</summary>
    public string? Name { get; init; }

    /// <summary>Id of the activity whose stimulus starts it; null for a plain start.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>What came with that stimulus.</summary>
    public IReadOnlyDictionary<string, object?> TriggerInput { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>The instance that starts it as a child.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>Id of a step of the outermost flowchart to begin with; null for the usual beginning.</summary>
    public string? FromActivityId { get; init; }

    /// <summary>First values of variables of the workflow, by id or name; unknown ones do not count.</summary>
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>True: it takes over from one that was let in.</summary>
    internal bool IsRestart { get; init; }

    /// <summary>Who starts it; null for the system. Filled in by the runtime.</summary>
    internal string? Who { get; init; }

    /// <summary>Where its host activities find services; null means a scope of their own.</summary>
    public IServiceProvider? Services { get; init; }
}

/// <summary>What became of a wish to start an instance.</summary>
/// <param name="InstanceId">The instance; null when it was refused.</param>
/// <param name="State">What it is after its first burst; null when it was refused.</param>
/// <param name="IsNew">False: it was there already.</param>
/// <param name="Refusal">Why its activation strategy refused it, as a sentence; null when it was started.</param>
public sealed record StartInstanceResult(string? InstanceId, WorkflowState? State, bool IsNew, string? Refusal);

/// <summary>What became of a wish to resume.</summary>
public enum ResumeOutcome
{
    /// <summary>It was resumed; this is durable.</summary>
    Resumed,

    /// <summary>It waited once and does no longer: answered, timed out or cancelled.</summary>
    Gone,

    /// <summary>It never waited.</summary>
    Unknown,

    /// <summary>It waits, but its instance has failed: repair that first, then try again.</summary>
    Faulted,
}

/// <summary>An answer with what the instance is now.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="State">The instance afterwards; null when there is none.</param>
public sealed record ResumeResult(ResumeOutcome Outcome, WorkflowState? State);

/// <summary>Something that happened in the world, addressed to whoever waits for it.</summary>
/// <param name="Hash">Hash of its name and payload (<see cref="StimulusHash"/>).</param>
public sealed record DeliverRequest(string Hash)
{
    /// <summary>What comes with it, under the keys that the activities read.</summary>
    public IReadOnlyDictionary<string, object?> Input { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>Only instances with this correlation id; new instances get it. Null means all.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only this instance, and no new ones; null means all.</summary>
    public string? InstanceId { get; init; }

    /// <summary>False: it only resumes.</summary>
    public bool StartsNew { get; init; } = true;

    /// <summary>Who sends it; null for the system. Filled in by the runtime.</summary>
    internal string? Who { get; init; }

    /// <summary>Where host activities find services; null means a scope of their own.</summary>
    public IServiceProvider? Services { get; init; }
}

/// <summary>What a stimulus did.</summary>
/// <param name="Started">Instances that it started.</param>
/// <param name="Resumed">Instances of which it resumed a waiter, once for each.</param>
/// <param name="Refused">Why instances were not started, as sentences.</param>
public sealed record DeliverResult(
    ImmutableArray<WorkflowState> Started,
    ImmutableArray<WorkflowState> Resumed,
    ImmutableArray<string> Refused
);

/// <summary>An event to be published.</summary>
/// <param name="Name">Name of the event; case-sensitive.</param>
public sealed record PublishEventRequest(string Name)
{
    /// <summary>What comes with it.</summary>
    public object? Payload { get; init; }

    /// <summary>Only instances with this correlation id; null means all.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only this instance; null means all.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Makes a repeated publication one; null means that each is its own.</summary>
    public string? IdempotencyKey { get; init; }
}
