namespace ServiceLoop.ServiceDesk.Messages.Templates;

/// <summary>One version of the text of a message, in one language and for one channel.</summary>
/// <param name="Name">Name, the same for all languages and channels: <c>callback-promised</c>.</param>
/// <param name="Channel">The way that its messages go.</param>
/// <param name="Language">Language, BCP 47: <c>en</c>, <c>zh-Hans</c>.</param>
/// <param name="Version">Number; the highest is in force.</param>
/// <param name="Format">What the text is made of.</param>
/// <param name="Subject">Scriban template of the subject; null for none.</param>
/// <param name="Body">Scriban template of the text.</param>
/// <param name="Note">Why it was changed; null when nobody said.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="RetiredAt">When the template was taken out of use, UTC; null while it is in use.</param>
public sealed record MessageTemplate(
    string Name,
    MessageChannel Channel,
    string Language,
    int Version,
    MessageFormat Format,
    string? Subject,
    string Body,
    string? Note,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RetiredAt
);

/// <summary>The text of a template that somebody wants to keep or to look at.</summary>
public sealed record TemplateDraft
{
    /// <summary>Name: lower case letters, digits and hyphens.</summary>
    public string? Name { get; init; }

    /// <summary>The way that its messages go.</summary>
    public required MessageChannel Channel { get; init; }

    /// <summary>Language, BCP 47.</summary>
    public string? Language { get; init; }

    /// <summary>What the text is made of.</summary>
    public MessageFormat Format { get; init; }

    /// <summary>Scriban template of the subject.</summary>
    public string? Subject { get; init; }

    /// <summary>Scriban template of the text.</summary>
    public string? Body { get; init; }

    /// <summary>Why it is changed.</summary>
    public string? Note { get; init; }
}

/// <summary>A rendered message.</summary>
/// <param name="Subject">The subject; null for none.</param>
/// <param name="Body">The text.</param>
public sealed record RenderedText(string? Subject, string Body);
