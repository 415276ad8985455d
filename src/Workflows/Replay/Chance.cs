using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServiceLoop.Workflows.Replay;

/// <summary>
/// What is drawn by chance. A draw depends on the seed and on what it is for, never on the order of draws: so a customer does the same whether a node is
/// killed or not, and however many agents there are.
/// </summary>
/// <param name="seed">Seed of the replay.</param>
internal sealed class Chance(int seed)
{
    /// <summary>A number from 0 to below 1.</summary>
    /// <param name="what">What it is for; the same words give the same number.</param>
    public double Next(string what)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}:{what}"), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>True with a probability.</summary>
    public bool Happens(string what, double probability) => Next(what) < probability;

    /// <summary>One of several.</summary>
    public T OneOf<T>(string what, IReadOnlyList<T> items) => items[(int)(Next(what) * items.Count)];

    /// <summary>A span around a median: half of them are shorter, and few are many times as long.</summary>
    /// <param name="what">What it is for.</param>
    /// <param name="median">The median.</param>
    /// <param name="spread">Standard deviation of its logarithm.</param>
    public TimeSpan Around(string what, TimeSpan median, double spread = 0.6)
    {
        // Box and Muller; 1 - u keeps the logarithm finite.
        var normal = Math.Sqrt(-2 * Math.Log(1 - Next(what + ":r"))) * Math.Cos(2 * Math.PI * Next(what + ":a"));
        return median * Math.Exp(Math.Clamp(normal, -3, 3) * spread);
    }

    /// <summary>One of several, each with its weight.</summary>
    public T Weighted<T>(string what, IReadOnlyList<(T Item, double Weight)> items)
    {
        var left = Next(what) * items.Sum(i => i.Weight);

        foreach (var (item, weight) in items)
            if ((left -= weight) < 0)
                return item;

        return items[^1].Item;
    }
}
