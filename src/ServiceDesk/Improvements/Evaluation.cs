using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Improvements;

/// <summary>One line of the card: an indicator before and after.</summary>
/// <param name="Name">One of <see cref="Evaluation.Indicators"/>.</param>
/// <param name="Before">Before; null where it was not measured.</param>
/// <param name="After">After.</param>
public sealed record Indicator(string Name, double? Before, double? After)
{
    /// <summary>Null where it was not measured.</summary>
    public bool? IsBetter =>
        Before is { } before && After is { } after && before != after ? after > before == Evaluation.IsMoreBetter(Name) : null;
}

/// <summary>How a pilot went, as counts of the primary KPI.</summary>
/// <param name="BaselineGood">Cases that went well on the old way.</param>
/// <param name="Baseline">All on it.</param>
/// <param name="CandidateGood">Cases that went well on the new way.</param>
/// <param name="Candidate">All on it.</param>
public sealed record PilotCounts(long BaselineGood, long Baseline, long CandidateGood, long Candidate);

/// <summary>What is looked at to decide about a pilot.</summary>
public sealed record Evaluation
{
    /// <summary>The eight indicators of every card; those with a minus are better when they fall.</summary>
    public static readonly ImmutableArray<string> Indicators =
    [
        "csat",
        "fcr",
        "-repeat_contact_rate",
        "sla_attainment",
        "-lead_time_p90",
        "-cost_per_case",
        "-handle_minutes",
        "-reopen_rate",
    ];

    private static readonly ImmutableArray<double> Boundaries = [4.049, 2.863, 2.337, 2.024];
    private const int ShortestDays = 14;
    private const int LongestDays = 42;

    /// <summary>The card: all eight, each once.</summary>
    public ImmutableArray<Indicator> Card { get; init; } = [];

    /// <summary>Counts of the primary KPI.</summary>
    public PilotCounts? Counts { get; init; }

    /// <summary>Which of the four planned looks this is.</summary>
    public int Look { get; init; } = 1;

    /// <summary>The smallest effect that is worth it, as a difference of shares.</summary>
    public double SmallestEffect { get; init; }

    /// <summary>Cases that each way must have had.</summary>
    public long MinimumCases { get; init; }

    /// <summary>Days that the pilot has run.</summary>
    public int Days { get; init; }

    /// <summary>Guardrails that were broken.</summary>
    public ImmutableArray<string> BrokenGuardrails { get; init; } = [];

    /// <summary>True when a rise of the indicator is good.</summary>
    public static bool IsMoreBetter(string name) => !Indicators.Contains($"-{name}");

    /// <summary>The pooled z of two shares; positive when the new way is better.</summary>
    public static double ZOf(PilotCounts counts)
    {
        var pooled = (double)(counts.BaselineGood + counts.CandidateGood) / (counts.Baseline + counts.Candidate);
        var error = Math.Sqrt(pooled * (1 - pooled) * (1.0 / counts.Baseline + 1.0 / counts.Candidate));
        return error == 0 ? 0 : EffectOf(counts) / error;
    }

    /// <summary>How much larger the share of the new way is.</summary>
    public static double EffectOf(PilotCounts counts) =>
        (double)counts.CandidateGood / counts.Candidate - (double)counts.BaselineGood / counts.Baseline;

    /// <summary>What the numbers say: promote, extend or go back.</summary>
    public ImprovementState Decide()
    {
        var counts = Counts!;
        var (z, boundary) = (ZOf(counts), Boundaries[Look - 1]);

        if (!BrokenGuardrails.IsEmpty || z <= -boundary)
            return ImprovementState.RevertingPilot;

        var isEnough = Math.Min(counts.Baseline, counts.Candidate) >= MinimumCases && Days >= ShortestDays;

        if (z >= boundary && EffectOf(counts) >= SmallestEffect / 2 && isEnough)
            return ImprovementState.Promoting;

        return Days < LongestDays ? ImprovementState.Extending : ImprovementState.RevertingPilot;
    }

    /// <summary>The evaluation, with all fields looked at.</summary>
    /// <exception cref="DeskRefusedException">One is wrong.</exception>
    public Evaluation Checked()
    {
        var wanted = Indicators.Select(n => n.TrimStart('-')).Order(StringComparer.Ordinal).ToList();

        if (!Card.Select(i => i.Name).Order(StringComparer.Ordinal).SequenceEqual(wanted, StringComparer.Ordinal))
            throw Wrong("card", $"'card' must name these eight, each once: {string.Join(", ", wanted)}.");

        if (
            Counts is not { Baseline: > 0, Candidate: > 0, BaselineGood: >= 0, CandidateGood: >= 0 } counts
            || counts.BaselineGood > counts.Baseline
            || counts.CandidateGood > counts.Candidate
        )
            throw Wrong("counts", "'counts' needs cases on both ways, and no more good ones than there are.");

        if (Look is < 1 or > 4)
            throw Wrong("look", $"'look' is {Look}, and must be 1 to 4.");

        if (Days is < 0 or > 3660)
            throw Wrong("days", $"'days' is {Days}, and must be 0 to 3660.");

        return double.IsFinite(SmallestEffect) && SmallestEffect is >= 0 and <= 1
            ? this
            : throw Wrong("smallestEffect", $"'smallestEffect' is {SmallestEffect}, and must be 0 to 1.");
    }

    private static DeskRefusedException Wrong(string field, string message) =>
        DeskRefusedException.Invalid("improvement.evaluation", field, message);
}
