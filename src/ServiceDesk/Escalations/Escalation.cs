using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Where an escalation stands.</summary>
public enum EscalationState
{
    /// <summary>Nobody has acknowledged its level yet.</summary>
    Raised,

    /// <summary>Somebody cares for it.</summary>
    Acknowledged,

    /// <summary>What raised it is over.</summary>
    Resolved,

    /// <summary>Somebody has taken it back.</summary>
    Waived,
}

/// <summary>The climb of one subject on the ladder (升级).</summary>
public sealed record Escalation
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of thing: <c>case</c>, <c>clock</c>, <c>queue</c>, <c>system</c>, <c>security</c>, <c>vendor</c>, <c>storm</c>.</summary>
    public required string SubjectKind { get; init; }

    /// <summary>Which one.</summary>
    public required string SubjectId { get; init; }

    /// <summary>What about it; one open escalation for each subject and metric.</summary>
    public required string Metric { get; init; }

    /// <summary>The case; null for none.</summary>
    public string? CaseId { get; init; }

    /// <summary>Priority of the case.</summary>
    public string? Priority { get; init; }

    /// <summary>What many may have in common; null when unknown.</summary>
    public string? Cause { get; init; }

    /// <summary>Who works on it.</summary>
    public string? Assignee { get; init; }

    /// <summary>The queue that a degraded definition would serve.</summary>
    public string? QueueId { get; init; }

    /// <summary>Calendar of its working time; null: by the wall.</summary>
    public string? CalendarId { get; init; }

    /// <summary>The level that it has reached.</summary>
    public required int Level { get; init; }

    /// <summary>Where it stands.</summary>
    public required EscalationState State { get; init; }

    /// <summary>Why it was raised or climbed last.</summary>
    public required string Reason { get; init; }

    /// <summary>When it was raised first, UTC.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it reached its level, UTC.</summary>
    public required DateTimeOffset LevelAt { get; init; }

    /// <summary>Until when somebody is to acknowledge; null when nobody needs to any more.</summary>
    public DateTimeOffset? AckDeadline { get; init; }

    /// <summary>Who has acknowledged the level.</summary>
    public string? AckBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? AckAt { get; init; }

    /// <summary>Since when what raised it has been below its threshold; null while it is not.</summary>
    public DateTimeOffset? ClearSince { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The escalation that stands for all of its cause; null for none.</summary>
    public string? ParentId { get; init; }

    /// <summary>True: its parent speaks for it.</summary>
    public bool IsSilent { get; init; }

    /// <summary>How often its highest level was told to further people.</summary>
    public int Round { get; init; }

    /// <summary>When something is to be done next: a deadline, or its end.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Rises with each new <see cref="NextAt"/>.</summary>
    public int Generation { get; init; }

    /// <summary>Rises with each change.</summary>
    public int Rev { get; init; }

    /// <summary>Whether it has not ended.</summary>
    public bool IsOpen => State is EscalationState.Raised or EscalationState.Acknowledged;
}

/// <summary>Something that may raise a level, or says that all is well again.</summary>
public sealed record EscalationSignal
{
    /// <summary>Unique: the same signal twice is one.</summary>
    public required string Key { get; init; }

    /// <summary>One of <see cref="SignalKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>How much: per cent, sigmas, number.</summary>
    public decimal Value { get; init; } = 1;

    /// <summary>For <see cref="SignalKinds.Asked"/>: the level.</summary>
    public int Level { get; init; }

    /// <summary>True: what raised the subject is below its threshold.</summary>
    public bool IsClear { get; init; }

    /// <summary>What kind of thing.</summary>
    public required string SubjectKind { get; init; }

    /// <summary>Which one.</summary>
    public required string SubjectId { get; init; }

    /// <summary>What about it.</summary>
    public required string Metric { get; init; }

    /// <summary>The case.</summary>
    public string? CaseId { get; init; }

    /// <summary>Priority of the case.</summary>
    public string? Priority { get; init; }

    /// <summary>What many may have in common.</summary>
    public string? Cause { get; init; }

    /// <summary>Who works on it.</summary>
    public string? Assignee { get; init; }

    /// <summary>The queue.</summary>
    public string? QueueId { get; init; }

    /// <summary>Calendar of its working time.</summary>
    public string? CalendarId { get; init; }

    /// <summary>Working time that is left, where a clock knows it.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Why, in words.</summary>
    public string? Reason { get; init; }

    /// <summary>The workflow that waits for what becomes of it.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Itself, when every text can be kept.</summary>
    /// <exception cref="DeskRefusedException">A text is missing, too long, or holds what cannot be kept; or nothing gives such a signal.</exception>
    public EscalationSignal Validated()
    {
        const int maxWord = 200;
        const int maxReason = 2000;
        TextRules.Required(Key, "key", maxWord);
        TextRules.Required(SubjectKind, "subjectKind", maxWord);
        TextRules.Required(SubjectId, "subjectId", maxWord);
        TextRules.Required(Metric, "metric", maxWord);
        TextRules.Optional(CaseId, "caseId", maxWord);
        TextRules.Optional(Priority, "priority", maxWord);
        TextRules.Optional(Cause, "cause", maxWord);
        TextRules.Optional(Assignee, "assignee", maxWord);
        TextRules.Optional(QueueId, "queueId", maxWord);
        TextRules.Optional(CalendarId, "calendarId", maxWord);
        TextRules.Optional(Reason, "reason", maxReason);

        if (SubjectKind == EscalationTransaction.Storm)
            throw DeskRefusedException.Invalid(
                "escalation.subject",
                "subjectKind",
                "'storm' is the product's own. Name another kind of subject."
            );

        if (Kind != SignalKinds.Asked && !SignalKinds.All.Contains(Kind, StringComparer.Ordinal))
            throw DeskRefusedException.Invalid(
                "escalation.kind",
                "kind",
                $"'{SoundText.Quoted(Kind)}' is no signal. There are: {SignalKinds.Asked}, {string.Join(", ", SignalKinds.All)}."
            );

        return this;
    }
}

/// <summary>Somebody who is told.</summary>
/// <param name="Id">Who: user name or address.</param>
/// <param name="CalendarId">Working time of that person; null for any time.</param>
/// <param name="IsOnCall">True: also told outside of it.</param>
/// <param name="Rank">0 is told first; higher ranks when nobody acknowledges at the highest level.</param>
public sealed record Recipient(string Id, string? CalendarId, bool IsOnCall, int Rank)
{
    /// <summary>E-mail address; null: <see cref="Id"/> where it is one, else the notice stands in the product.</summary>
    public string? Address { get; init; }

    /// <summary>Language of the notices, BCP 47; null: that of the desk.</summary>
    public string? Language { get; init; }
}

/// <summary>A line of an escalation's history.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">More.</param>
/// <param name="Who">Who did it.</param>
public sealed record EscalationEvent(DateTimeOffset At, string Kind, string? Detail, string Who);

/// <summary>What becomes of an escalation.</summary>
/// <param name="After">The escalation after it.</param>
/// <param name="Events">What happened; nothing when it made no difference.</param>
/// <param name="Levels">Levels whose audience is to be told.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
public sealed record EscalationStep(
    Escalation After,
    ImmutableArray<EscalationEvent> Events,
    ImmutableArray<int> Levels,
    string? Refusal = null
);
