using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.ProblemFiles;

/// <summary>Something that is known about a case.</summary>
/// <param name="Key">What it is about: <c>order-number</c>, <c>phone</c>.</param>
/// <param name="Value">The value.</param>
/// <param name="Source">From where: <c>contact:ID</c>, <c>file:ID</c>, a person, a workflow.</param>
/// <param name="Confidence">How sure it is, 0 to 1.</param>
/// <param name="At">Since when it is known, UTC.</param>
public sealed record ProblemFact(string Key, string Value, string Source, double Confidence, DateTimeOffset At);

/// <summary>A question about a case.</summary>
/// <param name="Key">What it asks for; a fact with this key answers it.</param>
/// <param name="Question">In words for people.</param>
/// <param name="AskedCount">How often it was asked.</param>
/// <param name="RepeatCount">How often it was asked although the answer was there.</param>
/// <param name="Answer">The answer; null while it is open.</param>
/// <param name="Source">Where the answer is from.</param>
/// <param name="OpenedAt">Since when it is open, UTC.</param>
/// <param name="AnsweredAt">When it was answered, UTC.</param>
public sealed record ProblemQuestion(
    string Key,
    string Question,
    int AskedCount,
    int RepeatCount,
    string? Answer,
    string? Source,
    DateTimeOffset OpenedAt,
    DateTimeOffset? AnsweredAt
);

/// <summary>A solution that was tried.</summary>
/// <param name="What">What, in words for people.</param>
/// <param name="ArticleId">The article that says so; null for none.</param>
/// <param name="ByWhom">Who tried it: <c>bot</c>, or a person.</param>
/// <param name="Result"><c>offered</c>, <c>helped</c> or <c>did-not-help</c>.</param>
/// <param name="At">When, UTC.</param>
public sealed record TriedSolution(string What, string? ArticleId, string ByWhom, string Result, DateTimeOffset At);

/// <summary>A contact, as far as the file shows it.</summary>
/// <param name="InteractionId">Id.</param>
/// <param name="Channel">Channel.</param>
/// <param name="Direction">Who spoke.</param>
/// <param name="Subject">First line.</param>
/// <param name="At">When, UTC.</param>
/// <param name="FileCount">How many files came with it.</param>
public sealed record FiledContact(
    string InteractionId,
    string Channel,
    string Direction,
    string? Subject,
    DateTimeOffset At,
    int FileCount
);

/// <summary>All evidence about a case.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Category">What it is about.</param>
/// <param name="ContactNo">Which contact about the same this is, from 1.</param>
/// <param name="Text">What the customer said, the oldest first.</param>
/// <param name="Language">Its language.</param>
/// <param name="Facts">What is known, the surest first for each key.</param>
/// <param name="Questions">Questions, the open ones first.</param>
/// <param name="Tried">What was tried, the oldest first.</param>
/// <param name="Contacts">Contacts, the oldest first.</param>
public sealed record ProblemFile(
    string CaseId,
    string? Category,
    int ContactNo,
    string Text,
    string? Language,
    ImmutableArray<ProblemFact> Facts,
    ImmutableArray<ProblemQuestion> Questions,
    ImmutableArray<TriedSolution> Tried,
    ImmutableArray<FiledContact> Contacts
)
{
    /// <summary>Questions without an answer.</summary>
    public IEnumerable<ProblemQuestion> OpenQuestions => Questions.Where(q => q.AnsweredAt is null);

    /// <summary>The surest value of a key; null when it is not known.</summary>
    public string? Find(string key) => Facts.FirstOrDefault(f => f.Key == key)?.Value;

    /// <summary>As workflows and tasks see it.</summary>
    public IDictionary<string, object?> ToValues() =>
        new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["CaseId"] = CaseId,
            ["Category"] = Category,
            ["ContactNo"] = (long)ContactNo,
            ["Text"] = Text,
            ["Language"] = Language,
            ["Facts"] = Facts
                .Select(f =>
                    (object?)
                        new Dictionary<string, object?>(StringComparer.Ordinal)
                        {
                            ["Key"] = f.Key,
                            ["Value"] = f.Value,
                            ["Source"] = f.Source,
                            ["Confidence"] = f.Confidence,
                        }
                )
                .ToList(),
            ["OpenQuestions"] = OpenQuestions.Select(q => (object?)q.Question).ToList(),
            ["Tried"] = Tried
                .Select(t =>
                    (object?)
                        new Dictionary<string, object?>(StringComparer.Ordinal)
                        {
                            ["What"] = t.What,
                            ["By"] = t.ByWhom,
                            ["Result"] = t.Result,
                        }
                )
                .ToList(),
        };
}
