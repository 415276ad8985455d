using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceLoop.ServiceDesk.Customers;

namespace ServiceLoop.ServiceDesk.Interactions;

/// <summary>Who spoke to whom.</summary>
public enum InteractionDirection
{
    /// <summary>The customer to us.</summary>
    Inbound,

    /// <summary>We to the customer.</summary>
    Outbound,
}

/// <summary>What became of it.</summary>
public enum InteractionState
{
    /// <summary>It is there.</summary>
    Received,

    /// <summary>It belongs to a case.</summary>
    Correlated,

    /// <summary>Nobody is to act on it.</summary>
    Spam,
}

/// <summary>A message, a call, a post or a form.</summary>
public sealed record Interaction
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Id on its channel.</summary>
    public required string ExternalId { get; init; }

    /// <summary>Who spoke.</summary>
    public InteractionDirection Direction { get; init; }

    /// <summary>What became of it.</summary>
    public InteractionState State { get; init; }

    /// <summary>Whose; null while it is not known.</summary>
    public string? CustomerId { get; init; }

    /// <summary>The case that it belongs to.</summary>
    public string? CaseId { get; init; }

    /// <summary>The thread that it belongs to.</summary>
    public string? ConversationId { get; init; }

    /// <summary>First line.</summary>
    public string? Subject { get; init; }

    /// <summary>Text.</summary>
    public string? Body { get; init; }

    /// <summary>How the customer felt.</summary>
    public string? Sentiment { get; init; }

    /// <summary>Language.</summary>
    public string? Language { get; init; }

    /// <summary>True when a bot answered it.</summary>
    public bool BotHandled { get; init; }

    /// <summary>When it began, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it came here, UTC.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Digest of what was sent: the same contact sent again is the same, another one under its id is a mistake.</summary>
    internal string Digest { get; init; } = "";
}

/// <summary>A contact as a channel sends it.</summary>
public sealed record InteractionRequest
{
    /// <summary>Channel: <c>email</c>, <c>phone</c>, <c>chat</c>, <c>web</c> or a name of one's own.</summary>
    public string? Channel { get; init; }

    /// <summary>Id on the channel; the same contact sent again with it is kept once.</summary>
    public string? ExternalId { get; init; }

    /// <summary><c>inbound</c> (when null) or <c>outbound</c>.</summary>
    public string? Direction { get; init; }

    /// <summary>Key of the thread on the channel; null: it is a thread of its own.</summary>
    public string? ThreadKey { get; init; }

    /// <summary>Whose; null: as the sender tells.</summary>
    public string? CustomerId { get; init; }

    /// <summary>The case; null: as thread, number in the subject, or customer tell.</summary>
    public string? CaseId { get; init; }

    /// <summary>Who sent it; for outbound ones to whom it went.</summary>
    public IdentityRequest? Sender { get; init; }

    /// <summary>First line.</summary>
    public string? Subject { get; init; }

    /// <summary>Text.</summary>
    public string? Body { get; init; }

    /// <summary>What was said, in its order; any JSON array.</summary>
    public JsonElement? Transcript { get; init; }

    /// <summary>What is attached, as references; any JSON array.</summary>
    public JsonElement? Attachments { get; init; }

    /// <summary><c>angry</c>, <c>negative</c>, <c>neutral</c>, <c>positive</c>; null when it is not known.</summary>
    public string? Sentiment { get; init; }

    /// <summary>Language.</summary>
    public string? Language { get; init; }

    /// <summary>True when a bot answered it.</summary>
    public bool BotHandled { get; init; }

    /// <summary>When it began, UTC; null: now.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Until when the channel lets us answer freely, UTC; null: for ever.</summary>
    public DateTimeOffset? MessageWindowUntil { get; init; }

    /// <summary>What it is about, where the channel knows it: a form or a menu has asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Category { get; init; }

    /// <summary>The queue that it is for, where the channel knows it: a number or a mailbox of its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? QueueId { get; init; }
}

/// <summary>How a contact found its case.</summary>
public enum Correlation
{
    /// <summary>It did not: workflows that wait for contacts start with it.</summary>
    None,

    /// <summary>It belongs to an open case.</summary>
    OpenCase,

    /// <summary>It has opened a settled case again.</summary>
    Reopened,

    /// <summary>The case that it is about is over: workflows that wait for contacts start with it, and with that case.</summary>
    Follows,
}

/// <summary>What became of a contact.</summary>
/// <param name="Interaction">It.</param>
/// <param name="IsNew">False: it was here already, and nothing was done.</param>
/// <param name="Correlation">How it found its case.</param>
/// <param name="PendingCallbacks">Callbacks of the case that may be needed no more: offer to cancel them.</param>
public sealed record ReceivedInteraction(
    Interaction Interaction,
    bool IsNew,
    Correlation Correlation,
    IReadOnlyList<string> PendingCallbacks
);

/// <summary>A thread on one channel.</summary>
/// <param name="Id">Id.</param>
/// <param name="CaseId">The case that it is about.</param>
/// <param name="CustomerId">With whom.</param>
internal sealed record Conversation(string Id, string? CaseId, string? CustomerId);
