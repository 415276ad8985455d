namespace ServiceLoop.ServiceDesk.Improvements;

/// <summary>A new improvement.</summary>
/// <param name="FindingIds">Signals that it comes from; at least one.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Category">Category of cases.</param>
/// <param name="RootCause">The cause that is suspected.</param>
/// <param name="Kpi">The indicator.</param>
/// <param name="Score">What it is worth; each term 1 to 5.</param>
/// <param name="Team">The team; <c>service</c> when null.</param>
/// <param name="Owner">Who looks after it.</param>
/// <param name="Risk"><c>r1</c> (when null), <c>r2</c> or <c>r3</c>.</param>
public sealed record ImprovementRequest(
    IReadOnlyList<string>? FindingIds,
    string? Problem,
    string? Category,
    string? RootCause,
    string? Kpi,
    ImprovementScore? Score = null,
    string? Team = null,
    string? Owner = null,
    string? Risk = null
)
{
    private const int MostFindings = 100;

    internal Improvement Read(string id, DateTimeOffset now)
    {
        var findings = FindingIds ?? [];

        if (findings.Count is 0 or > MostFindings)
            throw DeskRefusedException.Invalid(
                "improvement.findings",
                "findingIds",
                $"'findingIds' names {findings.Count} findings; give 1 to {MostFindings}."
            );

        return new()
        {
            Id = id,
            FindingIds = [.. findings.Select((f, i) => TextRules.Required(f, $"findingIds[{i}]", 100)).Distinct(StringComparer.Ordinal)],
            Problem = TextRules.Required(Problem, "problem", 2000),
            Category = TextRules.Required(Category, "category", 200),
            RootCause = TextRules.Required(RootCause, "rootCause", 200),
            Kpi = TextRules.Required(Kpi, "kpi", 64),
            Score = (Score ?? new(1, 1, 1, 1)).Checked(),
            Team = TextRules.Optional(Team, "team", 100) ?? "service",
            Owner = TextRules.Optional(Owner, "owner", 100),
            Risk = Risk is null ? RiskClass.R1 : Words.Read<RiskClass>(Risk, "risk"),
            MadeAt = now,
            ChangedAt = now,
        };
    }
}

/// <summary>What the analysis says.</summary>
/// <param name="Fishbone">Causes; what they contribute is reckoned from their counts.</param>
/// <param name="Hypothesis">If this is changed, that indicator moves by so much.</param>
public sealed record AnalysisRequest(IReadOnlyList<CauseRequest>? Fishbone, string? Hypothesis)
{
    private const int MostCauses = 200;

    internal Improvement Into(Improvement improvement)
    {
        var causes = Fishbone ?? [];

        if (causes.Count > MostCauses)
            throw DeskRefusedException.Invalid(
                "list.too-long",
                "fishbone",
                $"'fishbone' has {causes.Count} causes, and {MostCauses} are allowed."
            );

        return improvement with
        {
            Fishbone = Improvements.Fishbone.Measured(causes.Select((c, i) => c.Read($"fishbone[{i}]"))),
            Hypothesis = TextRules.Optional(Hypothesis, "hypothesis", 2000),
        };
    }
}

/// <summary>A cause as it is sent.</summary>
/// <param name="Branch">people, process, policy, product, platform, partner or information.</param>
/// <param name="Cause">In words.</param>
/// <param name="IsConfirmed">False while it is suspected only.</param>
/// <param name="Counts">What was counted.</param>
public sealed record CauseRequest(string? Branch, string? Cause, bool IsConfirmed = false, CauseCounts? Counts = null)
{
    internal FishboneLeaf Read(string field)
    {
        if (Counts is { FailedWith: < 0 } or { FineWith: < 0 } or { FailedWithout: < 0 } or { FineWithout: < 0 })
            throw DeskRefusedException.Invalid("improvement.counts", $"{field}.counts", $"'{field}.counts' has a count below zero.");

        return new(
            Words.Read<FishboneBranch>(Branch, $"{field}.branch"),
            TextRules.Required(Cause, $"{field}.cause", 200),
            IsConfirmed,
            Counts
        );
    }
}

/// <summary>What is to be changed.</summary>
public sealed record DesignRequest(string? What, string? Difference, string? TestEvidence, string? RollbackPlan)
{
    internal ImprovementDesign Read() =>
        new(
            TextRules.Required(What, "what", 1000),
            TextRules.Required(Difference, "difference", 4000),
            TextRules.Required(TestEvidence, "testEvidence", 4000),
            TextRules.Required(RollbackPlan, "rollbackPlan", 4000)
        );
}

/// <summary>How the change is tried.</summary>
public sealed record PilotRequest(string? Kpi, long Cases, int Days, IReadOnlyList<string>? Guardrails, bool IsSupportTold)
{
    internal PilotPlan Read() =>
        new(
            TextRules.Required(Kpi, "kpi", 64),
            Cases is >= 1 and <= 100_000_000 ? Cases : throw Wrong("cases", Cases, "1 to 100,000,000"),
            Days is >= 1 and <= 366 ? Days : throw Wrong("days", Days, "1 to 366"),
            [.. (Guardrails ?? []).Take(50).Select((g, i) => TextRules.Required(g, $"guardrails[{i}]", 200))],
            IsSupportTold
        );

    private static DeskRefusedException Wrong(string field, long value, string allowed) =>
        DeskRefusedException.Invalid("improvement.pilot", field, $"'{field}' is {value}, and must be {allowed}.");
}

/// <summary>What was made of what was learned.</summary>
public sealed record StandardRequest(string? ArticleId, double ReadShare, double? EffectHeld)
{
    internal Standard Read() =>
        new(
            TextRules.Required(ArticleId, "articleId", 100),
            ReadShare is >= 0 and <= 1 ? ReadShare : throw Wrong("readShare", ReadShare, "0 to 1"),
            EffectHeld is null or (>= -10 and <= 10) ? EffectHeld : throw Wrong("effectHeld", EffectHeld, "-10 to 10")
        );

    private static DeskRefusedException Wrong(string field, double? value, string allowed) =>
        DeskRefusedException.Invalid("improvement.standard", field, $"'{field}' is {value}, and must be {allowed}.");
}
