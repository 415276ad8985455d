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
/// <param name="LeaseOwner">Who holds it for host activities; null when nobody does or did.</param>
/// <param name="LeaseUntil">Until when, UTC; a lease that has ended does not count.</param>
public sealed record InstanceRow(
    string Id,
    string DefinitionId,
    string VersionId,
    long RowVersion,
    ReadOnlyMemory<byte> State,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? LeaseOwner = null,
    DateTimeOffset? LeaseUntil = null
)
{
    /// <summary>True: it stands encrypted in the store, or is to.</summary>
    public bool IsSealed { get; init; }
}

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

/// <summary>Where an instance stands.</summary>
/// <param name="Summary">As in a list.</param>
/// <param name="RowVersion">Number of commits.</param>
public sealed record InstanceStanding(InstanceSummary Summary, long RowVersion);

/// <summary>What became of a commit.</summary>
public enum CommitResult
{
    /// <summary>All of it is durable.</summary>
    Committed,

    /// <summary>The instance was changed since it was loaded, exists already, or somebody else holds its lease. Nothing was written; load again and repeat.</summary>
    Conflict,

    /// <summary>The work that it did is gone: somebody else did it. Nothing was written; nothing is to be repeated.</summary>
    WorkGone,
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

    /// <summary>True: the instance holds secrets. All of the commit is to stand encrypted, where the host encrypts at all.</summary>
    public bool IsSealed { get; init; }

    /// <summary>Waiters that appeared. One with a due time brings its timer along.</summary>
    public ImmutableArray<NewBookmark> Added { get; init; } = [];

    /// <summary>Waiters that are gone, with their timers.</summary>
    public ImmutableArray<long> Burned { get; init; } = [];

    /// <summary>Work that the burst caused.</summary>
    public ImmutableArray<NewWork> Work { get; init; } = [];

    /// <summary>Work that the burst did; 0 when it did none. It is removed with the commit; when it is gone already, nothing is written: done exactly once.</summary>
    public long DoneWorkId { get; init; }

    /// <summary>Keys of work that is no longer needed, for example the recovery of a burst that has ended; unknown ones are no error.</summary>
    public ImmutableArray<string> Dropped { get; init; } = [];

    /// <summary>Who commits: its own lease of the instance does not stand in its way and ends with the commit, unless <see cref="KeepsLeaseUntil"/> is set.</summary>
    public string? Owner { get; init; }

    /// <summary>Set when the burst goes on after this commit: the owner holds the instance until then, UTC.</summary>
    public DateTimeOffset? KeepsLeaseUntil { get; init; }

    /// <summary>History of the burst; null when none is kept.</summary>
    public NewJournal? Journal { get; init; }

    /// <summary>Domain rows to write in the same transaction.</summary>
    public ImmutableArray<RecordedRow> Records { get; init; } = [];

    /// <summary>The moment of the burst, UTC.</summary>
    public required DateTimeOffset Now { get; init; }
}
