using System.Collections.Immutable;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>What was made of a contact.</summary>
public sealed record TriageResult
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>The case.</summary>
    public required string CaseId { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Which model.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Version of the taxonomy; 0 for none.</summary>
    public int TaxonomyVersion { get; init; }

    /// <summary>The likeliest intent; null when there is nothing to go by.</summary>
    public string? Intent { get; init; }

    /// <summary>Category of the intent.</summary>
    public string? Category { get; init; }

    /// <summary>Queue of the intent.</summary>
    public string? Queue { get; init; }

    /// <summary>How likely it is, 0 to 1.</summary>
    public double Confidence { get; init; }

    /// <summary>How likely it had to be.</summary>
    public double Threshold { get; init; }

    /// <summary>Whether it may be acted on without a person.</summary>
    public bool IsSure { get; init; }

    /// <summary>The likeliest intents.</summary>
    public ImmutableArray<RankedIntent> Ranked { get; init; } = [];

    /// <summary><c>zh</c> or <c>en</c>.</summary>
    public required string Language { get; init; }

    /// <summary>How the customer sounds.</summary>
    public SentimentScore Sentiment { get; init; }

    /// <summary>How much there is to it.</summary>
    public Complexity Complexity { get; init; }

    /// <summary>What was judged; null once it was erased.</summary>
    public string? Text { get; init; }
}

/// <summary>A judgement with what follows for the case.</summary>
/// <param name="Result">The judgement.</param>
/// <param name="Rule">What follows from the intent; null when it is not known.</param>
/// <param name="Priority">Priority that the case has with it, 1 to 4.</param>
public sealed record TriageOutcome(TriageResult Result, IntentRule? Rule, int Priority);

/// <summary>A person says what a case is about.</summary>
/// <param name="Id">Id; the same decision told again is one.</param>
/// <param name="CaseId">The case.</param>
/// <param name="Rule">What follows from the intent.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
public sealed record TriageDecision(string Id, string CaseId, IntentRule Rule, string By, string? Reason);

/// <summary>A decision of a person, as it is kept.</summary>
/// <param name="Id">Id.</param>
/// <param name="At">When, UTC.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="ResultId">The judgement that it is about; null where a person was first.</param>
/// <param name="IntentBefore">What was believed before.</param>
/// <param name="Intent">What it is.</param>
/// <param name="Category">Its category.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="IsMisroute">The case had been sent somewhere, and that was wrong in category or queue.</param>
public sealed record TriageCorrection(
    string Id,
    DateTimeOffset At,
    string By,
    string? Reason,
    string? ResultId,
    string? IntentBefore,
    string Intent,
    string Category,
    string? Queue,
    bool IsMisroute
);

/// <summary>What is known of a case when a contact of it is judged.</summary>
/// <param name="TaxonomyVersion">The taxonomy in force; 0 for none.</param>
/// <param name="IsKnown">False: there is no such case, yet.</param>
public sealed record TriageFacts(int TaxonomyVersion, bool IsKnown)
{
    /// <summary>Category of the case.</summary>
    public string? Category { get; init; }

    /// <summary>Its impact.</summary>
    public CaseImpact Impact { get; init; } = CaseImpact.One;

    /// <summary>Its urgency, raised already.</summary>
    public CaseUrgency Urgency { get; init; } = CaseUrgency.Normal;

    /// <summary>The customer was angry before.</summary>
    public bool IsAngry { get; init; }

    /// <summary>Which contact about the same it is, from 1.</summary>
    public int ContactNo { get; init; } = 1;

    /// <summary>It was settled before, and opened again.</summary>
    public bool IsReopened { get; init; }

    /// <summary>A person has said what it is about: no judgement changes that.</summary>
    public bool IsDecided { get; init; }

    /// <summary>The intent that counts: of the person, else of the last judgement; null for none.</summary>
    public string? Intent { get; init; }

    /// <summary>Whether that intent may be acted on.</summary>
    public bool IsSure { get; init; }

    /// <summary>What the customer said in all contacts of the case, the oldest first.</summary>
    public string Text { get; init; } = "";

    /// <summary>What the customer said last.</summary>
    public string LastText { get; init; } = "";
}

/// <summary>Makes a judgement of what a classifier says. Pure.</summary>
public static class TriageRules
{
    /// <summary>Characters that are judged and kept of a text.</summary>
    public const int LongestText = 4_000;

    private const int MostRanked = 5;

    /// <summary>The judgement about a contact.</summary>
    /// <param name="id">Id of the judgement to be.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="text">What was classified.</param>
    /// <param name="classified">What the classifier says.</param>
    /// <param name="threshold">How likely it must be; null: as the model says.</param>
    /// <param name="facts">What is known of the case.</param>
    /// <param name="taxonomy">The taxonomy in force.</param>
    /// <param name="now">Now, UTC.</param>
    public static TriageOutcome Judge(
        string id,
        string caseId,
        string text,
        Classification classified,
        double? threshold,
        TriageFacts facts,
        Taxonomy taxonomy,
        DateTimeOffset now
    )
    {
        var best = classified.Ranked.IsEmpty ? null : classified.Ranked[0];
        var rule = best is null ? null : taxonomy.RuleOf(best.Intent);
        var needed = threshold ?? classified.Threshold;
        var result = new TriageResult
        {
            Id = id,
            CaseId = caseId,
            At = now,
            ModelVersion = classified.ModelVersion,
            TaxonomyVersion = taxonomy.Version,
            Intent = best?.Intent,
            Category = rule?.Category,
            Queue = rule?.Queue,
            Confidence = best?.Probability ?? 0,
            Threshold = needed,
            IsSure = best is not null && best.Probability >= needed,
            Ranked = [.. classified.Ranked.Take(MostRanked)],
            Language = TextLanguage.Of(text),
            Sentiment = Sentiment.Of(text),
            Complexity = ComplexityRule.Of(text, classified.Ranked, facts.ContactNo),
            Text = text,
        };
        return new(result, rule, PriorityOf(result, rule, facts));
    }

    /// <summary>What of a text is judged: no NUL, no half characters, not too long.</summary>
    public static string Judged(string? text)
    {
        var sound = new System.Text.StringBuilder();

        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (sound.Length + rune.Utf16SequenceLength > LongestText)
                break;

            sound.Append(rune.Value == 0 ? " " : rune.ToString());
        }

        return sound.ToString().Trim();
    }

    // The statement that writes the row applies the same to the case as it is then; the tables it uses are compared with CasePriority by a test.
    private static int PriorityOf(TriageResult result, IntentRule? rule, TriageFacts facts)
    {
        var wasRaised = facts.IsAngry || facts.ContactNo >= CasePriority.RaisingContact;

        return result.IsSure && !facts.IsDecided && rule is not null && rule.Category != facts.Category
            ? CasePriority.Of(rule.Impact, CasePriority.Raised(rule.Urgency, wasRaised || result.Sentiment.IsAngry, facts.ContactNo))
            : CasePriority.Of(
                facts.Impact,
                wasRaised ? facts.Urgency : CasePriority.Raised(facts.Urgency, result.Sentiment.IsAngry, facts.ContactNo)
            );
    }
}
