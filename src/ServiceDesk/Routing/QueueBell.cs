using System.Collections.Concurrent;
using System.Threading.Channels;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>Tells the matching of this node which queues to look at. A ring that is lost costs time only: all queues are looked at every 30 seconds.</summary>
/// <remarks>Safe for all threads. A queue that rings often between two looks is looked at once.</remarks>
internal sealed class QueueBell
{
    private readonly ConcurrentDictionary<string, bool> rung = new(StringComparer.Ordinal);
    private readonly Channel<(string Queue, bool IsAgent)> channel = Channel.CreateUnbounded<(string, bool)>();

    private long unanswered;

    /// <summary>True when all who have rung were looked at.</summary>
    public bool IsQuiet => Interlocked.Read(ref unanswered) == 0;

    /// <summary>What rang was looked at.</summary>
    public void Answered() => Interlocked.Decrement(ref unanswered);

    /// <summary>Something in a queue has changed.</summary>
    public void RingQueue(string queueId) => Ring(queueId, false);

    /// <summary>An agent has changed: all queues of the agent are looked at.</summary>
    public void RingAgent(string agentId) => Ring(agentId, true);

    /// <summary>A task was changed: its queue when it waits, the agent's queues when units became free.</summary>
    public void Ring(TaskRow before, TaskView after)
    {
        if (after.State == TaskState.Ready && after.QueueId is { } queue)
            RingQueue(queue);

        if (before.Holding.Agent is { } agent && (agent != after.Assignee || after.State >= TaskState.Completing || after.IsSuspended))
            RingAgent(agent);
    }

    /// <summary>The next that has rung; <see cref="Answered"/> is to be called when it was looked at.</summary>
    public async ValueTask<(string Id, bool IsAgent)> NextAsync(CancellationToken ct)
    {
        var next = await channel.Reader.ReadAsync(ct);
        rung.TryRemove(Key(next.Queue, next.IsAgent), out _);
        return next;
    }

    private void Ring(string id, bool isAgent)
    {
        if (!rung.TryAdd(Key(id, isAgent), true))
            return;

        Interlocked.Increment(ref unanswered);
        channel.Writer.TryWrite((id, isAgent));
    }

    private static string Key(string id, bool isAgent) => (isAgent ? "a:" : "q:") + id;
}
