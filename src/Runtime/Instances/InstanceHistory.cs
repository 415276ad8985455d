using System.Runtime.InteropServices;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>The history of one instance in memory: its lines, and the executions that they tell of. It only grows.</summary>
/// <remarks>Safe for all threads.</remarks>
public sealed class InstanceHistory
{
    private readonly Lock gate = new();
    private readonly List<HistoryEntry> lines = [];
    private readonly List<ExecutionRecord> executions = [];
    private readonly Dictionary<long, int> positions = [];
    private readonly Dictionary<Node, List<int>> byNode = [];

    internal InstanceHistory(string instanceId, DateTimeOffset createdAt) => (InstanceId, CreatedAt) = (instanceId, createdAt);

    /// <summary>The instance.</summary>
    public string InstanceId { get; }

    /// <summary>How many lines there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return lines.Count;
        }
    }

    /// <summary>How many executions there are.</summary>
    public int ExecutionCount
    {
        get
        {
            lock (gate)
                return executions.Count;
        }
    }

    /// <summary>The last burst that it knows.</summary>
    public long Burst { get; private set; }

    /// <summary>When the instance was created: another one of the same id is another one.</summary>
    internal DateTimeOffset CreatedAt { get; }

    /// <summary>True when one of the versions that it has run on holds secrets, or it stands encrypted.</summary>
    internal bool MayHoldSecrets { get; private set; }

    /// <summary>The graph of the last burst.</summary>
    internal WorkflowGraph? Graph { get; private set; }

    /// <summary>Some of the lines that fit, and how many fit in all.</summary>
    /// <param name="fits">Which lines.</param>
    /// <param name="skip">How many that fit come before.</param>
    /// <param name="take">At most.</param>
    /// <returns>Lines with their position from 1 in the whole history.</returns>
    public (IReadOnlyList<(int Position, HistoryEntry Entry)> Lines, int Total) Page(Func<HistoryEntry, bool> fits, int skip, int take)
    {
        var page = new List<(int, HistoryEntry)>(Math.Min(take, 128));
        var total = 0;

        lock (gate)
            for (var i = 0; i < lines.Count; i++)
                if (fits(lines[i]))
                {
                    if (total >= skip && page.Count < take)
                        page.Add((i + 1, lines[i]));

                    total++;
                }

        return (page, total);
    }

    /// <summary>An execution; null when there is none.</summary>
    public ExecutionRecord? Find(long frameId)
    {
        lock (gate)
            return positions.TryGetValue(frameId, out var position) ? executions[position] : null;
    }

    /// <summary>Executions of an activity in the order of their creation.</summary>
    public IReadOnlyList<ExecutionRecord> OfNode(string nodeId)
    {
        lock (gate)
            return [.. byNode.Where(n => n.Key.NodeId == nodeId).SelectMany(n => n.Value).Order().Select(position => executions[position])];
    }

    /// <summary>All executions in the order of their creation.</summary>
    public IReadOnlyList<ExecutionRecord> Executions()
    {
        lock (gate)
            return [.. executions];
    }

    /// <summary>An execution and those above it, the outermost first; empty when there is none.</summary>
    public IReadOnlyList<ExecutionRecord> Chain(long frameId)
    {
        var chain = new List<ExecutionRecord>();

        lock (gate)
            while (positions.TryGetValue(frameId, out var position))
            {
                chain.Add(executions[position]);
                frameId = executions[position].ParentId;
            }

        chain.Reverse();
        return chain;
    }

    /// <summary>Paths of the activities that something happened to after a burst, with all that they stand in.</summary>
    public IReadOnlyCollection<string> NodesSince(long burst)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);

        lock (gate)
            for (var i = lines.Count - 1; i >= 0 && lines[i].Burst > burst; i--)
            for (var node = lines[i].Node; node is not null && found.Add(node.NodeId); node = node.Parent) { }

        return found;
    }

    internal void Note(WorkflowGraph? graph) => MayHoldSecrets |= graph is { HoldsSecrets: true };

    internal void Note(IReadOnlyList<HappenedRow> rows)
    {
        foreach (var row in rows)
            MayHoldSecrets |= row.IsSealed;
    }

    internal void Note(InstanceRow row) => MayHoldSecrets |= row.IsSealed;

    internal void Append(IReadOnlyList<HistoryEntry> added, long burst, WorkflowGraph? graph)
    {
        lock (gate)
        {
            if (burst <= Burst)
                return;

            lines.AddRange(added);

            foreach (var entry in added)
                Take(entry);

            (Burst, Graph) = (burst, graph);
        }
    }

    private void Take(HistoryEntry entry)
    {
        if (entry is not { FrameId: > 0, Node: { } node, Event: { } happened })
            return;

        if (!positions.TryGetValue(entry.FrameId, out var position))
        {
            // What began before the oldest burst that is kept is known from its first line on.
            position = positions[entry.FrameId] = executions.Count;
            executions.Add(
                new ExecutionRecord
                {
                    FrameId = entry.FrameId,
                    ParentId = entry.ParentId,
                    Depth = positions.TryGetValue(entry.ParentId, out var above) ? executions[above].Depth + 1 : 0,
                    Node = node,
                    StartedAt = entry.At,
                }
            );
            (CollectionsMarshal.GetValueRefOrAddDefault(byNode, node, out _) ??= []).Add(position);
        }

        if (happened is JournalEvent.Migrated or JournalEvent.MigrationUndone)
            Move(position, node, entry.ParentId);

        var before = executions[position];
        var after = After(before, happened, entry);
        executions[position] = after;

        if (after.Status == ActivityStatus.Faulted && happened == JournalEvent.Faulted && before.Status != ActivityStatus.Faulted)
            CountFault(entry.FrameId, 1);
        else if (before.Status == ActivityStatus.Faulted && after.Status != ActivityStatus.Faulted)
            CountFault(entry.FrameId, -1);
    }

    /// <summary>It lives on in another version of its definition: from now on it belongs to the activity that it has its place in there.</summary>
    private void Move(int position, Node node, long parentId)
    {
        var record = executions[position];

        if (ReferenceEquals(record.Node, node))
            return;

        byNode[record.Node].Remove(position);
        (CollectionsMarshal.GetValueRefOrAddDefault(byNode, node, out _) ??= []).Add(position);
        executions[position] = record with { Node = node, ParentId = parentId };
    }

    private static ExecutionRecord After(ExecutionRecord before, JournalEvent happened, HistoryEntry entry) =>
        happened switch
        {
            JournalEvent.Suspended => before with { Status = ActivityStatus.Running, IsWaiting = true },
            JournalEvent.Resumed => before with { Status = ActivityStatus.Running, IsWaiting = false },
            JournalEvent.Retried => before with
            {
                Status = ActivityStatus.Running,
                CompletedAt = null,
                Fault = null,
                Retries = before.Fault is { } fault ? before.Retries.Add(new(entry.At, fault, entry.Who)) : before.Retries,
            },
            JournalEvent.Completed => Ended(before, ActivityStatus.Completed, entry) with { Outcomes = entry.Outcomes, Fault = null },
            JournalEvent.Skipped => Ended(before, ActivityStatus.Completed, entry) with { Fault = null },
            JournalEvent.Canceled => Ended(before, ActivityStatus.Canceled, entry),
            JournalEvent.Faulted => before with { Status = ActivityStatus.Faulted, Fault = entry.Fault, IsWaiting = false },
            JournalEvent.PreconditionFailed => before with { Status = ActivityStatus.Pending },
            _ => before,
        };

    private static ExecutionRecord Ended(ExecutionRecord before, ActivityStatus status, HistoryEntry entry) =>
        before with
        {
            Status = status,
            CompletedAt = entry.At,
            IsWaiting = false,
        };

    /// <summary>A fault counts for the execution and for all that it stands in.</summary>
    private void CountFault(long frameId, int change)
    {
        while (positions.TryGetValue(frameId, out var position))
        {
            var execution = executions[position];
            executions[position] = execution with { FaultCount = execution.FaultCount + change };
            frameId = execution.ParentId;
        }
    }
}
