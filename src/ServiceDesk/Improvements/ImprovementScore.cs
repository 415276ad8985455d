namespace ServiceLoop.ServiceDesk.Improvements;

/// <summary>What an improvement is worth, each from 1 to 5 by anchors.</summary>
/// <param name="Impact">How much of the gap of the KPI is closed: 5 is five points of satisfaction or service level, or a tenth of the cost.</param>
/// <param name="Frequency">Which share of the cases it hits.</param>
/// <param name="Ease">6 minus the effort: 1 is more than eight weeks, 5 is a setting in a day.</param>
/// <param name="Confidence">1 an anecdote, 3 a correlation, 5 an experiment.</param>
public sealed record ImprovementScore(int Impact, int Frequency, int Ease, int Confidence)
{
    private const int Lowest = 1;
    private const int Highest = 5;

    /// <summary>From 0.16 to 100.</summary>
    public double Value => 100.0 * Impact * Frequency * Ease * Confidence / 625;

    /// <summary>The frequency by the share of cases that are hit.</summary>
    /// <param name="share">0 to 1.</param>
    public static int FrequencyOf(double share) =>
        share switch
        {
            < 0.005 => 1,
            < 0.02 => 2,
            < 0.05 => 3,
            < 0.15 => 4,
            _ => 5,
        };

    /// <summary>The ease by the effort.</summary>
    /// <param name="effort">1 (a day) to 5 (more than eight weeks).</param>
    public static int EaseOf(int effort) => 6 - Math.Clamp(effort, Lowest, Highest);

    /// <summary>The score, with all terms looked at.</summary>
    /// <exception cref="DeskRefusedException">One is out of its range.</exception>
    public ImprovementScore Checked()
    {
        foreach (var (name, value) in new[] { ("impact", Impact), ("frequency", Frequency), ("ease", Ease), ("confidence", Confidence) })
            if (value is < Lowest or > Highest)
                throw DeskRefusedException.Invalid("improvement.score", $"score.{name}", $"'score.{name}' is {value}, and must be 1 to 5.");

        return this;
    }
}

/// <summary>How bad it would be to leave it; <see cref="R3"/> is done whatever its score.</summary>
public enum RiskClass
{
    /// <summary>Comfort.</summary>
    R1,

    /// <summary>Money or reputation.</summary>
    R2,

    /// <summary>Law or safety.</summary>
    R3,
}
