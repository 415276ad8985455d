using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.ServiceDesk.Knowledge;

/// <summary>The answer to a standard question.</summary>
/// <param name="Article">With which it is answered.</param>
/// <param name="Answer">Its text.</param>
public sealed record KnowledgeAnswer(Recommendation Article, string Answer);

/// <summary>Finds published articles, in Chinese and English.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="files">Knows what was said about a case.</param>
public sealed class KnowledgeSearch(Database database, IAccess access, TimeProvider clock, ProblemFileDesk files)
{
    /// <summary>From this score on a bot answers by itself, unless told otherwise.</summary>
    public const double AnswerThreshold = 0.6;

    /// <summary>The statement of the search, for its plan to be looked at.</summary>
    internal static readonly string SearchTerms = SqlFile.Beside<Article>("knowledge_term.search");

    /// <summary>The statement of what ranking asks, for the same.</summary>
    internal static readonly string Details = SqlFile.Beside<Article>("knowledge_article.candidates");

    private const int MostCandidates = 40;
    private const int MostQueryTerms = 60;
    private const int MostText = 20_000;

    private static readonly string OfIntent = SqlFile.Beside<Article>("knowledge_article.of_intent");

    /// <summary>Articles that fit a question, the best first, each with its reasons.</summary>
    /// <param name="question">For what; text, category and product that are empty are taken from its case.</param>
    /// <param name="take">At most, 1 to 20.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<Recommendation>> RecommendAsync(KnowledgeQuestion question, int take, CancellationToken ct)
    {
        access.Demand(Permissions.KnowledgeRead);

        if (take is < 1 or > 20)
            throw DeskRefusedException.Invalid("page.take", "take", $"'take' is {take}, and must be 1 to 20.");

        var read = Read(await FilledAsync(question, ct));
        var terms = QueryTerms(read);
        var found = terms.Length == 0 ? [] : await SearchAsync(terms, read.Language, ct);
        var scores = found.ToDictionary(f => f.Id, f => f.Score, StringComparer.Ordinal);
        var ids = scores.Keys.ToList();

        if (read.Intent is { } intent)
            ids.AddRange(
                await database.ReadAsync(OfIntent, r => r.GetString(0), ct, Arg.Text(intent), Arg.Texts(LanguagesOf(read.Language)))
            );

        if (ids.Count == 0)
            return [];

        var candidates = await database.ReadAsync(
            Details,
            r => CandidateOf(r, scores),
            ct,
            Arg.Texts(ids.Distinct(StringComparer.Ordinal)),
            Arg.Text(read.Category),
            Arg.Text(read.CaseId)
        );
        return [.. Ranking.Of(candidates, read, clock.GetUtcNow()).Take(take)];
    }

    /// <summary>The answer to a standard question; null where no article is sure enough.</summary>
    /// <param name="question">The question.</param>
    /// <param name="threshold">The score from which on it is sure enough, 0 to 1; null: <see cref="AnswerThreshold"/>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<KnowledgeAnswer?> AnswerAsync(KnowledgeQuestion question, double? threshold, CancellationToken ct)
    {
        if (threshold is not (null or (>= 0 and <= 1)))
            throw DeskRefusedException.Invalid("answer.threshold", "threshold", $"'threshold' is {threshold}, and must be 0 to 1.");

        // Many words in common with another question are no answer to this one.
        var found = await RecommendAsync(question with { IsStandardOnly = true, IsOfIntentOnly = true }, 1, ct);

        if (found is not [var best, ..] || best.Score < (threshold ?? AnswerThreshold))
            return null;

        var text = await TextAsync(best.ArticleId, best.Version, ct);
        return text is null ? null : new(best, text.Body);
    }

    /// <summary>What a version says; null for none.</summary>
    internal async Task<ArticleText?> TextAsync(string articleId, int version, CancellationToken ct) =>
        (
            await database.ReadAsync(
                KnowledgeStore.FindVersion,
                r => KnowledgeStore.VersionOf(r, 0),
                ct,
                Arg.Text(articleId),
                Arg.Integer(version)
            )
        )
            .SingleOrDefault()
            ?.Text;

    /// <summary>The search alone, without ranking: ids with the share of the question that they hold.</summary>
    internal Task<IReadOnlyList<(string Id, double Score)>> SearchAsync(string[] terms, string? language, CancellationToken ct) =>
        database.ReadAsync(
            SearchTerms,
            r => (r.GetString(0), r.GetDouble(1)),
            ct,
            Arg.Texts(terms),
            Arg.Texts(LanguagesOf(language)),
            Arg.Integer(MostCandidates)
        );

    /// <summary>The terms of a question, each once; of a long one those of its beginning and its end.</summary>
    internal static string[] QueryTerms(KnowledgeQuestion question)
    {
        var terms = Terms.Of($"{question.Text}\n{question.Product}").Distinct(StringComparer.Ordinal).ToArray();
        return terms.Length <= MostQueryTerms ? terms : [.. terms[..(MostQueryTerms / 2)], .. terms[^(MostQueryTerms / 2)..]];
    }

    private static KnowledgeQuestion Read(KnowledgeQuestion question)
    {
        var text = Cut(question.Text);
        var sound = TextRules.Optional(text, "text", MostText);
        return question with
        {
            Text = sound,
            Intent = TextRules.Optional(question.Intent, "intent", 100) is { } intent ? ArticleRequest.IntentOf(intent) : null,
            Category = TextRules.Optional(question.Category, "category", 200),
            Product = TextRules.Optional(question.Product, "product", 500),
            CaseId = TextRules.Optional(question.CaseId, "caseId", 200),
            Language = Languages.Find(question.Language) ?? Languages.Of(sound),
        };
    }

    private async Task<KnowledgeQuestion> FilledAsync(KnowledgeQuestion question, CancellationToken ct)
    {
        if (question.CaseId is not { Length: > 0 } about || await files.FindCaseAsync(about, ct) is not { } seen)
            return question;

        var file = await files.ReadAsync(seen, ct);
        return question with
        {
            Text = string.IsNullOrWhiteSpace(question.Text) ? file.Text : question.Text,
            Category = question.Category ?? file.Category,
            Product = question.Product ?? file.Find("product"),
            CaseId = seen.Id,
        };
    }

    /// <summary>The beginning of a text, never half a character.</summary>
    private static string? Cut(string? text) =>
        text is not { Length: > MostText } ? text
        : char.IsHighSurrogate(text[MostText - 1]) ? text[..(MostText - 1)]
        : text[..MostText];

    private static string[] LanguagesOf(string? language) => language is null ? [Languages.Chinese, Languages.English] : [language];

    private static Candidate CandidateOf(NpgsqlDataReader r, Dictionary<string, double> scores) =>
        new(
            r.GetString(0),
            r.GetInt32(1),
            r.GetString(2),
            r.GetString(3),
            r.FindText(4),
            [.. r.GetFieldValue<string[]>(5)],
            r.GetBoolean(6),
            r.GetTime(7),
            r.FindTime(8),
            r.GetInt32(9),
            r.GetInt32(10),
            r.GetInt32(11),
            scores.GetValueOrDefault(r.GetString(0))
        );
}
