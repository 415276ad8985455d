using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>One execution of an activity, living or ended, as its journal tells.</summary>
/// <param name="FrameId">Number of the execution.</param>
/// <param name="ParentId">The execution that scheduled it; 0 for the first.</param>
/// <param name="Node">The activity.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="FaultCount">Faults in it and below it.</param>
public sealed record ActivityExecution(long FrameId, long ParentId, Node Node, ActivityStatus Status, int FaultCount);

/// <summary>Keeps the executions of one instance: states forget what has ended, the journal does not.</summary>
/// <param name="graph">The graph of the instance.</param>
internal sealed class ActivityLedger(WorkflowGraph graph)
{
    private readonly Dictionary<long, int> positions = [];
    private readonly List<ActivityExecution> executions = [];

    /// <summary>All executions in the order of their creation.</summary>
    public IReadOnlyList<ActivityExecution> Executions => executions;

    public void Add(JournalEntry entry)
    {
        if (entry.FrameId == 0 || StatusAfter(entry.Event) is not { } status)
            return;

        if (!positions.TryGetValue(entry.FrameId, out var position))
        {
            position = positions[entry.FrameId] = executions.Count;
            executions.Add(new(entry.FrameId, entry.ParentId, graph.Nodes[entry.Node], status, 0));
        }

        var before = executions[position];
        executions[position] = before with { Status = status };

        if (entry.Event == JournalEvent.Faulted)
            Count(entry.FrameId, 1);
        else if (before.Status == ActivityStatus.Faulted && status != ActivityStatus.Faulted)
            Count(entry.FrameId, -1);
    }

    /// <summary>A fault counts for the execution and for all that it stands in.</summary>
    private void Count(long frameId, int change)
    {
        while (positions.TryGetValue(frameId, out var position))
        {
            var execution = executions[position];
            executions[position] = execution with { FaultCount = execution.FaultCount + change };
            frameId = execution.ParentId;
        }
    }

    private static ActivityStatus? StatusAfter(JournalEvent happened) =>
        happened switch
        {
            JournalEvent.Started or JournalEvent.Suspended or JournalEvent.Resumed or JournalEvent.Retried => ActivityStatus.Running,
            JournalEvent.Completed or JournalEvent.Skipped => ActivityStatus.Completed,
            JournalEvent.Canceled => ActivityStatus.Canceled,
            JournalEvent.Faulted => ActivityStatus.Faulted,
            JournalEvent.PreconditionFailed => ActivityStatus.Pending,
            _ => null,
        };
}
