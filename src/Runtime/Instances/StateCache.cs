using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.Instances;

/// <summary>An instance as a burst begins with it.</summary>
/// <param name="State">What it is.</param>
/// <param name="RowVersion">The commit that this state is of; 0 before the first.</param>
/// <param name="Graph">The graph of its version.</param>
/// <param name="IsFresh">True: read from the store just now. False: remembered, and perhaps outdated.</param>
internal sealed record Loaded(WorkflowState State, long RowVersion, WorkflowGraph Graph, bool IsFresh)
{
    /// <summary>True: it stands encrypted. It stays so on a version without secrets, too: former ones are still in it.</summary>
    public bool IsSealed { get; init; }
}

/// <summary>States that this node committed last, so that the next burst need not load them. Outdated ones do no harm: a commit is checked against the row version.</summary>
/// <remarks>
/// A state is taken out for the length of a burst and comes back only with a commit that succeeded. What was not used for one generation goes.
/// </remarks>
internal sealed class StateCache
{
    /// <summary>States in one generation; two are kept.</summary>
    private const int MaxCount = 4096;

    /// <summary>Bytes of stored state in one generation. In memory a state takes several times as much.</summary>
    private const int MaxBytes = 8 * 1024 * 1024;

    private readonly Lock gate = new();
    private Dictionary<string, Loaded> young = new(StringComparer.Ordinal);
    private Dictionary<string, Loaded> old = new(StringComparer.Ordinal);
    private int bytes;

    public Loaded? Take(string instanceId)
    {
        lock (gate)
            return young.Remove(instanceId, out var found) || old.Remove(instanceId, out found) ? found : null;
    }

    public void Put(string instanceId, Loaded loaded, int storedBytes)
    {
        lock (gate)
        {
            if (young.Count >= MaxCount || bytes > MaxBytes)
            {
                (young, old) = (old, young);
                young.Clear();
                bytes = 0;
            }

            young[instanceId] = loaded;
            bytes += storedBytes;
        }
    }
}
