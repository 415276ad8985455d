using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Migration;

/// <summary>Compares what still has to happen before and after: nothing may be passed by, nothing may come twice.</summary>
internal sealed class OutlookCheck(WorkflowGraph from, WorkflowGraph to, NodeMap map, Findings findings, string? newTrigger)
{
    /// <param name="before">What was ahead and behind.</param>
    /// <param name="after">What is ahead now.</param>
    /// <param name="living">Old nodes that live and stay.</param>
    /// <param name="places">New nodes that live.</param>
    public void Compare(Outlook before, Outlook after, HashSet<Node> living, HashSet<Node> places)
    {
        foreach (var old in from.Nodes)
        {
            if (old.Parent is null || map.To(old) is not { } place)
                continue;

            var (wasAhead, isAhead) = (before.IsAhead(old), after.IsAhead(place));

            if (
                wasAhead
                && !isAhead
                && !IsSaidOf(old, before, after)
                && !places.Contains(place)
                && !IsInLivingLoop(place, places)
                && CanEverRun(place)
            )
                findings.Refuse(
                    MigrationCodes.StepSkipped,
                    $"'{Living.NameOf(old)}' is still to come; where version {to.Version} has it, this instance has passed already, so that it would never happen. Let the instance end on its version, place what waits before it, or accept it in the plan.",
                    old
                );

            if (!isAhead || wasAhead)
                continue;

            if (living.Contains(old) && places.Contains(place) && IsLeaf(old))
                findings.Refuse(
                    MigrationCodes.StepRepeated,
                    $"'{Living.NameOf(old)}' runs or waits now, and in version {to.Version} it would come once more. Let the instance end on its version, or accept it in the plan.",
                    old
                );
            else if (before.IsBehind(old) && !living.Contains(old) && !(old.Parent is { } around && before.IsBehind(around)))
                findings.Refuse(
                    MigrationCodes.StepRepeated,
                    $"'{Living.NameOf(old)}' lies behind this instance or on another branch, where it may have run; in version {to.Version} it would come again. Let the instance end on its version, or accept it in the plan.",
                    old
                );
        }
    }

    /// <summary>True when the container around it is missed as a whole.</summary>
    private bool IsSaidOf(Node old, Outlook before, Outlook after) =>
        old.Parent is { Parent: not null } around && before.IsAhead(around) && map.To(around) is { } place && !after.IsAhead(place);

    private static bool IsLeaf(Node node) => node.Children.IsEmpty;

    private static bool IsInLivingLoop(Node place, HashSet<Node> places)
    {
        for (var above = place.Parent; above is not null; above = above.Parent)
            if (above.Activity is Loop && places.Contains(above))
                return true;

        return false;
    }

    /// <summary>False for what no instance of the new version would come to: somebody has cut it off.</summary>
    private bool CanEverRun(Node place)
    {
        if (place.Parent?.Activity is not Flowchart chart)
            return place.Parent is not { IsComposite: true, Parent: null }
                || ReferenceEquals(((Composite)place.Parent.Activity).Root?.Node, place);

        var start = chart.StartFor(newTrigger);
        var seen = new HashSet<int> { start };
        var stack = new Stack<int>(seen);

        while (stack.TryPop(out var step))
            foreach (var edge in chart.Plan.Out[step])
                if (seen.Add(chart.Plan.Target[edge]))
                    stack.Push(chart.Plan.Target[edge]);

        return seen.Contains(place.Ordinal);
    }
}
