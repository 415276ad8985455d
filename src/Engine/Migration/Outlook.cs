using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Migration;

/// <summary>What still has to happen from where an instance stands, and what lies behind it, as far as a chart or a sequence tells.</summary>
/// <remarks>Loops count once: what they repeat is neither ahead nor behind. Inside what runs now, only its own order tells.</remarks>
internal sealed class Outlook
{
    private readonly HashSet<Node> ahead = [];
    private readonly HashSet<Node> behind = [];

    /// <param name="living">Nodes that live.</param>
    /// <param name="waiting">Steps that hold what has arrived, or are about to run: they are still to come themselves.</param>
    /// <param name="trigger">The activity that started the instance; null for none.</param>
    public Outlook(IReadOnlyCollection<Node> living, IReadOnlyCollection<Node> waiting, string? trigger)
    {
        foreach (var node in living)
            Look(node, trigger);

        foreach (var node in waiting)
        {
            ahead.Add(node);
            Look(node, trigger);
        }
    }

    /// <summary>True when it is still to come.</summary>
    public bool IsAhead(Node node) => IsIn(ahead, node);

    /// <summary>True when it lies behind, or beside on another branch: it may have run.</summary>
    public bool IsBehind(Node node) => IsIn(behind, node) && !IsIn(ahead, node);

    private static bool IsIn(HashSet<Node> set, Node node)
    {
        for (var above = node; above is not null; above = above.Parent)
            if (set.Contains(above))
                return true;

        return false;
    }

    private void Look(Node node, string? trigger)
    {
        switch (node.Parent?.Activity)
        {
            case Sequence:
                foreach (var sibling in node.Parent.Children)
                    if (sibling.Ordinal > node.Ordinal)
                        ahead.Add(sibling);
                    else if (sibling.Ordinal < node.Ordinal)
                        behind.Add(sibling);

                break;
            case Flowchart chart:
                var start = chart.StartFor(trigger);
                var forward = chart.ForwardEdges(start);
                Walk(chart.Plan, node.Ordinal, forward, ahead);

                // Other branches may have run, or not; the state does not tell.
                behind.Add(chart.Plan.Steps[start]);
                Walk(chart.Plan, start, forward, behind);
                behind.Remove(node);
                break;
        }
    }

    private static void Walk(FlowPlan plan, int from, bool[] forward, HashSet<Node> found)
    {
        var seen = new HashSet<int> { from };
        var stack = new Stack<int>(seen);

        while (stack.TryPop(out var step))
            foreach (var edge in plan.Out[step])
                if (forward[edge] && seen.Add(plan.Target[edge]))
                {
                    found.Add(plan.Steps[plan.Target[edge]]);
                    stack.Push(plan.Target[edge]);
                }
    }
}
