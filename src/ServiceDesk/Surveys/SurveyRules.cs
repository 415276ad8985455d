namespace ServiceLoop.ServiceDesk.Surveys;

/// <summary>What a survey measures.</summary>
public enum SurveyMetric
{
    /// <summary>Satisfaction, 1 (bad) to 5 (good).</summary>
    Csat,

    /// <summary>Effort, 1 (easy) to 7 (hard).</summary>
    Ces,

    /// <summary>Willingness to recommend, 0 to 10.</summary>
    Nps,
}

/// <summary>The scales of surveys.</summary>
public static class SurveyRules
{
    /// <summary>Longest verbatim answer.</summary>
    public const int MaxVerbatim = 4000;

    /// <summary>First and last score of a scale.</summary>
    public static (int First, int Last) Scale(SurveyMetric metric) =>
        metric switch
        {
            SurveyMetric.Csat => (1, 5),
            SurveyMetric.Ces => (1, 7),
            SurveyMetric.Nps => (0, 10),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, null),
        };

    /// <summary>Lets scores of the scale pass.</summary>
    /// <exception cref="DeskRefusedException">It is outside.</exception>
    public static int Checked(SurveyMetric metric, int score, string field)
    {
        var (first, last) = Scale(metric);
        return score >= first && score <= last
            ? score
            : throw DeskRefusedException.Invalid(
                "survey.score",
                field,
                $"'{field}' is {score}, and a {Words.Of(metric).ToUpperInvariant()} score is a whole number from {first} to {last}."
            );
    }

    /// <summary>True for an answer that calls for a recovery: CSAT up to 2, CES from 6, NPS up to 6 with a text.</summary>
    public static bool IsLow(SurveyMetric metric, int score, string? verbatim) =>
        metric switch
        {
            SurveyMetric.Csat => score <= 2,
            SurveyMetric.Ces => score >= 6,
            SurveyMetric.Nps => score <= 6 && !string.IsNullOrWhiteSpace(verbatim),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, null),
        };

    /// <summary>Share of satisfied answers (4 and 5 of CSAT), 0 to 1; null without answers.</summary>
    public static double? Csat(IReadOnlyCollection<int> scores) => Share(scores, s => s >= 4);

    /// <summary>Share of easy answers (1 to 3 of CES), 0 to 1; null without answers.</summary>
    public static double? Ces(IReadOnlyCollection<int> scores) => Share(scores, s => s <= 3);

    /// <summary>Promoters less detractors, −100 to 100; null without answers.</summary>
    public static double? Nps(IReadOnlyCollection<int> scores) => 100 * (Share(scores, s => s >= 9) - Share(scores, s => s <= 6));

    private static double? Share(IReadOnlyCollection<int> scores, Func<int, bool> counts) =>
        scores.Count == 0 ? null : scores.Count(counts) / (double)scores.Count;
}
