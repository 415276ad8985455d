using System.Diagnostics;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>Remembers large counts for a while: lists ask for the same ones all the time, and nobody sees the difference in a hundred thousand.</summary>
internal sealed class InstanceCounts
{
    /// <summary>Smaller counts are always taken anew: they cost little, and people see each instance that comes.</summary>
    public const long Smallest = 10_000;

    // Two polls of a list that asks every ten seconds count once; a count that takes long to take changes little.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LifeOfHuge = TimeSpan.FromSeconds(60);
    private const long Huge = 100_000;

    // Filters that differ; beyond it somebody plays.
    private const int MaxKept = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Total, long At)> kept = new(StringComparer.Ordinal);

    /// <summary>The count of a filter; null when it must be taken.</summary>
    public long? Find(string filter)
    {
        lock (gate)
            return kept.TryGetValue(filter, out var known) && Stopwatch.GetElapsedTime(known.At) < (known.Total < Huge ? Life : LifeOfHuge)
                ? known.Total
                : null;
    }

    /// <summary>Takes note of a count.</summary>
    public void Keep(string filter, long total)
    {
        if (total < Smallest)
            return;

        lock (gate)
        {
            if (kept.Count >= MaxKept)
                kept.Clear();

            kept[filter] = (total, Stopwatch.GetTimestamp());
        }
    }
}
