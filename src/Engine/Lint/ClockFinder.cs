using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>Tells whether something that waits for time can be alive beside another activity.</summary>
internal sealed class ClockFinder
{
    /// <summary>Steps and edges that are looked at in all; a chart with more waits than that allows is not judged to its end.</summary>
    private const long MaxLooks = 40_000_000;

    /// <summary>By node: whether it, or something in it, waits for time.</summary>
    private readonly bool[] hasClock;
    private long looks;

    public ClockFinder(WorkflowGraph graph)
    {
        hasClock = new bool[graph.Nodes.Length];

        // Children stand behind their parents.
        for (var i = graph.Nodes.Length - 1; i >= 0; i--)
            hasClock[i] |= Waits.IsForTime(graph.Nodes[i]) || graph.Nodes[i].Children.Any(c => hasClock[c.Index]);
    }

    /// <summary>Null when there is too much to look at.</summary>
    public bool? RunsBeside(Node node)
    {
        for (var (child, parent) = (node, node.Parent); parent is not null; (child, parent) = (parent, parent.Parent))
        {
            if (!hasClock[parent.Index])
                continue;

            if (looks > MaxLooks)
                return null;

            var runs = parent.Activity switch
            {
                Flowchart chart => InChart(chart.Plan, child.Ordinal),
                Nodes.Parallel or Fork => Beside(parent, child),
                Switch choice => choice.Mode is not null && IsMatchAny(parent, choice.Mode.Index) && Beside(parent, child),
                StateMachine machine => InMachine(machine, child),
                _ => false,
            };

            if (runs)
                return true;
        }

        return false;
    }

    private bool Beside(Node parent, Node child) => parent.Children.Any(c => c != child && hasClock[c.Index]);

    private bool InMachine(StateMachine machine, Node child) =>
        machine.Transitions.FirstOrDefault(t => t.Trigger?.Node == child) is { } own
        && machine.Transitions.Any(t => t != own && t.From == own.From && t.Trigger is { } trigger && hasClock[trigger.Node.Index]);

    private bool InChart(FlowPlan plan, int wait)
    {
        looks += 2L * (plan.Steps.Length + plan.Source.Length);
        var leadsToWait = Before(plan, [wait], through: -1);
        var leadsToClock = Before(
            plan,
            Enumerable.Range(0, plan.Steps.Length).Where(s => s != wait && hasClock[plan.Steps[s].Index]),
            through: wait
        );

        for (var fork = 0; fork < plan.Steps.Length; fork++)
            if (
                fork != wait
                && leadsToWait[fork]
                && Parts(plan, fork, leadsToWait, toClock => leadsToClock[plan.Target[toClock]])
                && PartsAround(plan, fork, wait)
            )
                return true;

        return false;
    }

    /// <summary>The same, but looked at closely: neither way comes round to the fork, and the clock does not run before the wait.</summary>
    private bool PartsAround(FlowPlan plan, int fork, int wait)
    {
        looks += plan.Steps.Length + plan.Source.Length;
        var before = Before(plan, [wait], through: fork);
        return Parts(plan, fork, before, toClock => ComesToClock(plan, plan.Target[toClock], fork, wait, before));
    }

    /// <summary>True when at the fork one way leads to the wait, and another that may be taken with it to a clock.</summary>
    private static bool Parts(FlowPlan plan, int fork, bool[] leadsToWait, Func<int, bool> leadsToClock)
    {
        foreach (var toWait in plan.Out[fork])
            if (leadsToWait[plan.Target[toWait]])
                foreach (var toClock in plan.Out[fork])
                    if (toClock != toWait && MayBothBeTaken(plan, fork, toWait, toClock) && leadsToClock(toClock))
                        return true;

        return false;
    }

    /// <summary>True when a way leads from a step to a clock through nothing that is before the wait.</summary>
    private bool ComesToClock(FlowPlan plan, int from, int fork, int wait, bool[] before)
    {
        var seen = new HashSet<int> { fork, wait };
        var pending = new Stack<int>();
        Add(from);

        while (pending.TryPop(out var step))
        {
            looks++;

            if (hasClock[plan.Steps[step].Index])
                return true;

            foreach (var edge in plan.Out[step])
                Add(plan.Target[edge]);
        }

        return false;

        void Add(int step)
        {
            // Where the ways meet again another fork may part them, which is looked at for itself.
            if (!before[step] && seen.Add(step))
                pending.Push(step);
        }
    }

    /// <summary>By step: whether a way leads from it to one of the ends, not through one given step.</summary>
    private static bool[] Before(FlowPlan plan, IEnumerable<int> ends, int through)
    {
        var leads = new bool[plan.Steps.Length];
        var pending = new Stack<int>();

        foreach (var end in ends)
            Add(end);

        while (pending.TryPop(out var step))
            foreach (var edge in plan.In[step])
                if (plan.Source[edge] != through)
                    Add(plan.Source[edge]);

        return leads;

        void Add(int step)
        {
            if (leads[step])
                return;

            leads[step] = true;
            pending.Push(step);
        }
    }

    private static bool MayBothBeTaken(FlowPlan plan, int step, int one, int other) =>
        string.Equals(plan.Port[one], plan.Port[other], StringComparison.Ordinal)
        || plan.Steps[step].Activity switch
        {
            FlowDecision => false,
            FlowSwitch choice => choice.Mode is not null && IsMatchAny(plan.Steps[step], choice.Mode.Index),
            _ => true,
        };

    private static bool IsMatchAny(Node node, int input) =>
        node.Inputs[input] is not { Kind: BindingKind.Constant, Constant: SwitchMode.MatchFirst };
}
