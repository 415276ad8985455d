using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>Which activities a run can come to, by the shape of the workflow alone: a condition may be true or false.</summary>
internal sealed class ReachedNodes
{
    private readonly bool[] isReached;
    private readonly Stack<Node> pending = new();

    public ReachedNodes(WorkflowGraph graph)
    {
        isReached = new bool[graph.Nodes.Length];
        Enter(graph.Root);

        // An undo step runs when what it undoes has run; nothing needs to lead to it.
        foreach (var node in graph.Nodes)
            if (node.Undo is { } undo)
                Enter(undo);

        while (pending.TryPop(out var node))
            Visit(node);
    }

    public bool Contains(Node node) => isReached[node.Index];

    private void Enter(Node node)
    {
        if (isReached[node.Index])
            return;

        isReached[node.Index] = true;
        pending.Push(node);
    }

    private void Visit(Node node)
    {
        switch (node.Activity)
        {
            case Flowchart chart:
                VisitChart(chart.Plan);
                break;
            case Sequence:
                foreach (var child in node.Children)
                {
                    Enter(child);

                    if (child.Activity is ITerminalNode)
                        break;
                }

                break;
            case StateMachine machine:
                VisitMachine(machine);
                break;
            default:
                foreach (var child in node.Children)
                    Enter(child);

                break;
        }
    }

    private void VisitChart(FlowPlan plan)
    {
        var steps = new Stack<int>();
        var seen = new bool[plan.Steps.Length];

        // Any trigger may start the chart in its middle.
        for (var step = 0; step < plan.Steps.Length; step++)
            if (step == plan.DefaultStart || plan.Steps[step].Activity.CanStartWorkflow)
                Go(step);

        while (steps.TryPop(out var step))
            if (plan.Steps[step].Activity is not ITerminalNode)
                foreach (var edge in plan.Out[step])
                    if (CanBeTaken(plan.Steps[step].Activity, plan.Port[edge]))
                        Go(plan.Target[edge]);

        void Go(int step)
        {
            if (seen[step])
                return;

            seen[step] = true;
            steps.Push(step);
            Enter(plan.Steps[step]);
        }
    }

    /// <summary>False when the activity never completes under the name of the port.</summary>
    private static bool CanBeTaken(Activity source, string? port) =>
        source switch
        {
            FlowDecision => port is "True" or "False",
            FlowSwitch choice => port == "Default" || choice.Cases.Any(c => c.Label == port),
            _ => true,
        };

    private void VisitMachine(StateMachine machine)
    {
        var names = new Stack<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Go(
            machine.InitialState is { Length: > 0 } initial ? initial
            : machine.States.Count > 0 ? machine.States[0].Name
            : null
        );

        while (names.TryPop(out var name))
        {
            if (machine.States.FirstOrDefault(s => s.Name == name) is not { } state)
                continue;

            EnterAll(state.Entry, state.Exit);

            foreach (var transition in machine.Transitions.Where(t => t.From == name && t.Trigger is not null))
            {
                EnterAll(transition.Trigger, transition.Action);
                Go(transition.To);
            }
        }

        void Go(string? name)
        {
            if (name is not null && seen.Add(name))
                names.Push(name);
        }
    }

    private void EnterAll(params ReadOnlySpan<Activity?> activities)
    {
        foreach (var activity in activities)
            if (activity is not null)
                Enter(activity.Node);
    }
}
