using System.Globalization;

namespace ServiceLoop.Runtime.Bench.Measuring;

/// <summary>Times of single operations, collected by many tasks.</summary>
internal sealed class Latencies
{
    private readonly List<List<double>> parts = [];

    /// <summary>A list for one task.</summary>
    public List<double> Part()
    {
        var part = new List<double>();

        lock (parts)
            parts.Add(part);

        return part;
    }

    /// <summary>All of them, sorted, in milliseconds.</summary>
    public double[] Sorted()
    {
        lock (parts)
        {
            var all = parts.SelectMany(part => part).ToArray();
            Array.Sort(all);
            return all;
        }
    }

    /// <summary>A percentile of sorted values, 0 to 1; NaN for none.</summary>
    public static double Percentile(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];

    /// <summary>p50, p95 and p99 of sorted values, as cells of a table.</summary>
    public static string Cells(double[] sorted) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Percentile(sorted, 0.5):0.0} | {Percentile(sorted, 0.95):0.0} | {Percentile(sorted, 0.99):0.0}"
        );

    public static double Median(IEnumerable<double> values) => Percentile([.. values.Order()], 0.5);
}
