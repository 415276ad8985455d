using System.Collections.Immutable;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>Where an article or one of its versions stands.</summary>
public enum ArticleState
{
    /// <summary>Somebody writes at it.</summary>
    Draft,

    /// <summary>It waits for the approval of another person.</summary>
    Review,

    /// <summary>It is found and answered with.</summary>
    Published,

    /// <summary>Its time is over: it is found no more until somebody looks at it again.</summary>
    Expired,

    /// <summary>A later version stands for it.</summary>
    Superseded,
}

/// <summary>What an article says, and for what.</summary>
public sealed record ArticleText
{
    /// <summary>Title, one line.</summary>
    public required string Title { get; init; }

    /// <summary>Body, Markdown; shown as text.</summary>
    public required string Body { get; init; }

    /// <summary>Category of cases that it is about.</summary>
    public string? Category { get; init; }

    /// <summary>Intents that it answers.</summary>
    public ImmutableArray<string> Intents { get; init; } = [];

    /// <summary>True: a bot may answer with it by itself.</summary>
    public bool IsStandard { get; init; }

    /// <summary>When it is to be looked at again, UTC; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A version of an article.</summary>
/// <param name="Version">Number, from 1.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Text">What it says.</param>
/// <param name="Authors">Everybody who wrote at it: none of them approves it.</param>
/// <param name="Note">Why it was sent back; null otherwise.</param>
/// <param name="WrittenAt">When it was written last, UTC.</param>
/// <param name="SubmittedAt">When it was handed in, UTC.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="ApprovedAt">When, UTC.</param>
public sealed record ArticleVersion(
    int Version,
    ArticleState State,
    ArticleText Text,
    ImmutableArray<string> Authors,
    string? Note,
    DateTimeOffset WrittenAt,
    DateTimeOffset? SubmittedAt,
    string? ApprovedBy,
    DateTimeOffset? ApprovedAt
);

/// <summary>An article.</summary>
/// <param name="Id">Id.</param>
/// <param name="Rev">Grows with every change.</param>
/// <param name="Key">Name that its other languages share.</param>
/// <param name="Language"><c>zh</c> or <c>en</c>.</param>
/// <param name="State">Where it stands; published also while a later version is being written.</param>
/// <param name="PublishedVersion">The version that is found; null for none.</param>
/// <param name="ExpiresAt">When the published version expires, UTC.</param>
/// <param name="SourceCaseId">The case that it was proposed from.</param>
/// <param name="ChangedAt">When it was changed last, UTC.</param>
/// <param name="Latest">Its latest version.</param>
public sealed record Article(
    string Id,
    long Rev,
    string Key,
    string Language,
    ArticleState State,
    int? PublishedVersion,
    DateTimeOffset? ExpiresAt,
    string? SourceCaseId,
    DateTimeOffset ChangedAt,
    ArticleVersion Latest
);

/// <summary>An article as somebody wants it.</summary>
public sealed record ArticleRequest
{
    /// <summary>Name that its other languages share; null for one of its own.</summary>
    public string? Key { get; init; }

    /// <summary><c>zh</c> or <c>en</c>.</summary>
    public string? Language { get; init; }

    /// <summary>Title.</summary>
    public string? Title { get; init; }

    /// <summary>Body, Markdown.</summary>
    public string? Body { get; init; }

    /// <summary>Category of cases that it is about.</summary>
    public string? Category { get; init; }

    /// <summary>Intents that it answers.</summary>
    public IReadOnlyList<string>? Intents { get; init; }

    /// <summary>True: a bot may answer with it by itself.</summary>
    public bool IsStandard { get; init; }

    /// <summary>When it is to be looked at again, UTC; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    internal string ReadLanguage() =>
        Language is "zh" or "en"
            ? Language
            : throw DeskRefusedException.Invalid(
                "article.language",
                "language",
                $"'language' is '{TextRules.Quote(Language)}', and must be zh or en."
            );

    internal string? ReadKey()
    {
        var key = TextRules.Optional(Key, "key", 100)?.ToLowerInvariant();
        return key is null || key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? key
            : throw DeskRefusedException.Invalid(
                "article.key",
                "key",
                $"'key' is '{TextRules.Quote(key)}'; a key is small letters, digits and hyphens, such as 'refund-time'."
            );
    }

    internal ArticleText ReadText(DateTimeOffset now) =>
        new()
        {
            Title = TextRules.Required(Title, "title", 300),
            Body = TextRules.Required(Body, "body", 50_000),
            Category = TextRules.Optional(Category, "category", 200),
            Intents =
            [
                .. Sized(Intents).Select((t, i) => IntentOf(TextRules.Required(t, $"intents[{i}]", 100))).Distinct(StringComparer.Ordinal),
            ],
            IsStandard = IsStandard,
            ExpiresAt =
                ExpiresAt is null || (ExpiresAt > now && ExpiresAt < now.AddYears(20))
                    ? ExpiresAt?.ToUniversalTime()
                    : throw DeskRefusedException.Invalid(
                        "article.expires",
                        "expiresAt",
                        $"'expiresAt' is {ExpiresAt:u}, and must be after now and within 20 years."
                    ),
        };

    /// <summary>An intent as articles keep it: models write <c>order_status</c>, people also <c>Order-Status</c>.</summary>
    public static string IntentOf(string name) => name.ToLowerInvariant().Replace('-', '_').Replace(' ', '_');

    private static IReadOnlyList<string> Sized(IReadOnlyList<string>? intents) =>
        intents is { Count: > 20 }
            ? throw DeskRefusedException.Invalid("list.too-long", "intents", $"'intents' has {intents.Count} entries, and 20 are allowed.")
            : intents ?? [];
}

/// <summary>What may be done with an article, and what not.</summary>
internal static class ArticleRules
{
    /// <summary>Who wrote at it must not approve it, whoever either of them says to act for.</summary>
    /// <exception cref="DeskRefusedException">It is not in review, or the approver is one of its authors, or no person.</exception>
    public static void RequireApproval(Article article, Actor approver)
    {
        RequireReview(article);

        if (approver.Who is { } who && article.Latest.Authors.FirstOrDefault(a => !FourEyes.Are(who, a)) is { } author)
            throw new DeskRefusedException(
                DeskRefusal.Forbidden,
                "article.four-eyes",
                $"'{author}' wrote at version {article.Latest.Version} of this article. Let somebody else approve it."
            );

        // A program approves only for the person that it names.
        if (approver.Kind != ActorKind.Person && (approver.Kind != ActorKind.Key || approver.OnBehalfOf is null))
            throw new DeskRefusedException(
                DeskRefusal.Forbidden,
                "article.person",
                "An article is published by a person. Sign in, and approve it."
            );
    }

    /// <summary>Only what was handed in is approved or sent back.</summary>
    public static void RequireReview(Article article)
    {
        if (article.Latest.State != ArticleState.Review)
            throw DeskRefusedException.Conflict(
                "article.state",
                $"Version {article.Latest.Version} of the article is {Words.Of(article.Latest.State)}; only one in review is approved or sent back."
            );
    }

    /// <summary>The version that is written by a change: the same draft, or the next one after a version that was published.</summary>
    public static int NextVersion(Article article) =>
        article.Latest.State switch
        {
            ArticleState.Draft => article.Latest.Version,
            ArticleState.Review => throw DeskRefusedException.Conflict(
                "article.state",
                $"Version {article.Latest.Version} of the article is in review. Send it back before it is changed."
            ),
            _ => article.Latest.Version + 1,
        };
}
