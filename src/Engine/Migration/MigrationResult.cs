using System.Collections.Immutable;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Migration;

/// <summary>Whether one instance can be migrated.</summary>
public enum MigrationVerdict
{
    /// <summary>It can, now.</summary>
    Ready,

    /// <summary>It cannot by this plan; the refusals say why.</summary>
    Blocked,

    /// <summary>Not now: it is inside a burst, or the host runs one of its activities. It is tried again.</summary>
    Later,

    /// <summary>It runs on the target version already.</summary>
    AlreadyThere,

    /// <summary>It has ended; nothing is left to migrate.</summary>
    Ended,
}

/// <summary>What became of the wish to carry a state to another version.</summary>
/// <param name="Verdict">Ready, Blocked, Later or Ended.</param>
/// <param name="State">The state on the new version; null unless it is ready.</param>
/// <param name="Moves">Where everything that lives goes, in the order of its creation; also of what cannot be placed.</param>
/// <param name="Refusals">Why not; empty when it is ready.</param>
/// <param name="Notes">What is worth knowing; no obstacles.</param>
public sealed record MigrationResult(
    MigrationVerdict Verdict,
    WorkflowState? State,
    ImmutableArray<MigrationMove> Moves,
    ImmutableArray<MigrationRefusal> Refusals,
    ImmutableArray<MigrationRefusal> Notes
);

/// <summary>Where one living execution goes.</summary>
/// <param name="FrameId">Number of the execution; the same before and after.</param>
/// <param name="ActivityType">Type of the activity.</param>
/// <param name="Name">Its name; its id when it has none.</param>
/// <param name="From">Path of ids in the old version; null for a container that begins to exist.</param>
/// <param name="To">Path of ids in the new version; null when it has no place, or its container is dissolved.</param>
/// <param name="Waits">What it waits for; empty for one that only contains others.</param>
public sealed record MigrationMove(
    long FrameId,
    string ActivityType,
    string Name,
    string? From,
    string? To,
    ImmutableArray<MigrationWait> Waits
);

/// <summary>Something that an execution waits for.</summary>
/// <param name="BookmarkId">Number of the bookmark; the same before and after.</param>
/// <param name="Stimulus">Name of the stimulus, such as <c>Elsa.Event</c>.</param>
/// <param name="DueBefore">When its timer is due, UTC; null when it has none.</param>
/// <param name="DueAfter">When it will be due, UTC.</param>
public sealed record MigrationWait(long BookmarkId, string Stimulus, DateTimeOffset? DueBefore, DateTimeOffset? DueAfter);

/// <summary>Why an instance cannot be migrated, or what is worth knowing about it.</summary>
/// <param name="Code">One of <see cref="MigrationCodes"/>.</param>
/// <param name="Reason">A sentence: what, where, why, and the cure where there is one.</param>
/// <param name="ActivityId">The activity; null when it is about the whole.</param>
/// <param name="Name">Its name; its id when it has none.</param>
/// <param name="NodeId">Path of ids to it, in the old version where it is there.</param>
/// <param name="FrameId">The execution; 0 for none.</param>
/// <param name="BookmarkId">The bookmark; 0 for none.</param>
public sealed record MigrationRefusal(
    string Code,
    string Reason,
    string? ActivityId = null,
    string? Name = null,
    string? NodeId = null,
    long FrameId = 0,
    long BookmarkId = 0
);
