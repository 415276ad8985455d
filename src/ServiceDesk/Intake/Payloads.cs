namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>A file within a payload.</summary>
/// <param name="Name">Name without folders.</param>
/// <param name="MediaType">Its kind: <c>image/png</c>.</param>
/// <param name="Content">Its bytes as Base64.</param>
public sealed record FilePayload(string? Name, string? MediaType, string? Content);

/// <summary>Members that every payload may have.</summary>
public abstract record ChannelPayload
{
    /// <summary>Files, at most 10.</summary>
    public IReadOnlyList<FilePayload>? Attachments { get; init; }

    /// <summary>Language, such as <c>zh-CN</c>; null: by the text.</summary>
    public string? Language { get; init; }
}

/// <summary>A form on a web page.</summary>
public sealed record WebPayload : ChannelPayload
{
    /// <summary>Id of the submission; null: the key of the request, or each one is new.</summary>
    public string? SubmissionId { get; init; }

    /// <summary>Address of the customer.</summary>
    public string? Email { get; init; }

    /// <summary>Number of the customer; counts where there is no address.</summary>
    public string? Phone { get; init; }

    /// <summary>First line.</summary>
    public string? Subject { get; init; }

    /// <summary>What the customer wrote; plain text.</summary>
    public string? Message { get; init; }
}

/// <summary>A mail whose fields were parsed.</summary>
public sealed record EmailPayload : ChannelPayload
{
    /// <summary>Header Message-ID.</summary>
    public string? MessageId { get; init; }

    /// <summary>Header From: an address, with or without a name.</summary>
    public string? From { get; init; }

    /// <summary>Header Subject.</summary>
    public string? Subject { get; init; }

    /// <summary>Plain text; counts more than <see cref="Html"/>.</summary>
    public string? Text { get; init; }

    /// <summary>HTML; only its text is kept.</summary>
    public string? Html { get; init; }

    /// <summary>Header In-Reply-To.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Header References, the oldest first.</summary>
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>Header Date.</summary>
    public DateTimeOffset? Date { get; init; }
}

/// <summary>Who chats.</summary>
/// <param name="Id">Id of the visitor.</param>
/// <param name="Email">Address, where it was given.</param>
/// <param name="Phone">Number, where it was given.</param>
public sealed record ChatVisitor(string? Id, string? Email, string? Phone);

/// <summary>A line of a chat.</summary>
/// <param name="From"><c>customer</c>, <c>agent</c> or <c>bot</c>.</param>
/// <param name="Text">What was written.</param>
public sealed record ChatLine(string? From, string? Text);

/// <summary>A message of a chat, or the lines of one so far.</summary>
public sealed record ChatPayload : ChannelPayload
{
    /// <summary>Id of the message.</summary>
    public string? MessageId { get; init; }

    /// <summary>The chat that it belongs to.</summary>
    public string? SessionId { get; init; }

    /// <summary>Who chats.</summary>
    public ChatVisitor? Visitor { get; init; }

    /// <summary>What the customer wrote.</summary>
    public string? Text { get; init; }

    /// <summary>What was written so far, where a bot spoke first.</summary>
    public IReadOnlyList<ChatLine>? Lines { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A part of a call that was recognised.</summary>
/// <param name="Speaker"><c>customer</c> or <c>agent</c>.</param>
/// <param name="Text">What was said.</param>
/// <param name="Confidence">How sure the recognition is, 0 to 1.</param>
/// <param name="StartMs">When it began within the call.</param>
public sealed record CallSegment(string? Speaker, string? Text, double? Confidence, int? StartMs);

/// <summary>A call that was turned into text.</summary>
public sealed record PhonePayload : ChannelPayload
{
    /// <summary>Id of the call.</summary>
    public string? CallId { get; init; }

    /// <summary>Number of who called.</summary>
    public string? From { get; init; }

    /// <summary>When it began, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Where the recording is.</summary>
    public string? RecordingRef { get; init; }

    /// <summary>What was said.</summary>
    public IReadOnlyList<CallSegment>? Segments { get; init; }
}

/// <summary>A post or message of a social network.</summary>
public sealed record SocialPayload : ChannelPayload
{
    /// <summary>The network: letters, digits and hyphens.</summary>
    public string? Platform { get; init; }

    /// <summary>Id of the post.</summary>
    public string? PostId { get; init; }

    /// <summary>The thread that it belongs to.</summary>
    public string? ThreadId { get; init; }

    /// <summary>Id of its author there.</summary>
    public string? AuthorId { get; init; }

    /// <summary>What was written.</summary>
    public string? Text { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A request out of the company's app.</summary>
public sealed record AppPayload : ChannelPayload
{
    /// <summary>Id of the event.</summary>
    public string? EventId { get; init; }

    /// <summary>Id of the user who is signed in there.</summary>
    public string? UserId { get; init; }

    /// <summary>Screen from which it was sent.</summary>
    public string? Screen { get; init; }

    /// <summary>Version of the app.</summary>
    public string? AppVersion { get; init; }

    /// <summary>First line.</summary>
    public string? Subject { get; init; }

    /// <summary>What the customer wrote.</summary>
    public string? Text { get; init; }
}
