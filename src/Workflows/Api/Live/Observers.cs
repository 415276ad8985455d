using System.Collections.Concurrent;
using System.Threading.Channels;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Workflows.Api.Live;

/// <summary>Who looks at which instance: viewers of this node, and other nodes that have some.</summary>
/// <remarks>Safe for all threads. A commit of an instance that nobody looks at costs a look into two empty tables.</remarks>
internal sealed class Observers(TimeProvider clock) : IInstanceSignal
{
    /// <summary>For how long another node is believed to have a viewer; it says so again at a third of it.</summary>
    public static readonly TimeSpan RemoteLife = TimeSpan.FromSeconds(45);

    private readonly Lock gate = new();
    private readonly Dictionary<string, HashSet<string>> byConnection = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Observed> local = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> remote = new(StringComparer.Ordinal);
    private readonly Channel<Move> moves = Channel.CreateUnbounded<Move>(new() { SingleReader = true });

    /// <summary>An instance that viewers of this node look at.</summary>
    internal sealed class Observed
    {
        /// <summary>Viewers.</summary>
        public int Count { get; set; }

        /// <summary>Row version that they were told last; null before the first look.</summary>
        public long? Told { get; set; }
    }

    /// <summary>Something to look after.</summary>
    /// <param name="InstanceId">The instance; null: any may have moved.</param>
    /// <param name="IsNew">True: somebody has begun to look at it.</param>
    /// <param name="IsHeard">True: another node said so, to all.</param>
    internal readonly record struct Move(string? InstanceId, bool IsNew = false, bool IsHeard = false);

    /// <summary>What is to be looked after, as it comes.</summary>
    public ChannelReader<Move> Moves => moves.Reader;

    /// <summary>Instances that viewers of this node look at.</summary>
    public IReadOnlyCollection<string> Local => (IReadOnlyCollection<string>)local.Keys;

    /// <summary>What viewers of this node know of an instance; null when none looks.</summary>
    public Observed? Find(string instanceId) => local.GetValueOrDefault(instanceId);

    /// <summary>True when another node has a viewer of it.</summary>
    public bool IsObservedElsewhere(string instanceId) => remote.TryGetValue(instanceId, out var until) && until > clock.GetUtcNow();

    /// <inheritdoc/>
    public void Moved(string instanceId)
    {
        if ((!local.IsEmpty && local.ContainsKey(instanceId)) || (!remote.IsEmpty && remote.ContainsKey(instanceId)))
            moves.Writer.TryWrite(new(instanceId));
    }

    /// <summary>Another node committed an instance; it told all who need to know.</summary>
    public void HearMoved(string instanceId)
    {
        if (local.ContainsKey(instanceId))
            moves.Writer.TryWrite(new(instanceId, IsHeard: true));
    }

    /// <summary>A connection looks at an instance.</summary>
    /// <returns>False when it has too many already.</returns>
    public bool TryAdd(string connection, string instanceId, int most)
    {
        lock (gate)
        {
            if (!byConnection.TryGetValue(connection, out var ids))
                byConnection.Add(connection, ids = new(StringComparer.Ordinal));

            if (ids.Contains(instanceId))
                return true;

            if (ids.Count >= most)
                return false;

            ids.Add(instanceId);
            local.GetOrAdd(instanceId, static _ => new()).Count++;
            return true;
        }
    }

    /// <summary>Looks after an instance that somebody has begun to look at: other nodes must know, and what moved meanwhile must be told.</summary>
    public void Wake(string instanceId) => moves.Writer.TryWrite(new(instanceId, IsNew: true));

    /// <summary>Looks after all of them: something may have been missed.</summary>
    public void WakeAll() => moves.Writer.TryWrite(new(null));

    /// <summary>A connection has gone.</summary>
    public void Remove(string connection)
    {
        lock (gate)
        {
            if (!byConnection.Remove(connection, out var ids))
                return;

            foreach (var id in ids)
                if (local.TryGetValue(id, out var observed) && --observed.Count == 0)
                    local.TryRemove(id, out _);
        }
    }

    /// <summary>Another node has viewers of these instances.</summary>
    public void HearObserved(IEnumerable<string> instanceIds)
    {
        var until = clock.GetUtcNow() + RemoteLife;

        foreach (var id in instanceIds)
            remote[id] = until;
    }

    /// <summary>Forgets nodes that were not heard of for long.</summary>
    public void Sweep()
    {
        var now = clock.GetUtcNow();

        foreach (var (id, until) in remote)
            if (until <= now)
                remote.TryRemove(new(id, until));
    }
}
