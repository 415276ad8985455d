using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>What somebody asks of a clock. Recorded by steps of workflows in the transaction of the step, and applied right after it, in order.</summary>
public sealed record ClockAsk
{
    /// <summary>Unique: a repeated step asks the same.</summary>
    public required string Id { get; init; }

    /// <summary>The clock; null names it by case and metric.</summary>
    public string? ClockId { get; init; }

    /// <summary>The case, when no clock is given.</summary>
    public string? CaseId { get; init; }

    /// <summary>The metric, when no clock is given: the open clock of the case, else its latest.</summary>
    public string? Metric { get; init; }

    /// <summary>What it is to do.</summary>
    public required ClockVerb Verb { get; init; }

    /// <summary>The moment that counts, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why; for a pause one of <see cref="PauseReasons"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>The new target.</summary>
    public SlaTarget? Target { get; init; }

    /// <summary>The new priority.</summary>
    public string? Priority { get; init; }

    /// <summary>Minutes of working time that are granted.</summary>
    public int Minutes { get; init; }

    /// <summary>Itself, when every text can be kept.</summary>
    /// <exception cref="DeskRefusedException">A text is too long, or holds what cannot be kept.</exception>
    public ClockAsk Validated()
    {
        const int maxWord = 200;
        const int maxReason = 500;
        TextRules.Required(Id, "id", maxWord);
        TextRules.Optional(ClockId, "clockId", maxWord);
        TextRules.Optional(CaseId, "caseId", maxWord);
        TextRules.Optional(Metric, "metric", maxWord);
        TextRules.Optional(Priority, "priority", maxWord);
        TextRules.Optional(Reason, "reason", maxReason);
        return this;
    }

    /// <summary>What the clock makes of it.</summary>
    internal ClockStep Apply(SlaClock clock, WorkingTime time, PolicyContent policy) =>
        Verb switch
        {
            ClockVerb.Pause => ClockRules.Pause(clock, time, At, Reason ?? policy.Conditions.PauseReason, policy.PauseReasons),
            ClockVerb.Resume => ClockRules.Resume(clock, time, At),
            ClockVerb.Stop => ClockRules.Stop(clock, time, At),
            ClockVerb.Cancel => ClockRules.Cancel(clock, time, At, Reason),
            ClockVerb.Reset => ClockRules.Reset(clock, time, At, starts: true),
            ClockVerb.Reopen => ClockRules.Reopen(clock, time, At, TimeSpan.FromDays(policy.ReopenDays)),
            ClockVerb.Extend => ClockRules.Extend(clock, time, At, TimeSpan.FromMinutes(Minutes), Reason ?? ""),
            ClockVerb.Retarget => Retargeted(clock, time, policy),
            _ => new(clock, [], $"A clock cannot be asked to {Verb}."),
        };

    private ClockStep Retargeted(SlaClock clock, WorkingTime time, PolicyContent policy)
    {
        var facts = ImmutableSortedDictionary<string, string?>
            .Empty.WithComparers(StringComparer.OrdinalIgnoreCase)
            .Add("priority", Priority);

        if ((Target ?? PolicyRules.TargetFor(policy, facts)) is not { } target)
            return new(clock, [], $"The policy has no target for the priority '{SoundText.Quoted(Priority)}'.");

        if (policy.Retarget == RetargetRule.Never)
            return new(clock, [], "The policy says that running clocks keep their target.");

        if (policy.Retarget == RetargetRule.Restart && target != clock.Target)
            clock = ClockRules.Reset(clock, time, At, starts: clock.State == ClockState.Running).Clock;

        return ClockRules.Retarget(clock, time, At, target, Priority);
    }
}

/// <summary>A clock that a step starts, with what its start has told.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Events">What happened.</param>
public sealed record StartedClock(SlaClock Clock, ImmutableArray<ClockEvent> Events);
