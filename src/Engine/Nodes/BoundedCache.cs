using System.Collections.Concurrent;

namespace ServiceLoop.Engine.Nodes;

/// <summary>What was computed about a chart, kept up to a limit; beyond it everything is forgotten and computed again when it is asked for.</summary>
/// <remarks>Safe for threads. The answers do not depend on what is kept.</remarks>
internal sealed class BoundedCache<TKey, TValue>(long maxBytes)
    where TKey : notnull
    where TValue : class
{
    private readonly ConcurrentDictionary<TKey, TValue> kept = new();
    private long bytes;

    public TValue? Find(TKey key) => kept.TryGetValue(key, out var value) ? value : null;

    public TValue Keep(TKey key, TValue value, long weight)
    {
        if (Interlocked.Add(ref bytes, weight) > maxBytes)
        {
            kept.Clear();
            Interlocked.Exchange(ref bytes, weight);
        }

        kept[key] = value;
        return value;
    }
}
