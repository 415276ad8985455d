using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Where a version of a policy stands.</summary>
public enum PolicyState
{
    /// <summary>Being written; no clock uses it.</summary>
    Draft,

    /// <summary>New clocks use it; one version of a policy at most.</summary>
    Active,

    /// <summary>Only clocks that began with it use it.</summary>
    Retired,
}

/// <summary>What a change of the target does to a running clock.</summary>
public enum RetargetRule
{
    /// <summary>What is used up stays, the target is exchanged.</summary>
    KeepConsumed,

    /// <summary>The clock begins anew with the new target.</summary>
    Restart,

    /// <summary>Running clocks keep their target.</summary>
    Never,
}

/// <summary>How a fact is compared.</summary>
public enum FactComparison
{
    /// <summary>It is one of the values.</summary>
    Is,

    /// <summary>It is none of the values.</summary>
    IsNot,

    /// <summary>It is a number of at least the first value.</summary>
    AtLeast,

    /// <summary>It is a number of at most the first value.</summary>
    AtMost,
}

/// <summary>A question about a fact of a case. Upper and lower case are the same.</summary>
/// <param name="Fact">Name, for example <c>priority</c>.</param>
/// <param name="Comparison">How.</param>
/// <param name="Values">With what.</param>
public sealed record FactTest(string Fact, FactComparison Comparison, ImmutableArray<string> Values);

/// <summary>When something applies: after one of the events, and when all tests hold.</summary>
/// <param name="Events">Names of events of the case, for example <c>case.opened</c>; empty for any.</param>
/// <param name="Tests">Tests of facts; empty for none.</param>
public sealed record ClockCondition(ImmutableArray<string> Events, ImmutableArray<FactTest> Tests);

/// <summary>When the clocks of a policy change by events of the case; each list holds when one of its conditions does. In order: cancel, stop, reset, pause, resume, start.</summary>
public sealed record ClockConditions
{
    /// <summary>None: clocks are moved by workflows only.</summary>
    public static readonly ClockConditions None = new();

    public ImmutableArray<ClockCondition> Start { get; init; } = [];
    public ImmutableArray<ClockCondition> Pause { get; init; } = [];
    public ImmutableArray<ClockCondition> Resume { get; init; } = [];
    public ImmutableArray<ClockCondition> Stop { get; init; } = [];
    public ImmutableArray<ClockCondition> Reset { get; init; } = [];
    public ImmutableArray<ClockCondition> Cancel { get; init; } = [];

    /// <summary>Why a clock that pauses by condition does.</summary>
    public string PauseReason { get; init; } = "waiting-customer";

    internal IEnumerable<(string Name, ImmutableArray<ClockCondition> List)> All =>
        [("start", Start), ("pause", Pause), ("resume", Resume), ("stop", Stop), ("reset", Reset), ("cancel", Cancel)];
}

/// <summary>A target for some cases.</summary>
/// <param name="When">All must hold; empty for all cases.</param>
/// <param name="Target">How much.</param>
public sealed record TargetRule(ImmutableArray<FactTest> When, SlaTarget Target);

/// <summary>What a version of a policy says.</summary>
public sealed record PolicyContent
{
    /// <summary>Targets; the first that fits counts. None fits: no clock.</summary>
    public required ImmutableArray<TargetRule> Targets { get; init; }

    /// <summary>Calendar; null takes that of the contract, the queue, or the company.</summary>
    public string? CalendarId { get; init; }

    /// <summary>Events of the case that move its clocks.</summary>
    public ClockConditions Conditions { get; init; } = ClockConditions.None;

    /// <summary>Reasons for which a clock may pause.</summary>
    public ImmutableArray<string> PauseReasons { get; init; } = ServiceDesk.Clocks.PauseReasons.All;

    /// <summary>Per cent of the target at which somebody is told.</summary>
    public ImmutableArray<int> Thresholds { get; init; } = [50, 80, 100, 150];

    /// <summary>What another priority does.</summary>
    public RetargetRule Retarget { get; init; }

    /// <summary>Days, by the wall, in which a clock that ended may go on.</summary>
    public int ReopenDays { get; init; } = 7;

    /// <summary>Days, by the wall, after which a pause is to be looked at.</summary>
    public int LongPauseDays { get; init; } = 14;
}

/// <summary>A version of a policy.</summary>
/// <param name="PolicyId">The policy.</param>
/// <param name="Name">Its name.</param>
/// <param name="Metric">What it measures.</param>
/// <param name="Number">From 1.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Content">What it says.</param>
/// <param name="MadeAt">When it was written.</param>
/// <param name="MadeBy">By whom.</param>
public sealed record SlaPolicy(
    string PolicyId,
    string Name,
    string Metric,
    int Number,
    PolicyState State,
    PolicyContent Content,
    DateTimeOffset MadeAt,
    string MadeBy
);
