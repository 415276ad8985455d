using System.Runtime.InteropServices;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Lets the bursts of one instance on this node run one after the other, so that they do not make each other repeat. Correctness rests on row versions.</summary>
/// <remarks>First come, first served. An uncontended turn costs one entry in a dictionary.</remarks>
internal sealed class InstanceLocks
{
    /// <summary>How long a burst waits for its turn before the caller is told that the instance is busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Queue<TaskCompletionSource>?> held = new(StringComparer.Ordinal);

    /// <summary>Waits for the turn.</summary>
    /// <exception cref="InstanceBusyException">Others took too long.</exception>
    public ValueTask<Turn> EnterAsync(string key, CancellationToken ct)
    {
        TaskCompletionSource waiter;

        lock (gate)
        {
            ref var waiters = ref CollectionsMarshal.GetValueRefOrAddDefault(held, key, out var exists);

            if (!exists)
                return new(new Turn(this, key));

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (waiters ??= new()).Enqueue(waiter);
        }

        return WaitAsync(key, waiter, ct);
    }

    /// <summary>Takes the turn if it is free; null when a burst of the instance is under way.</summary>
    public Turn? TryEnter(string key)
    {
        lock (gate)
            return held.TryAdd(key, null) ? new Turn(this, key) : null;
    }

    private async ValueTask<Turn> WaitAsync(string key, TaskCompletionSource waiter, CancellationToken ct)
    {
        try
        {
            await waiter.Task.WaitAsync(Patience, ct);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Either we give up, or the turn came at the same moment and is passed on.
            if (!waiter.TrySetCanceled(CancellationToken.None))
                Leave(key);

            if (e is TimeoutException)
                throw new InstanceBusyException(key);

            throw;
        }

        return new Turn(this, key);
    }

    private void Leave(string key)
    {
        lock (gate)
        {
            var waiters = held[key];

            while (waiters is not null && waiters.TryDequeue(out var next))
                if (next.TrySetResult())
                    return;

            held.Remove(key);
        }
    }

    /// <summary>The turn of a burst; ends when it is disposed.</summary>
    public readonly struct Turn(InstanceLocks locks, string key) : IDisposable
    {
        /// <summary>Lets the next one in.</summary>
        public void Dispose() => locks.Leave(key);
    }
}
