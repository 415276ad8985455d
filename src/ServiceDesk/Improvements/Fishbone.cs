using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Improvements;

/// <summary>The seven bones (鱼骨图).</summary>
public enum FishboneBranch
{
    /// <summary>People 人.</summary>
    People,

    /// <summary>Process 法.</summary>
    Process,

    /// <summary>Policy 规.</summary>
    Policy,

    /// <summary>Product 料.</summary>
    Product,

    /// <summary>Platform 机.</summary>
    Platform,

    /// <summary>Partner and environment 环.</summary>
    Partner,

    /// <summary>Information and measurement 测.</summary>
    Information,
}

/// <summary>How many cases have a cause, among those that failed and those that did not.</summary>
/// <param name="FailedWith">Failed, with the cause.</param>
/// <param name="FineWith">Not failed, with the cause.</param>
/// <param name="FailedWithout">Failed, without it.</param>
/// <param name="FineWithout">Not failed, without it.</param>
public sealed record CauseCounts(long FailedWith, long FineWith, long FailedWithout, long FineWithout);

/// <summary>What a cause contributes.</summary>
/// <param name="Share">Share of the failed cases that have it.</param>
/// <param name="OddsRatio">How much higher the odds of failing are with it.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="P">Two-sided p of the log odds.</param>
/// <param name="Q">The same with regard to how many causes were looked at (Benjamini and Hochberg).</param>
public sealed record Contribution(double Share, double OddsRatio, double Low, double High, double P, double Q);

/// <summary>A cause on a bone.</summary>
/// <param name="Branch">The bone.</param>
/// <param name="Cause">The cause in words.</param>
/// <param name="IsConfirmed">False while it is suspected only.</param>
/// <param name="Counts">What was counted; null while nothing was.</param>
/// <param name="Measured">What follows from the counts; reckoned here, never taken over.</param>
public sealed record FishboneLeaf(
    FishboneBranch Branch,
    string Cause,
    bool IsConfirmed,
    CauseCounts? Counts = null,
    Contribution? Measured = null
);

/// <summary>Causes and what they contribute.</summary>
public static class Fishbone
{
    private const double Z95 = 1.959963984540054;
    private const double Continuity = 0.5;

    /// <summary>The leaves with what was measured of them, the largest share first; those without counts last.</summary>
    public static ImmutableArray<FishboneLeaf> Measured(IEnumerable<FishboneLeaf> leaves)
    {
        var measured = leaves.Select(l => l with { Measured = l.Counts is { } counts ? Of(counts) : null }).ToList();
        var ranked = measured.Where(l => l.Measured is not null).OrderBy(l => l.Measured!.P).ToList();
        var q = 1.0;
        var results = new Dictionary<FishboneLeaf, double>(ReferenceEqualityComparer.Instance);

        for (var rank = ranked.Count; rank > 0; rank--)
        {
            q = Math.Min(q, ranked[rank - 1].Measured!.P * ranked.Count / rank);
            results[ranked[rank - 1]] = q;
        }

        return
        [
            .. measured
                .Select(l => l.Measured is { } m ? l with { Measured = m with { Q = results[l] } } : l)
                .OrderByDescending(l => l.Measured?.Share ?? -1),
        ];
    }

    /// <summary>What one cause contributes, by its four counts (Woolf's interval; half a case is added to each where one is zero).</summary>
    public static Contribution Of(CauseCounts counts)
    {
        var failed = counts.FailedWith + counts.FailedWithout;
        var add = counts is { FailedWith: > 0, FineWith: > 0, FailedWithout: > 0, FineWithout: > 0 } ? 0 : Continuity;
        var (a, b, c, d) = (counts.FailedWith + add, counts.FineWith + add, counts.FailedWithout + add, counts.FineWithout + add);
        var log = Math.Log(a * d / (b * c));
        var error = Math.Sqrt(1 / a + 1 / b + 1 / c + 1 / d);
        var p = Normal.TwoSided(log / error);
        return new(
            failed == 0 ? 0 : (double)counts.FailedWith / failed,
            Math.Exp(log),
            Math.Exp(log - Z95 * error),
            Math.Exp(log + Z95 * error),
            p,
            p
        );
    }
}

/// <summary>The normal distribution.</summary>
public static class Normal
{
    /// <summary>How likely it is to be at least so far from the middle, on either side; right to seven digits.</summary>
    public static double TwoSided(double z)
    {
        // The rational form of the error function in Abramowitz and Stegun, 7.1.26.
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + 0.3275911 * x);
        var polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
        return Math.Clamp(polynomial * Math.Exp(-x * x), 0, 1);
    }
}
