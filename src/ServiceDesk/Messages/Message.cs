namespace ServiceLoop.ServiceDesk.Messages;

/// <summary>A message as it is kept.</summary>
public sealed record Message
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Unique: a wish that comes again is the same message.</summary>
    public required string Key { get; init; }

    /// <summary>The way that it goes.</summary>
    public required MessageChannel Channel { get; init; }

    /// <summary>To whom: an e-mail address, the name of a webhook subscription, or whatever the reader of the outbox knows.</summary>
    public required string Recipient { get; init; }

    /// <summary>The template that it was made of; null for none.</summary>
    public string? Template { get; init; }

    /// <summary>Its version.</summary>
    public int? TemplateVersion { get; init; }

    /// <summary>Language of the text, BCP 47; null when nobody said.</summary>
    public string? Language { get; init; }

    /// <summary>What the text is made of.</summary>
    public required MessageFormat Format { get; init; }

    /// <summary>One line; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>The text.</summary>
    public required string Body { get; init; }

    /// <summary>The customer whom it is for; null when nobody said.</summary>
    public string? CustomerId { get; init; }

    /// <summary>The case that it is about; null for none.</summary>
    public string? CaseId { get; init; }

    /// <summary>The instance that sent it; null for none.</summary>
    public string? InstanceId { get; init; }

    /// <summary>How far it is.</summary>
    public MessageStatus Status { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>When it was wished for, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its channel took it, UTC.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>A message that somebody wants to send: by a template, or with a text of its own.</summary>
public sealed record MessageWish
{
    /// <summary>Longest recipient, in characters.</summary>
    public const int LongestRecipient = 320;

    /// <summary>The way that it goes.</summary>
    public required MessageChannel Channel { get; init; }

    /// <summary>To whom.</summary>
    public string? Recipient { get; init; }

    /// <summary>Name of a template; null: <see cref="Body"/> is the text.</summary>
    public string? Template { get; init; }

    /// <summary>Language wished for, BCP 47; empty: that of the customer, else of the last contact on the case. The nearest that the template has is taken.</summary>
    public string? Language { get; init; }

    /// <summary>Values for the template.</summary>
    public IReadOnlyDictionary<string, object?> Values { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>Subject of a text without a template.</summary>
    public string? Subject { get; init; }

    /// <summary>Text without a template; plain.</summary>
    public string? Body { get; init; }

    /// <summary>The customer whom it is for.</summary>
    public string? CustomerId { get; init; }

    /// <summary>The case that it is about.</summary>
    public string? CaseId { get; init; }
}

/// <summary>Which messages are wanted.</summary>
public sealed record MessageFilter
{
    /// <summary>Of this case.</summary>
    public string? CaseId { get; init; }

    /// <summary>Of this customer.</summary>
    public string? CustomerId { get; init; }

    /// <summary>That go this way.</summary>
    public MessageChannel? Channel { get; init; }

    /// <summary>That are so far.</summary>
    public MessageStatus? Status { get; init; }

    /// <summary>Older than this one: the next page.</summary>
    public string? Before { get; init; }
}
