using System.Collections.Immutable;
using ServiceLoop.Engine.Migration;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>What a dry run says of one instance. Nothing was changed.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="FromVersionId">Version that it runs on.</param>
/// <param name="FromVersion">Its number.</param>
/// <param name="Verdict">Whether it can be moved.</param>
/// <param name="Moves">Where everything that lives in it goes; those with waits are its waiting points.</param>
/// <param name="Refusals">Why not.</param>
/// <param name="Notes">What is worth knowing.</param>
public sealed record InstanceForecast(
    string InstanceId,
    string FromVersionId,
    int FromVersion,
    MigrationVerdict Verdict,
    ImmutableArray<MigrationMove> Moves,
    ImmutableArray<MigrationRefusal> Refusals,
    ImmutableArray<MigrationRefusal> Notes
);

/// <summary>A page of a dry run.</summary>
/// <param name="Items">In the order of their instance ids.</param>
/// <param name="Next">Give it back as <c>after</c> for the next page; null after the last.</param>
public sealed record ForecastPage(ImmutableArray<InstanceForecast> Items, string? Next);

/// <summary>What a dry run says of all instances. Nothing was changed.</summary>
/// <param name="Total">Instances.</param>
/// <param name="Verdicts">How many have each verdict; those without any are left out.</param>
/// <param name="Waits">Where waiting points go, and how many of each: the most frequent first.</param>
/// <param name="Reasons">Why instances are blocked, and how many for each reason: the most frequent first, at most 100.</param>
public sealed record ForecastSummary(
    int Total,
    ImmutableSortedDictionary<MigrationVerdict, int> Verdicts,
    ImmutableArray<WaitCount> Waits,
    ImmutableArray<ReasonCount> Reasons
);

/// <summary>Waiting points of one activity that go to one place.</summary>
/// <param name="From">Path of ids in the old version.</param>
/// <param name="To">Path of ids in the new version; null when it has no place.</param>
/// <param name="Name">Name of the activity; its id when it has none.</param>
/// <param name="ActivityType">Its type.</param>
/// <param name="Count">How many wait there.</param>
public sealed record WaitCount(string From, string? To, string Name, string ActivityType, int Count);

/// <summary>One reason for which instances are blocked.</summary>
/// <param name="Code">One of <see cref="MigrationCodes"/>.</param>
/// <param name="Reason">A sentence; of the first instance that has it.</param>
/// <param name="ActivityId">The activity; null when it is about the whole.</param>
/// <param name="Count">How many instances have it.</param>
/// <param name="Example">One of them.</param>
public sealed record ReasonCount(string Code, string Reason, string? ActivityId, int Count, string Example);

/// <summary>An activity of the old version and where it goes by a plan, for a page that lets people edit the map.</summary>
/// <param name="NodeId">Path of ids in the old version.</param>
/// <param name="ActivityId">Its id.</param>
/// <param name="Name">Its name; its id when it has none.</param>
/// <param name="ActivityType">Its type.</param>
/// <param name="To">Path of ids in the new version; null when it has no place.</param>
/// <param name="IsChosen">True: the plan names it. False: by the same id.</param>
/// <param name="CanWait">True: instances may be waiting in it, so that it matters where it goes.</param>
public sealed record ActivityPlace(
    string NodeId,
    string ActivityId,
    string Name,
    string ActivityType,
    string? To,
    bool IsChosen,
    bool CanWait
);

/// <summary>How two versions fit by a plan.</summary>
/// <param name="FromVersionId">The old version.</param>
/// <param name="ToVersionId">The new version.</param>
/// <param name="Activities">Activities of the old version, in the order of the definition.</param>
/// <param name="Targets">Activities of the new version, likewise; <see cref="ActivityPlace.To"/> is null there.</param>
/// <param name="Problems">What is wrong with the plan itself.</param>
public sealed record PlanOverview(
    string FromVersionId,
    string ToVersionId,
    ImmutableArray<ActivityPlace> Activities,
    ImmutableArray<ActivityPlace> Targets,
    ImmutableArray<MigrationRefusal> Problems
);
