namespace ServiceLoop.TestKit.Chance;

/// <summary>Random choices that are the same for the same seed on every machine and runtime (SplitMix64).</summary>
public sealed class Dice(ulong seed)
{
    private ulong state = seed * 0x9E3779B97F4A7C15ul;

    public ulong Bits()
    {
        var z = state += 0x9E3779B97F4A7C15ul;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ul;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBul;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)(Bits() % (ulong)Math.Max(1, limit));

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Percent(int percent) => Below(100) < percent;

    /// <summary>One of the items.</summary>
    public T Of<T>(params IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>An index, each as likely as its weight says.</summary>
    public int Weighted(params ReadOnlySpan<int> weights)
    {
        var total = 0;

        foreach (var weight in weights)
            total += weight;

        var left = Below(total);

        for (var i = 0; i < weights.Length; i++)
            if ((left -= weights[i]) < 0)
                return i;

        return weights.Length - 1;
    }
}
