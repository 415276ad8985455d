using System.Collections.Immutable;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.Store;

/// <summary>Which instances to list; null members and empty lists do not count.</summary>
public sealed record InstanceFilter
{
    /// <summary>Line of versions.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>Lines of versions, any of them; beside <see cref="DefinitionId"/> both must fit.</summary>
    public ImmutableArray<string> DefinitionIds { get; init; } = [];

    /// <summary>Id of a version.</summary>
    public string? VersionId { get; init; }

    /// <summary>Number of a version, of any line.</summary>
    public int? Version { get; init; }

    /// <summary>Sub-status.</summary>
    public WorkflowSubStatus? SubStatus { get; init; }

    /// <summary>Sub-statuses, any of them; beside <see cref="SubStatus"/> and <see cref="IsRunning"/> all must fit.</summary>
    public ImmutableArray<WorkflowSubStatus> SubStatuses { get; init; } = [];

    /// <summary>Correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Instance that started them.</summary>
    public string? ParentId { get; init; }

    /// <summary>True: only those with incidents.</summary>
    public bool? HasIncidents { get; init; }

    /// <summary>True: only those that have not ended; false: only those that have.</summary>
    public bool? IsRunning { get; init; }

    /// <summary>When they were created, UTC.</summary>
    public TimeRange Created { get; init; } = TimeRange.Any;

    /// <summary>When they were committed last, UTC.</summary>
    public TimeRange Updated { get; init; } = TimeRange.Any;

    /// <summary>When they ended, UTC; one that runs fits no limit.</summary>
    public TimeRange Finished { get; init; } = TimeRange.Any;

    /// <summary>
    /// What people type: the beginning of an id, a part of the name or of the correlation id (in any case), or the line or a part of the name of the
    /// definition. Of each kind the <see cref="MaxHits"/> newest are found. A text of less than three characters is looked for within names and
    /// correlation ids of the <see cref="NewestSearched"/> newest instances only.
    /// </summary>
    public string? Search { get; init; }

    /// <summary>Only those created before this instance of the list, for the next page: cost does not grow with the page number.</summary>
    public (DateTimeOffset CreatedAt, string Id)? Before { get; init; }

    /// <summary>Instances of each kind that a search finds at most.</summary>
    public const int MaxHits = 5_000;

    /// <summary>Instances that a text too short for the index is looked for in.</summary>
    public const int NewestSearched = 10_000;

    /// <summary>The sub-statuses that <see cref="SubStatus"/>, <see cref="SubStatuses"/> and <see cref="IsRunning"/> leave, in their order.</summary>
    public ImmutableArray<WorkflowSubStatus> Allowed() =>
        [
            .. Enum.GetValues<WorkflowSubStatus>()
                .Where(s => SubStatus is null || SubStatus == s)
                .Where(s => SubStatuses.IsDefaultOrEmpty || SubStatuses.Contains(s))
                .Where(s => IsRunning is not { } running || running == (WorkflowState.StatusOf(s) == WorkflowStatus.Running)),
        ];
}

/// <summary>Moments, UTC. The store keeps microseconds; what is finer is cut off.</summary>
/// <param name="From">This moment and later; null for no limit.</param>
/// <param name="Until">Earlier than this; null for no limit.</param>
/// <param name="Not">None of these.</param>
public sealed record TimeRange(DateTimeOffset? From, DateTimeOffset? Until, ImmutableArray<DateTimeOffset> Not)
{
    /// <summary>No limit.</summary>
    public static readonly TimeRange Any = new(null, null, []);

    /// <summary>True when every moment fits, and nothing is asked.</summary>
    public bool IsAny => From is null && Until is null && Not.IsDefaultOrEmpty;

    /// <summary>At a moment.</summary>
    public TimeRange At(DateTimeOffset moment) => AtOrAfter(moment).AtOrBefore(moment);

    /// <summary>Not at a moment.</summary>
    public TimeRange NotAt(DateTimeOffset moment) => this with { Not = Not.Add(Cut(moment)) };

    /// <summary>Before a moment.</summary>
    public TimeRange Before(DateTimeOffset moment) => this with { Until = Until is { } until && until < Cut(moment) ? until : Cut(moment) };

    /// <summary>At a moment or before it.</summary>
    public TimeRange AtOrBefore(DateTimeOffset moment) => Before(Next(moment));

    /// <summary>After a moment.</summary>
    public TimeRange After(DateTimeOffset moment) => AtOrAfter(Next(moment));

    /// <summary>At a moment or after it.</summary>
    public TimeRange AtOrAfter(DateTimeOffset moment) => this with { From = From is { } from && from > Cut(moment) ? from : Cut(moment) };

    /// <summary>Whether a moment fits.</summary>
    /// <param name="moment">Null never fits, unless nothing is asked.</param>
    public bool Has(DateTimeOffset? moment) =>
        IsAny
        || (
            moment is { } at
            && (From is null || Cut(at) >= From)
            && (Until is null || Cut(at) < Until)
            && (Not.IsDefaultOrEmpty || !Not.Contains(Cut(at)))
        );

    private static DateTimeOffset Cut(DateTimeOffset moment) =>
        new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private static DateTimeOffset Next(DateTimeOffset moment) =>
        Cut(moment) is var cut && cut.UtcTicks > DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerMicrosecond
            ? cut
            : cut.AddTicks(TimeSpan.TicksPerMicrosecond);
}

/// <summary>By what instances are listed.</summary>
public enum InstanceSort
{
    /// <summary>When they were created.</summary>
    Created,

    /// <summary>When they ran last: those that run by their last commit, those that ended by their end.</summary>
    LastExecuted,

    /// <summary>When they ended; those that run come as if they ended before all others.</summary>
    Finished,

    /// <summary>Their name, character by character; those without come as if it were empty.</summary>
    Name,
}

/// <summary>The order of a list; the id decides between equals, in the same direction.</summary>
public readonly record struct InstanceOrder(InstanceSort Sort, bool IsAscending = false);

/// <summary>A part of a list.</summary>
/// <param name="Items">The instances.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="IsExact">
/// False: there are at least that many. Counting stops where it would have to read the instances themselves: at
/// <see cref="CountedAtMost"/>, for example when the last commit or a sub-status of those that run is asked for.
/// </param>
public sealed record InstancePage(IReadOnlyList<InstanceSummary> Items, long Total, bool IsExact)
{
    /// <summary>Where counting stops when an index alone cannot tell.</summary>
    public const int CountedAtMost = 10_000;

    /// <summary>Nothing.</summary>
    public static readonly InstancePage Empty = new([], 0, IsExact: true);
}
