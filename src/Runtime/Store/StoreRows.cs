using System.Collections.Immutable;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.Store;

/// <summary>An instance as it is stored.</summary>
/// <param name="Id">Id.</param>
/// <param name="DefinitionId">Line of versions.</param>
/// <param name="VersionId">Version that it runs on.</param>
/// <param name="RowVersion">Number of commits; decides between writers.</param>
/// <param name="State">Stored state; see <see cref="StateJson"/>.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
public sealed record InstanceRow(
    string Id,
    string DefinitionId,
    string VersionId,
    long RowVersion,
    ReadOnlyMemory<byte> State,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

/// <summary>An instance in a list.</summary>
public sealed record InstanceSummary(
    string Id,
    string DefinitionId,
    string VersionId,
    int Version,
    WorkflowSubStatus SubStatus,
    string? CorrelationId,
    string? Name,
    string? ParentId,
    int IncidentCount,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt
);

/// <summary>Which instances to list; null members do not count.</summary>
public sealed record InstanceFilter
{
    /// <summary>Line of versions.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Version.</summary>
    public string? VersionId { get; init; }

    /// <summary>Sub-status.</summary>
    public WorkflowSubStatus? SubStatus { get; init; }

    /// <summary>Correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Instance that started them.</summary>
    public string? ParentId { get; init; }

    /// <summary>True: only those with incidents.</summary>
    public bool? HasIncidents { get; init; }
}

/// <summary>One burst, to be committed.</summary>
public sealed record InstanceCommit
{
    /// <summary>The instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The row version that was loaded; 0 creates the instance.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>Line of versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Version.</summary>
    public required string VersionId { get; init; }

    /// <summary>Number of the version.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Sub-status after the burst.</summary>
    public required WorkflowSubStatus SubStatus { get; init; }

    /// <summary>Correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Instance that started it.</summary>
    public string? ParentId { get; init; }

    /// <summary>Open incidents.</summary>
    public int IncidentCount { get; init; }

    /// <summary>State after the burst.</summary>
    public required ReadOnlyMemory<byte> State { get; init; }

    /// <summary>Waiters that appeared. One with a due time brings its timer along.</summary>
    public ImmutableArray<NewBookmark> Added { get; init; } = [];

    /// <summary>Waiters that are gone, with their timers.</summary>
    public ImmutableArray<long> Burned { get; init; } = [];

    /// <summary>Work that the burst caused.</summary>
    public ImmutableArray<NewWork> Work { get; init; } = [];

    /// <summary>Work that the burst did; 0 when it did none. It is removed with the commit: done exactly once.</summary>
    public long DoneWorkId { get; init; }

    /// <summary>History of the burst; null when none is kept.</summary>
    public NewJournal? Journal { get; init; }

    /// <summary>Domain rows to write in the same transaction.</summary>
    public ImmutableArray<object> Records { get; init; } = [];

    /// <summary>The moment of the burst, UTC.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>A waiter to be stored.</summary>
/// <param name="Id">Number within the instance.</param>
/// <param name="Hash">Hash of its stimulus.</param>
/// <param name="Name">Name of its stimulus.</param>
/// <param name="ActivityId">Activity that waits.</param>
/// <param name="NodeId">Path of ids to it.</param>
/// <param name="DueAt">When its timer fires, UTC; null for none.</param>
/// <param name="Payload">Plain JSON of the stimulus, for people.</param>
public sealed record NewBookmark(
    long Id,
    string Hash,
    string Name,
    string ActivityId,
    string NodeId,
    DateTimeOffset? DueAt,
    ReadOnlyMemory<byte> Payload
);

/// <summary>A waiter as it is stored.</summary>
public sealed record BookmarkRow(
    string InstanceId,
    long Id,
    string Hash,
    string Name,
    string ActivityId,
    string NodeId,
    string? CorrelationId,
    DateTimeOffset? DueAt,
    ReadOnlyMemory<byte> Payload,
    DateTimeOffset CreatedAt
);

/// <summary>Which waiters to find; null members do not count.</summary>
/// <param name="Hash">Hash of the stimulus.</param>
/// <param name="InstanceId">Instance.</param>
/// <param name="CorrelationId">Correlation id of the instance when it committed last.</param>
public sealed record BookmarkFilter(string? Hash = null, string? InstanceId = null, string? CorrelationId = null);

/// <summary>What a piece of work is.</summary>
public enum WorkKind
{
    /// <summary>A timer of an instance: resume its bookmark.</summary>
    Timer,

    /// <summary>Resume a bookmark with an input.</summary>
    Resume,

    /// <summary>Start an instance.</summary>
    Start,

    /// <summary>Deliver an event to all who wait for it.</summary>
    Publish,

    /// <summary>Run a host activity in the background.</summary>
    Invoke,

    /// <summary>A timer of a trigger: start an instance and set the next.</summary>
    TriggerTimer,

    /// <summary>Tell a parent that its child has ended.</summary>
    ChildEnded,

    /// <summary>Carry out what a domain package asked for.</summary>
    Message,
}

/// <summary>Something to be done, now or at a time, at least once; the key makes it once where it can be.</summary>
public sealed record NewWork
{
    /// <summary>Unique: the same when a burst is repeated.</summary>
    public required string Key { get; init; }

    /// <summary>What it is.</summary>
    public required WorkKind Kind { get; init; }

    /// <summary>Instance that it is for; null when none exists yet.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Bookmark or execution that it is for.</summary>
    public long Target { get; init; }

    /// <summary>What comes with it, as JSON.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>When it is due, UTC.</summary>
    public required DateTimeOffset DueAt { get; init; }
}

/// <summary>A piece of work that is leased.</summary>
public sealed record WorkRow(
    long Id,
    string Key,
    WorkKind Kind,
    string? InstanceId,
    long Target,
    ReadOnlyMemory<byte> Payload,
    DateTimeOffset DueAt,
    int Attempts
);

/// <summary>History of one burst, to be stored.</summary>
/// <param name="Sequence">Number of the burst within the instance: its row version.</param>
/// <param name="Stimuli">What went in: enough to repeat the burst, as JSON.</param>
/// <param name="Entries">What happened, as JSON.</param>
public sealed record NewJournal(long Sequence, ReadOnlyMemory<byte> Stimuli, ReadOnlyMemory<byte> Entries);

/// <summary>History of one burst.</summary>
public sealed record JournalRow(long Sequence, DateTimeOffset At, ReadOnlyMemory<byte> Stimuli, ReadOnlyMemory<byte> Entries);

/// <summary>A definition version as it is stored.</summary>
public sealed record DefinitionRow
{
    /// <summary>Id of the version.</summary>
    public required string Id { get; init; }

    /// <summary>Line of versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Number, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Newest of its line.</summary>
    public bool IsLatest { get; init; }

    /// <summary>New instances start on it.</summary>
    public bool IsPublished { get; init; }

    /// <summary>The JSON, as it came.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was published first, UTC; from then on its content never changes.</summary>
    public DateTimeOffset? PublishedAt { get; init; }
}

/// <summary>A change of definitions.</summary>
/// <param name="Versions">Versions to insert or update.</param>
/// <param name="TriggersOf">Line whose triggers are replaced; null leaves triggers alone.</param>
/// <param name="Triggers">Its triggers from now on.</param>
/// <param name="Timers">Work for triggers that fire by themselves; older timers of the line are removed.</param>
public sealed record DefinitionChange(
    ImmutableArray<DefinitionRow> Versions,
    string? TriggersOf = null,
    ImmutableArray<TriggerRow> Triggers = default,
    ImmutableArray<NewWork> Timers = default
);

/// <summary>A trigger of a published version.</summary>
public sealed record TriggerRow(
    string DefinitionId,
    string VersionId,
    string ActivityId,
    string NodeId,
    string Name,
    string Hash,
    ReadOnlyMemory<byte> Payload
);
