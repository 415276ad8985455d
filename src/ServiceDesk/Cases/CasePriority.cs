namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>How much is at stake.</summary>
public enum CaseImpact
{
    /// <summary>Many customers, safety or money.</summary>
    Many,

    /// <summary>One customer is blocked.</summary>
    One,

    /// <summary>A small nuisance.</summary>
    Minor,
}

/// <summary>How soon it matters.</summary>
public enum CaseUrgency
{
    /// <summary>Now.</summary>
    Urgent,

    /// <summary>As usual.</summary>
    Normal,

    /// <summary>Some time.</summary>
    Low,
}

/// <summary>Priority of a case: 1 (first) to 4.</summary>
public static class CasePriority
{
    /// <summary>The third contact about the same within some days raises the urgency.</summary>
    public const int RaisingContact = 3;

    /// <summary>Priority by impact and urgency.</summary>
    public static int Of(CaseImpact impact, CaseUrgency urgency) =>
        (impact, urgency) switch
        {
            (CaseImpact.Many, CaseUrgency.Urgent) => 1,
            (CaseImpact.Many, CaseUrgency.Normal) => 2,
            (CaseImpact.Many, CaseUrgency.Low) => 3,
            (CaseImpact.One, CaseUrgency.Urgent) => 2,
            (CaseImpact.One, _) => 3,
            (CaseImpact.Minor, CaseUrgency.Urgent) => 3,
            (CaseImpact.Minor, _) => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(impact), (impact, urgency), null),
        };

    /// <summary>The urgency that counts: anger and a third contact raise it by one, both together by one, too.</summary>
    /// <param name="urgency">As it was judged.</param>
    /// <param name="isAngry">True when the customer is angry.</param>
    /// <param name="contact">Which contact about the same this is, from 1.</param>
    public static CaseUrgency Raised(CaseUrgency urgency, bool isAngry, int contact) =>
        urgency > CaseUrgency.Urgent && (isAngry || contact >= RaisingContact) ? urgency - 1 : urgency;
}

/// <summary>How much a contact about a settled case changes.</summary>
public enum ReopenAnswer
{
    /// <summary>The case is open: the contact belongs to it.</summary>
    Correlate,

    /// <summary>The same case is opened again.</summary>
    Reopen,

    /// <summary>A new case, linked to the old one.</summary>
    LinkedCase,
}

/// <summary>When a settled case is opened again.</summary>
public static class Reopening
{
    /// <summary>Days within which the same case goes on.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(7);

    /// <summary>Days within which contacts about the same category count as repeated.</summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromDays(7);

    /// <summary>What a contact about a case means.</summary>
    /// <param name="status">Status of the case.</param>
    /// <param name="resolvedAt">When it was settled last, UTC; null when it never was.</param>
    /// <param name="now">Now, UTC.</param>
    public static ReopenAnswer Of(CaseStatus status, DateTimeOffset? resolvedAt, DateTimeOffset now) =>
        status.IsOpen() ? ReopenAnswer.Correlate
        : CaseTransitions.CanReopen(status) && resolvedAt is { } at && now - at <= Window ? ReopenAnswer.Reopen
        : ReopenAnswer.LinkedCase;
}
