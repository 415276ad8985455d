namespace ServiceLoop.ServiceDesk.Kpis;

/// <summary>Formulas over numbers. Pure.</summary>
public static class KpiFormulas
{
    // Two-sided 95 % of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>The 95 % interval of a share, after Wilson; (0, 1) when nothing was counted.</summary>
    /// <param name="hits">How many.</param>
    /// <param name="n">Of how many.</param>
    public static (double Low, double High) Interval(long hits, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(hits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, n);

        if (n == 0)
            return (0, 1);

        var p = (double)hits / n;
        var z2 = Z * Z;
        var middle = (p + z2 / (2 * n)) / (1 + z2 / n);
        var half = Z / (1 + z2 / n) * Math.Sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    /// <summary>How unevenly something is shared out: 0 for all alike, near 1 for all to one; null when there is nothing to share.</summary>
    public static double? Gini(IEnumerable<double> amounts)
    {
        var sorted = amounts.Order().ToArray();
        var sum = sorted.Sum();

        if (sorted.Length == 0 || sum <= 0)
            return null;

        var weighted = sorted.Select((x, i) => (i + 1) * x).Sum();
        return 2 * weighted / (sorted.Length * sum) - (sorted.Length + 1.0) / sorted.Length;
    }

    /// <summary>A figure from what was counted: the value is a share of hits where none is given.</summary>
    internal static Kpi Of(KpiRow row)
    {
        var (definition, _) = KpiDefinitions.Get(row.Name);
        var isShare = definition.Unit == KpiUnit.Share;
        var value =
            row.Value is { } given ? given
            : isShare
                ? row.N == 0 ? (double?)null
                    : (double)row.Hits!.Value / row.N
            : definition.Unit == KpiUnit.Count ? row.N
            : null;
        (double Low, double High)? interval = isShare && row.N > 0 ? Interval(row.Hits!.Value, row.N) : null;
        return new(row.Name, definition.Version, row.Segment, definition.Unit, value, row.N, interval?.Low, interval?.High);
    }
}

/// <summary>What a statement counted.</summary>
/// <param name="Name">Of the key figure.</param>
/// <param name="Segment">What of it.</param>
/// <param name="Hits">How many of <paramref name="N"/>; for shares.</param>
/// <param name="N">Of how many.</param>
/// <param name="Value">The figure where the statement computed it.</param>
internal sealed record KpiRow(string Name, string Segment, long? Hits, long N, double? Value);
