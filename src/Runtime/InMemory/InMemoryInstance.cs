using ServiceLoop.Engine;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>An instance in memory: its state, and the history that its state forgets.</summary>
public sealed class InMemoryInstance
{
    private readonly ActivityLedger ledger;
    private readonly List<JournalEntry> journal = [];

    internal InMemoryInstance(WorkflowGraph graph, WorkflowState state, long number)
    {
        Graph = graph;
        State = state;
        Number = number;
        ledger = new ActivityLedger(graph);
    }

    /// <summary>Id of the instance.</summary>
    public string Id => State.InstanceId;

    /// <summary>Position in the order of creation, from 1.</summary>
    public long Number { get; }

    /// <summary>The graph of the version that it runs on, for life.</summary>
    public WorkflowGraph Graph { get; }

    /// <summary>What it is now.</summary>
    public WorkflowState State { get; private set; }

    /// <summary>True until it has ended.</summary>
    public bool IsRunning => State.Status == WorkflowStatus.Running;

    /// <summary>All that happened to it, in order.</summary>
    public IReadOnlyList<JournalEntry> Journal => journal;

    /// <summary>All executions of activities, in the order of their creation.</summary>
    public IReadOnlyList<ActivityExecution> Executions => ledger.Executions;

    internal void Take(Step step, bool roundTrip)
    {
        State = roundTrip ? StateJson.Read(StateJson.Write(step.State)) : step.State;
        journal.AddRange(step.Journal);

        foreach (var entry in step.Journal)
            ledger.Add(entry);
    }
}
