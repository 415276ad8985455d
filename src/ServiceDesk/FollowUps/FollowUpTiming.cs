using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk.FollowUps;

/// <summary>How a case was settled, as far as it decides when to ask about it.</summary>
public enum FollowUpCause
{
    /// <summary>A bot solved it.</summary>
    BotSolved,

    /// <summary>A person solved it in a talk or a chat.</summary>
    Conversation,

    /// <summary>Something was delivered or repaired; counted from the event.</summary>
    Delivery,

    /// <summary>An advice was given that needs to be tried out.</summary>
    Advice,
}

/// <summary>How a follow-up is made.</summary>
public enum FollowUpKind
{
    /// <summary>A survey behind a link.</summary>
    Survey,

    /// <summary>A call.</summary>
    Call,

    /// <summary>A message.</summary>
    Message,
}

/// <summary>When to ask.</summary>
public static class FollowUpTiming
{
    /// <summary>Nobody is asked, and no answer counts, this long after the case was settled.</summary>
    public static readonly TimeSpan Expires = TimeSpan.FromDays(7);

    /// <summary>How long to wait after a case was settled.</summary>
    public static TimeSpan Pause(FollowUpCause cause) =>
        cause switch
        {
            FollowUpCause.BotSolved => TimeSpan.FromHours(1),
            FollowUpCause.Conversation => TimeSpan.FromHours(2),
            FollowUpCause.Delivery => TimeSpan.FromHours(24),
            FollowUpCause.Advice => TimeSpan.FromHours(72),
            _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, null),
        };

    /// <summary>The moment to ask, moved into the allowed time; null when there is none before it expires.</summary>
    /// <param name="cause">How the case was settled.</param>
    /// <param name="settledAt">When, UTC; for deliveries the event.</param>
    /// <param name="allowed">When the customer may be contacted, from <paramref name="settledAt"/> until it expires.</param>
    public static DateTimeOffset? PlannedAt(FollowUpCause cause, DateTimeOffset settledAt, ImmutableArray<Span> allowed) =>
        allowed.FirstFrom(settledAt + Pause(cause)) is { } at && at < settledAt + Expires ? at : null;
}

/// <summary>Why a customer is not asked.</summary>
public enum SuppressionReason
{
    /// <summary>The customer must not be contacted, or did not agree to be asked.</summary>
    NoConsent,

    /// <summary>The customer has written or called about the case since.</summary>
    NewContact,

    /// <summary>A complaint of the customer is open.</summary>
    OpenComplaint,

    /// <summary>The customer was asked a short while ago, about something else.</summary>
    SurveyedRecently,

    /// <summary>The customer was asked about this case already.</summary>
    AskedAlready,

    /// <summary>Nobody was in contact: spam, or closed by itself.</summary>
    NoContact,

    /// <summary>The channel takes no message any more, and no template is agreed.</summary>
    WindowClosed,

    /// <summary>There is no allowed time before it expires.</summary>
    NoAllowedTime,
}

/// <summary>What is known when a follow-up is about to be made.</summary>
public sealed record FollowUpFacts
{
    /// <summary>True: the customer must not be contacted, or has taken back the consent to be asked.</summary>
    public bool HasNoConsent { get; init; }

    /// <summary>Last interaction of the customer about the case after it was settled, UTC.</summary>
    public DateTimeOffset? ContactSince { get; init; }

    /// <summary>True: a complaint of the customer is open.</summary>
    public bool HasOpenComplaint { get; init; }

    /// <summary>When the customer was last asked about anything, UTC.</summary>
    public DateTimeOffset? LastSurveyedAt { get; init; }

    /// <summary>How often the customer was asked about this case.</summary>
    public int AsksOnCase { get; init; }

    /// <summary>True: spam, or closed by itself without a contact.</summary>
    public bool HadNoContact { get; init; }

    /// <summary>Until when the channel takes free messages, UTC; null when it always does.</summary>
    public DateTimeOffset? MessageWindowUntil { get; init; }

    /// <summary>True: a template is agreed that may be sent later, too.</summary>
    public bool HasTemplate { get; init; }
}

/// <summary>Decides whether a customer is spared a question.</summary>
public static class Suppression
{
    /// <summary>Nobody is asked again within this time.</summary>
    public static readonly TimeSpan SurveyPause = TimeSpan.FromDays(14);

    /// <summary>Questions about one case, at most.</summary>
    public const int MaxAsksPerCase = 1;

    /// <summary>The reason not to ask; null when the customer may be asked.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="plannedAt">When the customer is to be asked, UTC; null when there is no such moment.</param>
    public static SuppressionReason? Of(FollowUpFacts facts, DateTimeOffset? plannedAt)
    {
        if (facts.HasNoConsent)
            return SuppressionReason.NoConsent;

        if (facts.ContactSince is not null)
            return SuppressionReason.NewContact;

        if (facts.HasOpenComplaint)
            return SuppressionReason.OpenComplaint;

        // Two questions about the same case are the worse offence, so this is the reason that is told.
        if (facts.AsksOnCase >= MaxAsksPerCase)
            return SuppressionReason.AskedAlready;

        if (plannedAt is not { } at)
            return SuppressionReason.NoAllowedTime;

        if (facts.LastSurveyedAt is { } last && at - last < SurveyPause)
            return SuppressionReason.SurveyedRecently;

        if (facts.HadNoContact)
            return SuppressionReason.NoContact;

        return facts.MessageWindowUntil is { } until && at >= until && !facts.HasTemplate ? SuppressionReason.WindowClosed : null;
    }
}
