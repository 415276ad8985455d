using System.Collections.Immutable;
using System.Globalization;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>For what articles are wanted.</summary>
public sealed record KnowledgeQuestion
{
    /// <summary>What the customer said.</summary>
    public string? Text { get; init; }

    /// <summary>The intent, where it is known.</summary>
    public string? Intent { get; init; }

    /// <summary>The category, where it is known.</summary>
    public string? Category { get; init; }

    /// <summary><c>zh</c> or <c>en</c>; null: that of the text.</summary>
    public string? Language { get; init; }

    /// <summary>The product that it is about, where it is known.</summary>
    public string? Product { get; init; }

    /// <summary>The case; null for none.</summary>
    public string? CaseId { get; init; }

    /// <summary>True: only articles with which a bot may answer.</summary>
    public bool IsStandardOnly { get; init; }

    /// <summary>True: where the intent is known, only articles that name it, or that name none.</summary>
    public bool IsOfIntentOnly { get; init; }
}

/// <summary>An article that may help.</summary>
/// <param name="ArticleId">Id.</param>
/// <param name="Version">The version that is published.</param>
/// <param name="Language"><c>zh</c> or <c>en</c>.</param>
/// <param name="Title">Title.</param>
/// <param name="Category">Category.</param>
/// <param name="IsStandard">True: a bot may answer with it.</param>
/// <param name="Score">How well it fits, 0 to 1.</param>
/// <param name="Reasons">Why, in words for people, the weightiest first.</param>
public sealed record Recommendation(
    string ArticleId,
    int Version,
    string Language,
    string Title,
    string? Category,
    bool IsStandard,
    double Score,
    ImmutableArray<string> Reasons
);

/// <summary>What is known about an article that may fit.</summary>
internal sealed record Candidate(
    string ArticleId,
    int Version,
    string Language,
    string Title,
    string? Category,
    ImmutableArray<string> Intents,
    bool IsStandard,
    DateTimeOffset PublishedAt,
    DateTimeOffset? ExpiresAt,
    int Judged,
    int Helped,
    int FailedForCustomer,
    double Text
);

/// <summary>Ranks articles: pure.</summary>
internal static class Ranking
{
    // Each sign by itself; together they leave the doubt that none of them removes.
    private const double IntentSign = 0.55;
    private const double CategorySign = 0.15;
    private const double HelpedSign = 0.25;
    private const double FreshSign = 0.03;

    // Two uses that nobody has judged well: one that helped once is not yet better than one that helped in nine of ten.
    private const double PriorHelped = 1;
    private const double PriorJudged = 2;
    private const int FreshDays = 180;

    /// <summary>Ranks candidates, the best first; ties by id, so that the order is the same every time.</summary>
    public static IReadOnlyList<Recommendation> Of(IEnumerable<Candidate> candidates, KnowledgeQuestion question, DateTimeOffset now) =>
        [
            .. candidates
                .Where(c => (!question.IsStandardOnly || c.IsStandard) && (!question.IsOfIntentOnly || IsOfIntent(c, question.Intent)))
                .Select(c => Ranked(c, question, now))
                .Where(r => r.Score > 0)
                .OrderByDescending(r => r.Score)
                .ThenBy(r => r.ArticleId, StringComparer.Ordinal),
        ];

    private static bool IsOfIntent(Candidate c, string? intent) =>
        intent is null || c.Intents.IsEmpty || c.Intents.Contains(intent, StringComparer.OrdinalIgnoreCase);

    private static Recommendation Ranked(Candidate c, KnowledgeQuestion question, DateTimeOffset now)
    {
        var signs = new List<(double Weight, string Reason)>();
        var isChinese = c.Language == "zh";

        void Add(double weight, string zh, string en)
        {
            if (weight > 0)
                signs.Add((weight, isChinese ? zh : en));
        }

        var share = Percent(c.Text);
        Add(c.Text, $"文字吻合 {share}", $"text matches {share}");

        if (question.Intent is { } intent && c.Intents.Contains(intent, StringComparer.OrdinalIgnoreCase))
            Add(IntentSign, $"意图相同：{intent}", $"same intent: {intent}");

        if (question.Category is { } category && string.Equals(c.Category, category, StringComparison.OrdinalIgnoreCase))
            Add(CategorySign, $"类别相同：{category}", $"same category: {category}");

        var rate = (c.Helped + PriorHelped) / (c.Judged + PriorJudged);

        if (c.Judged > 0 && rate > 0.5)
            Add(
                HelpedSign * (2 * rate - 1),
                $"同类个案 {c.Judged} 次中有 {c.Helped} 次有帮助",
                $"helped in {c.Helped} of {c.Judged} such cases"
            );

        // Freshness alone is no reason to show an article.
        if (signs.Count > 0 && now - c.PublishedAt < TimeSpan.FromDays(FreshDays))
            Add(FreshSign, "近期更新", "published lately");

        var score = 1 - signs.Aggregate(1.0, (doubt, s) => doubt * (1 - s.Weight));

        // What did not help, here or with this customer, is put further down; it is not hidden.
        if (c.Judged > 0 && rate < 0.5)
            score *= 0.5 + rate;

        if (c.FailedForCustomer > 0)
            score *= 0.5;

        return new(
            c.ArticleId,
            c.Version,
            c.Language,
            c.Title,
            c.Category,
            c.IsStandard,
            Math.Round(score, 4),
            [.. signs.OrderByDescending(s => s.Weight).Select(s => s.Reason)]
        );
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");
}
