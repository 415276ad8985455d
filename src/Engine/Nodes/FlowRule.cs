using System.Collections.Immutable;
using ServiceLoop.Engine.Execution;

namespace ServiceLoop.Engine.Nodes;

/// <summary>The rules of a flowchart under one semantics. Immutable, shared by all runs; what changes is in <see cref="FlowState"/>.</summary>
internal abstract class FlowRule(FlowPlan plan)
{
    protected FlowPlan Plan { get; } = plan;

    /// <summary>State of a chart that begins.</summary>
    public abstract FlowState Begin(int start);

    /// <summary>State of a chart as it was saved.</summary>
    public abstract FlowState Thaw(int start, ImmutableArray<int> saved);

    /// <summary>By edge, in a chart that begins at a step: whether it leads onwards, and not back to where a token has been.</summary>
    public abstract bool[] ForwardEdges(int start);

    /// <summary>Schedules a step, as start or by hand.</summary>
    public virtual void Schedule(Frame chart, int step) => chart.Run.Schedule(chart.Run.NewItem(Plan.Steps[step], chart));

    /// <summary>A step has completed.</summary>
    public abstract void ChildCompleted(Frame chart, Frame child, ImmutableArray<string> outcomes);

    /// <summary>A step was cancelled, not by the end of the chart.</summary>
    public abstract void ChildCanceled(Frame chart, Frame child);

    /// <summary>Cancels what lives upstream of a step; what a Join does when it runs in Elsa's modes.</summary>
    public virtual void CancelAncestors(Frame chart, int step) { }

    protected static void CompleteIfIdle(Frame chart)
    {
        if (!Run.HasPendingWork(chart) && !Run.HasFaultedChild(chart))
            chart.Run.Complete(chart, Outcomes.Default);
    }

    /// <summary>Cancels the children of the chart that lie upstream of a step, oldest first.</summary>
    protected static void CancelUpstream(Frame chart, int step, ForwardGraph graph)
    {
        var found = new List<Frame>();

        // A step does not lie upstream of itself; where nothing else lives, nobody has to know what does.
        for (var child = chart.FirstChild; child is not null; child = child.NextSibling)
            if (child.Node.Ordinal != step && graph.Ancestors(step).Contains(child.Node.Ordinal))
                found.Add(child);

        foreach (var child in found)
            chart.Run.Cancel(child);
    }
}

/// <summary>What one running flowchart remembers.</summary>
internal abstract class FlowState
{
    /// <summary>As integers; empty when there is nothing to remember.</summary>
    public abstract ImmutableArray<int> Freeze();

    /// <summary>What it waits for, for people.</summary>
    public virtual string Describe(FlowPlan plan) => "no step is alive";
}

/// <summary>A living step of a flowchart in sound mode: queued, running or waiting.</summary>
internal sealed class LiveStep
{
    public int Step { get; private set; }

    /// <summary>Joins for which its token comes too late, ascending.</summary>
    public ImmutableArray<int> Late { get; set; } = [];

    public Frame? Frame { get; set; }

    public LiveStep? Next { get; set; }

    public LiveStep? Previous { get; set; }

    public bool IsListed { get; set; }

    public LiveStep Of(Graph.Node node, ImmutableArray<int> late)
    {
        (Step, Late) = (node.Ordinal, late);
        return this;
    }
}

/// <summary>How much a chart may remember.</summary>
internal static class FlowLimits
{
    /// <summary>Tokens of one chart. A chart that holds more multiplies them in a loop.</summary>
    private const int MaxTokens = 10_000;

    /// <exception cref="WorkflowFaultException">There are too many.</exception>
    public static void Check(int tokens)
    {
        if (tokens >= MaxTokens)
            throw new WorkflowFaultException(
                $"The flowchart holds more than {MaxTokens:N0} tokens: a loop splits without joining again. Join its branches, or end them."
            );
    }
}
