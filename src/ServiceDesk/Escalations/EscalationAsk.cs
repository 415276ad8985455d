namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>What a step says about the level that it wants, before it is looked at.</summary>
public sealed record EscalationAsk
{
    /// <summary>Level of the ladder.</summary>
    public int Level { get; init; }

    /// <summary>Why, for those who are told.</summary>
    public string? Reason { get; init; }

    /// <summary>What about the case; <c>resolution</c> when null.</summary>
    public string? Metric { get; init; }

    /// <summary>P1 to P4.</summary>
    public string? Priority { get; init; }

    /// <summary>What many cases may have in common.</summary>
    public string? Cause { get; init; }

    /// <summary>Who works on it.</summary>
    public string? Assignee { get; init; }

    /// <summary>The queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Calendar of its working time; null: by the wall.</summary>
    public string? Calendar { get; init; }

    /// <summary>The case, or the workflow where there is none.</summary>
    public string? CaseId { get; init; }

    /// <summary>The signal, when all of it can be kept.</summary>
    /// <param name="key">Unique: a repeated step asks the same.</param>
    /// <param name="at">When, UTC.</param>
    /// <exception cref="DeskRefusedException">A text is missing, too long, or holds what cannot be kept.</exception>
    public EscalationSignal Signal(string key, DateTimeOffset at) =>
        new EscalationSignal
        {
            Key = key,
            Kind = SignalKinds.Asked,
            Level = Level,
            SubjectKind = "case",
            SubjectId = TextRules.Required(CaseId, "CaseId", 200),
            Metric = TextRules.Optional(Metric, "Metric", 200) ?? "resolution",
            CaseId = CaseId,
            Priority = TextRules.Optional(Priority, "Priority", 200),
            Cause = TextRules.Optional(Cause, "Cause", 200),
            Assignee = TextRules.Optional(Assignee, "Assignee", 200),
            QueueId = TextRules.Optional(Queue, "Queue", 200),
            CalendarId = TextRules.Optional(Calendar, "Calendar", 200),
            Reason = TextRules.Optional(Reason, "Reason", 500),
            At = at,
        }.Validated();
}
