using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>What may happen to an escalation, and what becomes of it. Pure.</summary>
public static class EscalationRules
{
    /// <summary>The highest rank of a recipient: the round of this number has reached everybody of a role.</summary>
    public const int LastRank = 20;

    /// <summary>Raises a subject, or lets it climb. What is lower than it stands changes nothing, but says that it is not over.</summary>
    /// <param name="open">The open escalation of the subject; null for none.</param>
    /// <param name="id">Id of a new one.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="ladder">The ladder.</param>
    /// <param name="time">Working time of the subject; null: by the wall.</param>
    public static EscalationStep Raise(Escalation? open, string id, EscalationSignal signal, Ladder ladder, WorkingTime? time)
    {
        var (level, at) = (LadderRules.LevelFor(ladder, signal), signal.At);
        var reason = signal.Reason ?? $"{signal.Kind} {signal.Value:0.##}";

        if (open is null)
        {
            var raised = new Escalation
            {
                Id = id,
                SubjectKind = signal.SubjectKind,
                SubjectId = signal.SubjectId,
                Metric = signal.Metric,
                CaseId = signal.CaseId,
                Priority = signal.Priority,
                Cause = signal.Cause,
                Assignee = signal.Assignee,
                QueueId = signal.QueueId,
                CalendarId = signal.CalendarId,
                Level = level,
                State = EscalationState.Raised,
                Reason = reason,
                RaisedAt = at,
                LevelAt = at,
                AckDeadline = LadderRules.AckDeadline(ladder.Level(level), signal.Priority, signal.Remaining, time, at),
            };

            // Whoever would have been told on the way is told too.
            return Settled(
                raised,
                raised,
                ladder,
                [new(at, "Raised", $"level {level}: {reason}", "system")],
                [.. Enumerable.Range(1, level)]
            );
        }

        var seen = open with
        {
            ClearSince = null,
            Priority = signal.Priority ?? open.Priority,
            Cause = open.Cause ?? signal.Cause,
            Assignee = signal.Assignee ?? open.Assignee,
        };
        return level > open.Level
            ? Climb(open, seen, level, reason, signal.Remaining, ladder, time, at)
            : Settled(open, seen, ladder, [], []);
    }

    /// <summary>Somebody cares for it.</summary>
    public static EscalationStep Acknowledge(Escalation escalation, Ladder ladder, string who, DateTimeOffset at)
    {
        if (!escalation.IsOpen)
            return Refused(escalation, $"The escalation is {escalation.State} already.");

        if (escalation.State == EscalationState.Acknowledged)
            return new(escalation, [], []);

        var known = escalation with { State = EscalationState.Acknowledged, AckBy = who, AckAt = at, AckDeadline = null };
        return Settled(escalation, known, ladder, [new(at, "Acknowledged", $"level {escalation.Level}", who)], []);
    }

    /// <summary>What raised it is below its threshold. It ends when that lasts.</summary>
    public static EscalationStep Clear(Escalation escalation, Ladder ladder, DateTimeOffset at) =>
        !escalation.IsOpen || escalation.ClearSince is not null
            ? new(escalation, [], [])
            : Settled(escalation, escalation with { ClearSince = at }, ladder, [new(at, "Clear", null, "system")], []);

    /// <summary>What raised it is not over after all.</summary>
    public static EscalationStep Trouble(Escalation escalation, Ladder ladder) =>
        !escalation.IsOpen || escalation.ClearSince is null
            ? new(escalation, [], [])
            : Settled(escalation, escalation with { ClearSince = null }, ladder, [], []);

    /// <summary>Somebody takes it back.</summary>
    public static EscalationStep Waive(Escalation escalation, Ladder ladder, string who, string reason, DateTimeOffset at) =>
        !escalation.IsOpen
            ? Refused(escalation, $"The escalation is {escalation.State} already.")
            : Settled(
                escalation,
                escalation with
                {
                    State = EscalationState.Waived,
                    EndedAt = at,
                    AckDeadline = null,
                },
                ladder,
                [new(at, "Waived", reason, who)],
                []
            );

    /// <summary>Somebody grants more time to acknowledge.</summary>
    public static EscalationStep Extend(Escalation escalation, Ladder ladder, string who, int minutes, string reason, DateTimeOffset at)
    {
        if (escalation is not { State: EscalationState.Raised, AckDeadline: { } deadline })
            return Refused(escalation, "The escalation waits for nobody: it was acknowledged or has ended.");

        var later = (deadline > at ? deadline : at).AddMinutes(minutes);
        return Settled(
            escalation,
            escalation with
            {
                AckDeadline = later,
            },
            ladder,
            [new(at, "Extended", $"{minutes} min: {reason}", who)],
            []
        );
    }

    /// <summary>Its moment has come: it ends, climbs, or tells further people. Nothing for one that is early or was repeated.</summary>
    /// <param name="escalation">The escalation.</param>
    /// <param name="ladder">The ladder.</param>
    /// <param name="isAtRisk">False: what it warned of will not happen as it stands; then it waits on.</param>
    /// <param name="time">Working time of the subject.</param>
    /// <param name="now">The moment.</param>
    public static EscalationStep Elapse(Escalation escalation, Ladder ladder, bool isAtRisk, WorkingTime? time, DateTimeOffset now)
    {
        if (!escalation.IsOpen || escalation.NextAt is null || escalation.NextAt > now)
            return new(escalation, [], []);

        if (EndOf(escalation, ladder) <= now)
            return Settled(
                escalation,
                escalation with
                {
                    State = EscalationState.Resolved,
                    EndedAt = now,
                    AckDeadline = null,
                },
                ladder,
                [new(now, "Resolved", $"clear for {ladder.HysteresisMinutes} min", "system")],
                []
            );

        if (
            escalation.State != EscalationState.Raised
            || escalation.AckDeadline is null
            || escalation.AckDeadline > now
            || escalation.IsSilent
        )
            return Settled(escalation, escalation, ladder, [], []);

        var level = ladder.Level(escalation.Level);

        // Said once: while it is not at risk nobody is asked again. The next threshold, or its end, comes as a signal.
        if (!isAtRisk && escalation.Level == 1)
            return Settled(
                escalation,
                escalation with
                {
                    AckDeadline = null,
                },
                ladder,
                [new(now, "NotAtRisk", "nobody has acknowledged, and it is not at risk as it stands", "system")],
                []
            );

        if (escalation.Level < ladder.Levels.Length)
            return Climb(escalation, escalation, escalation.Level + 1, "not acknowledged in time", null, ladder, time, now);

        // It asks until somebody answers; once everybody was reached, a further round is no news for the history.
        var round = escalation.Round + 1;

        return Settled(
            escalation,
            escalation with
            {
                Round = round,
                AckDeadline = level.RepeatsUntilAcknowledged ? LadderRules.AckDeadline(level, escalation.Priority, null, time, now) : null,
            },
            ladder,
            round > LastRank ? [] : [new(now, "NotAcknowledged", $"round {round}", "system")],
            level.RepeatsUntilAcknowledged ? [escalation.Level] : []
        );
    }

    /// <summary>One of many of the same cause: its parent speaks for it.</summary>
    public static EscalationStep Silence(Escalation escalation, Ladder ladder, string parentId, DateTimeOffset at) =>
        escalation.IsSilent || !escalation.IsOpen
            ? new(escalation, [], [])
            : Settled(
                escalation,
                escalation with
                {
                    ParentId = parentId,
                    IsSilent = true,
                },
                ladder,
                [new(at, "Silenced", $"same cause as {parentId}", "system")],
                []
            );

    /// <summary>Its parent has ended and it has not: it speaks for itself again.</summary>
    public static EscalationStep Release(Escalation escalation, Ladder ladder, WorkingTime? time, DateTimeOffset at) =>
        !escalation.IsSilent || !escalation.IsOpen
            ? new(escalation, [], [])
            : Settled(
                escalation,
                escalation with
                {
                    IsSilent = false,
                    AckDeadline =
                        escalation.State == EscalationState.Raised
                            ? LadderRules.AckDeadline(ladder.Level(escalation.Level), escalation.Priority, null, time, at)
                            : null,
                },
                ladder,
                [new(at, "Released", "its parent has ended", "system")],
                [.. Enumerable.Range(1, escalation.Level)]
            );

    private static EscalationStep Climb(
        Escalation before,
        Escalation escalation,
        int level,
        string reason,
        TimeSpan? remaining,
        Ladder ladder,
        WorkingTime? time,
        DateTimeOffset at
    ) =>
        Settled(
            before,
            escalation with
            {
                Level = level,
                State = EscalationState.Raised,
                Reason = reason,
                LevelAt = at,
                Round = 0,
                AckBy = null,
                AckAt = null,
                AckDeadline = LadderRules.AckDeadline(ladder.Level(level), escalation.Priority, remaining, time, at),
            },
            ladder,
            [new(at, "Climbed", $"level {before.Level} → {level}: {reason}", "system")],
            [.. Enumerable.Range(before.Level + 1, level - before.Level)]
        );

    private static EscalationStep Settled(
        Escalation before,
        Escalation after,
        Ladder ladder,
        ImmutableArray<EscalationEvent> events,
        ImmutableArray<int> levels
    )
    {
        var end = EndOf(after, ladder);
        var deadline = after.State == EscalationState.Raised && !after.IsSilent ? after.AckDeadline : null;
        var next =
            !after.IsOpen ? null
            : end is null || deadline < end ? deadline
            : end;

        if (next != before.NextAt || before.Rev == 0)
            after = after with { NextAt = next, Generation = before.Generation + 1 };

        return new(after == before && before.Rev > 0 ? before : after with { Rev = before.Rev + 1 }, events, after.IsSilent ? [] : levels);
    }

    private static DateTimeOffset? EndOf(Escalation escalation, Ladder ladder) =>
        escalation.ClearSince?.AddMinutes(ladder.HysteresisMinutes);

    private static EscalationStep Refused(Escalation escalation, string sentence) => new(escalation, [], [], sentence);
}
