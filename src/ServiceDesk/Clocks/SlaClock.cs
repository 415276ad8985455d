using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Where a clock stands.</summary>
public enum ClockState
{
    /// <summary>Set back, and not started again yet.</summary>
    Pending,

    /// <summary>Working time counts.</summary>
    Running,

    /// <summary>Nothing counts, for a reason.</summary>
    Paused,

    /// <summary>Stopped in time.</summary>
    Met,

    /// <summary>Stopped too late.</summary>
    Missed,

    /// <summary>No longer wanted.</summary>
    Cancelled,
}

/// <summary>How a target is measured.</summary>
public enum TargetUnit
{
    /// <summary>Minutes of working time.</summary>
    Minutes,

    /// <summary>Working days: the end is on the n-th working day after the start, at the same time. One day is not 24 hours of working time.</summary>
    Days,
}

/// <summary>What may be used up.</summary>
/// <param name="Amount">How much, at least 1.</param>
/// <param name="Unit">Of what.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SlaTarget(int Amount, TargetUnit Unit)
{
    /// <summary>Minutes of working time.</summary>
    public static SlaTarget Minutes(int amount) => new(amount, TargetUnit.Minutes);

    /// <summary>As people write it.</summary>
    public override string ToString() => Unit == TargetUnit.Minutes ? $"{Amount} min" : $"{Amount} d";
}

/// <summary>A span in which a clock ran.</summary>
/// <param name="From">UTC, whole milliseconds.</param>
/// <param name="To">UTC; null while it runs.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ClockRun(DateTimeOffset From, DateTimeOffset? To);

/// <summary>One running measure of a case (SLA 时钟).</summary>
public sealed record SlaClock
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>The case.</summary>
    public required string CaseId { get; init; }

    /// <summary>The workflow that started it; null for none.</summary>
    public string? InstanceId { get; init; }

    /// <summary>What is measured: one of <see cref="Metrics"/>.</summary>
    public required string Metric { get; init; }

    /// <summary>The policy.</summary>
    public required string PolicyId { get; init; }

    /// <summary>Its version: a clock keeps the one that it began with.</summary>
    public required int PolicyVersion { get; init; }

    /// <summary>The calendar.</summary>
    public required string CalendarId { get; init; }

    /// <summary>The version of the calendar that the sums below were made with.</summary>
    public required int CalendarVersion { get; init; }

    /// <summary>Priority of the case, <c>P1</c> to <c>P4</c>; null when it has none.</summary>
    public string? Priority { get; init; }

    /// <summary>What may be used up.</summary>
    public required SlaTarget Target { get; init; }

    /// <summary>What somebody has granted on top; working time.</summary>
    public TimeSpan Extension { get; init; }

    /// <summary>Where it stands.</summary>
    public required ClockState State { get; init; }

    /// <summary>When it started, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ran; the last one is open while it runs.</summary>
    public required ImmutableArray<ClockRun> Runs { get; init; }

    /// <summary>Working time used up until the last change.</summary>
    public TimeSpan Consumed { get; init; }

    /// <summary>When the target is used up; null while it is paused, and for a calendar that never has so much time.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Why it is paused: one of <see cref="PauseReasons"/>.</summary>
    public string? PauseReason { get; init; }

    /// <summary>When its target was used up: a fact, after which the clock goes on, so that the lateness becomes known.</summary>
    public DateTimeOffset? BreachedAt { get; init; }

    /// <summary>Why: <c>due</c>, <c>retargeted</c>, <c>calendar</c>.</summary>
    public string? BreachReason { get; init; }

    /// <summary>A later calendar says that it was in time: since when that waits for approval.</summary>
    public DateTimeOffset? ReprieveAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Per cent of the target at which somebody is told, rising.</summary>
    public ImmutableArray<int> Thresholds { get; init; } = [];

    /// <summary>Those that were told.</summary>
    public ImmutableArray<int> Fired { get; init; } = [];

    /// <summary>The next threshold; null for none.</summary>
    public int? NextPercent { get; init; }

    /// <summary>When it is reached.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Rises with each new <see cref="NextAt"/>: work of an older generation is void.</summary>
    public int Generation { get; init; }

    /// <summary>Rises with each change.</summary>
    public int Rev { get; init; }

    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => State is ClockState.Pending or ClockState.Running or ClockState.Paused;
}

/// <summary>What is measured.</summary>
public static class Metrics
{
    /// <summary>First substantive answer; never pauses.</summary>
    public const string FirstResponse = "first_response";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All =
    [
        "queue_wait",
        FirstResponse,
        "first_human_response",
        "next_response",
        "resolution",
        "callback_on_time",
        "follow_up_on_time",
    ];
}

/// <summary>Why a clock may pause.</summary>
public static class PauseReasons
{
    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All = ["waiting-customer", "waiting-third-party", "agreed-callback", "force-majeure"];
}

/// <summary>Something that happened to a clock; part of its history.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Kind">What, past tense: <c>Started</c>, <c>Paused</c>, <c>ThresholdReached</c>.</param>
/// <param name="Detail">More: reason, per cent, old and new target; null for nothing.</param>
public sealed record ClockEvent(DateTimeOffset At, string Kind, string? Detail = null);

/// <summary>What a change makes of a clock.</summary>
/// <param name="Clock">The clock after it.</param>
/// <param name="Events">What happened; nothing when it made no difference.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
public sealed record ClockStep(SlaClock Clock, ImmutableArray<ClockEvent> Events, string? Refusal = null);
