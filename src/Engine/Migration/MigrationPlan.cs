using System.Collections.Immutable;

namespace ServiceLoop.Engine.Migration;

/// <summary>How a running instance is carried from one version of its definition to another. What it does not name goes by the same id.</summary>
public sealed record MigrationPlan
{
    /// <summary>Everything by the same id, timers kept.</summary>
    public static MigrationPlan Default { get; } = new();

    /// <summary>Where activities go that do not go to the one with the same id.</summary>
    public ImmutableArray<ActivityMove> Activities { get; init; } = [];

    /// <summary>Where variables go that do not go to the one with the same id or name in the same place, and values for others.</summary>
    public ImmutableArray<VariableMove> Variables { get; init; } = [];

    /// <summary>What becomes of timers that run.</summary>
    public TimerPolicy Timers { get; init; }

    /// <summary>
    /// Codes of refusals that somebody has looked at and accepts: <see cref="MigrationCodes.StepSkipped"/>, <see cref="MigrationCodes.StepRepeated"/>.
    /// Others cannot be accepted.
    /// </summary>
    public ImmutableArray<string> Accepted { get; init; } = [];
}

/// <summary>Where one activity goes.</summary>
/// <param name="From">Activity of the old version: its path of ids (<c>Workflow1:Flowchart1:Ask</c>), or its id where that is unique.</param>
/// <param name="To">Activity of the new version, named likewise; null: it has no place there, on purpose.</param>
public sealed record ActivityMove(string From, string? To);

/// <summary>Where one variable goes, or what one gets.</summary>
/// <param name="From">Id or name of a variable of the old version; null when only a value is given.</param>
/// <param name="To">Id or name of a variable of the new version; null: the old one is dropped, on purpose.</param>
public sealed record VariableMove(string? From, string? To)
{
    /// <summary>True: the new variable gets <see cref="Value"/> instead of the old one's value or its default.</summary>
    public bool HasValue { get; init; }

    /// <summary>A plain value; converted to the declared type.</summary>
    public object? Value { get; init; }
}

/// <summary>What becomes of timers that run when their instance is migrated.</summary>
public enum TimerPolicy
{
    /// <summary>Due when it was promised.</summary>
    Keep,

    /// <summary>Due as the new version says, counted from the moment when the wait began.</summary>
    Recompute,
}

/// <summary>Stable codes of what a migration refuses or notes.</summary>
public static class MigrationCodes
{
    /// <summary>The two versions are not of one definition.</summary>
    public const string OtherDefinition = "migration.other-definition";

    /// <summary>The two versions join branches by different rules.</summary>
    public const string OtherSemantics = "migration.other-semantics";

    /// <summary>The plan names an activity or variable that does not exist.</summary>
    public const string PlanUnknown = "migration.plan-unknown";

    /// <summary>The instance has ended.</summary>
    public const string Ended = "migration.ended";

    /// <summary>The instance is inside a burst, or the host runs one of its activities. Later it may be possible.</summary>
    public const string Busy = "migration.busy";

    /// <summary>Something that waits or lives has no place in the new version.</summary>
    public const string NoPlace = "migration.no-place";

    /// <summary>Its place in the new version is an activity of another type.</summary>
    public const string OtherType = "migration.other-type";

    /// <summary>It would have to move into or out of a container in a way that nobody can tell the meaning of.</summary>
    public const string Container = "migration.container";

    /// <summary>The method that continues it does not exist any more.</summary>
    public const string Callback = "migration.callback";

    /// <summary>Branches that have arrived at a join cannot be carried over, or the join could never go on.</summary>
    public const string Join = "migration.join";

    /// <summary>A state or transition of a state machine has no place.</summary>
    public const string Machine = "migration.state-machine";

    /// <summary>A value does not fit its new variable or input.</summary>
    public const string Value = "migration.value";

    /// <summary>The due time cannot be computed from the new version.</summary>
    public const string Timer = "migration.timer";

    /// <summary>A completed step that can be undone would lose its undo step.</summary>
    public const string Undo = "migration.undo";

    /// <summary>A step that still had to happen would be passed by.</summary>
    public const string StepSkipped = "migration.step-skipped";

    /// <summary>A step that has happened, or waits now, would happen again.</summary>
    public const string StepRepeated = "migration.step-repeated";

    /// <summary>Worth knowing, no obstacle.</summary>
    public const string Note = "migration.note";
}
