using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>Somebody outside who is told of what happens.</summary>
/// <param name="Id">Id.</param>
/// <param name="Name">Unique name, whatever the case.</param>
/// <param name="Url">Where requests go, http or https.</param>
/// <param name="Events">Names of events: <c>case.closed</c>; <c>case.*</c> for all of a kind, <c>*</c> for all.</param>
/// <param name="IsActive">False: nothing is sent.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="CreatedBy">By whom.</param>
public sealed record WebhookSubscription(
    string Id,
    string Name,
    string Url,
    ImmutableArray<string> Events,
    bool IsActive,
    DateTimeOffset CreatedAt,
    string CreatedBy
)
{
    /// <summary>Whether it is told of an event.</summary>
    public bool Hears(string name) =>
        IsActive
        && Events.Any(e =>
            e == "*" || e == name || (e.EndsWith(".*", StringComparison.Ordinal) && name.StartsWith(e[..^1], StringComparison.Ordinal))
        );
}

/// <summary>A subscription with the secret by which its requests are signed; shown once.</summary>
/// <param name="Subscription">The subscription.</param>
/// <param name="Secret">The secret.</param>
public sealed record NewWebhook(WebhookSubscription Subscription, string Secret);

/// <summary>What somebody wants a subscription to be.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Url">Where requests go.</param>
/// <param name="Events">Names of events.</param>
/// <param name="IsActive">False: nothing is sent.</param>
public sealed record WebhookWish(string? Name, string? Url, ImmutableArray<string> Events, bool IsActive = true);

/// <summary>How far a delivery is.</summary>
public enum DeliveryStatus
{
    /// <summary>It is to be sent.</summary>
    Queued,

    /// <summary>The other side has said yes.</summary>
    Delivered,

    /// <summary>The last attempt failed; the next may come by itself, or somebody replays it.</summary>
    Failed,
}

/// <summary>One event on its way to one subscription.</summary>
/// <param name="Id">Id; sent along, so that the other side recognises what comes twice.</param>
/// <param name="SubscriptionId">To whom.</param>
/// <param name="Event">Name of the event.</param>
/// <param name="Body">JSON, as it is signed and sent.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Answered">Status code of the last answer; null when there was none.</param>
/// <param name="Error">Why the last attempt failed; null when it did not.</param>
/// <param name="CreatedAt">When it happened, UTC.</param>
/// <param name="DeliveredAt">When the other side said yes, UTC.</param>
public sealed record WebhookDelivery(
    string Id,
    string SubscriptionId,
    string Event,
    string Body,
    DeliveryStatus Status,
    int Attempts,
    int? Answered,
    string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DeliveredAt
);
