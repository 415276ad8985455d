using System.Collections.Immutable;
using ServiceLoop.Engine.Migration;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>Where a run stands.</summary>
public enum MigrationStatus
{
    /// <summary>Being planned: nothing has been moved, the plan may be edited.</summary>
    Draft,

    /// <summary>Instances are being moved.</summary>
    Running,

    /// <summary>Somebody has paused it.</summary>
    Paused,

    /// <summary>It stopped by itself: too many instances could not be moved. It can be resumed.</summary>
    Halted,

    /// <summary>Somebody has stopped it for good; what was moved stays moved, and can be undone.</summary>
    Stopped,

    /// <summary>Every instance was dealt with.</summary>
    Finished,

    /// <summary>Instances are being moved back.</summary>
    Undoing,

    /// <summary>Every instance that could be moved back is back.</summary>
    Undone,
}

/// <summary>Which instances a run is about. Only running ones of the target's definition count.</summary>
public sealed record MigrationScope
{
    /// <summary>Ids of the versions that they run on; empty means every version but the target.</summary>
    public ImmutableArray<string> SourceVersionIds { get; init; } = [];

    /// <summary>Only these instances; empty means all.</summary>
    public ImmutableArray<string> InstanceIds { get; init; } = [];

    /// <summary>Only with this correlation id; null means all.</summary>
    public string? CorrelationId { get; init; }
}

/// <summary>How fast a run goes, and when it stops by itself.</summary>
public sealed record MigrationPace
{
    /// <summary>Instances of one batch. Default 100; 1 to 1000.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Instances a second, over all nodes; 0 means as fast as it goes. Default 0.</summary>
    public double PerSecond { get; init; }

    /// <summary>Batches that are worked on at once, over all nodes. Default 2; 1 to 16.</summary>
    public int Lanes { get; init; } = 2;

    /// <summary>The run halts when so many instances could not be moved; 0 means never. Default 0.</summary>
    public int StopAfterFailures { get; init; }
}

/// <summary>The wish to move instances to another version.</summary>
/// <param name="TargetVersionId">Id of a version that was published once.</param>
public sealed record MigrationRequest(string TargetVersionId)
{
    /// <summary>Which instances.</summary>
    public MigrationScope Scope { get; init; } = new();

    /// <summary>How they are carried over.</summary>
    public MigrationPlan Plan { get; init; } = MigrationPlan.Default;

    /// <summary>Why, for people; null for nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>A plan and what became of it.</summary>
public sealed record MigrationRun
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Line of versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Id of the version that instances go to.</summary>
    public required string TargetVersionId { get; init; }

    /// <summary>Its number.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Which instances.</summary>
    public required MigrationScope Scope { get; init; }

    /// <summary>How they are carried over. Fixed once the run has begun.</summary>
    public required MigrationPlan Plan { get; init; }

    /// <summary>How fast it goes.</summary>
    public required MigrationPace Pace { get; init; }

    /// <summary>Where it stands.</summary>
    public required MigrationStatus Status { get; init; }

    /// <summary>Why it was made, for people.</summary>
    public string? Note { get; init; }

    /// <summary>Who made it; null when it is not known.</summary>
    public string? Who { get; init; }

    /// <summary>Why it halted, as a sentence; else null.</summary>
    public string? HaltReason { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the first instance was to be moved, UTC; null for a draft.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last was dealt with, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Counts starts, pauses and undos; work of an older count is stale.</summary>
    internal int Generation { get; init; }
}

/// <summary>What became of one instance in a run.</summary>
public enum MigrationItemStatus
{
    /// <summary>Not yet dealt with, or to be tried again.</summary>
    Open,

    /// <summary>It runs on the target version.</summary>
    Migrated,

    /// <summary>It cannot be moved by this plan.</summary>
    Blocked,

    /// <summary>It failed for a reason that is no refusal; see the reason.</summary>
    Failed,

    /// <summary>It ran on the target version already.</summary>
    AlreadyThere,

    /// <summary>It ended before its turn came.</summary>
    Ended,

    /// <summary>It was moved and is back.</summary>
    Undone,

    /// <summary>It was moved and cannot come back; see the reason.</summary>
    NotUndone,
}

/// <summary>One instance in a run.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">Why, as a sentence; null when there is nothing to say.</param>
/// <param name="Attempts">How often it was busy or failed so far.</param>
/// <param name="FromVersionId">Version that it came from; null while it was not moved.</param>
/// <param name="UpdatedAt">UTC.</param>
public sealed record MigrationItem(
    string InstanceId,
    MigrationItemStatus Status,
    string? Reason,
    int Attempts,
    string? FromVersionId,
    DateTimeOffset UpdatedAt
);

/// <summary>How far a run is.</summary>
/// <param name="Run">The run.</param>
/// <param name="Counts">How many instances are in each state; states without any are left out.</param>
/// <param name="Total">All instances of the run; 0 for a draft.</param>
public sealed record MigrationProgress(MigrationRun Run, ImmutableSortedDictionary<MigrationItemStatus, int> Counts, int Total)
{
    /// <summary>How many are in a state.</summary>
    public int Of(MigrationItemStatus status) => Counts.GetValueOrDefault(status);
}
