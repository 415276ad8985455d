using System.Buffers;
using System.Runtime.InteropServices;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Groups of steps that can all reach one another (Tarjan), numbered so that no edge leads to a higher number.</summary>
internal static class StrongComponents
{
    /// <summary>The step takes no part.</summary>
    public const int Outside = -1;

    /// <summary>The step takes part and has no number yet.</summary>
    public const int Unnumbered = -2;

    public delegate void Closed(int number, ReadOnlySpan<int> steps);

    /// <summary>Numbers of all steps of a chart.</summary>
    public static int[] Of(FlowPlan plan)
    {
        var component = new int[plan.Steps.Length];
        Array.Fill(component, Unnumbered);
        Number(plan, Enumerable.Range(0, component.Length), component, null);
        return component;
    }

    /// <summary>
    /// By step: false when its component stays strong without it, so that there every step still reaches every other; true when that is not known.
    /// </summary>
    /// <remarks>
    /// Such steps dominate nothing, forwards or backwards, as seen from one step of the component (Italiano, Laura, Santaroni: "Finding strong bridges
    /// and strong articulation points in linear time"). Small components are not looked at: a search in them is as quick.
    /// </remarks>
    public static bool[] Articulations(FlowPlan plan, int leastSize)
    {
        var isArticulation = new bool[plan.Steps.Length];
        Array.Fill(isArticulation, true);
        bool[]? isInside = null;

        foreach (
            var members in Enumerable.Range(0, isArticulation.Length).GroupBy(s => plan.Component[s]).Where(g => g.Count() > leastSize)
        )
        {
            isInside ??= [.. plan.Source.Select((source, e) => plan.Component[source] == plan.Component[plan.Target[e]])];
            var root = members.First();
            var (ahead, back) = (new Dominators(plan, root, isInside), new Dominators(plan, root, isInside, isReversed: true));

            foreach (var step in members)
                isArticulation[step] = step == root || ahead.DominatesAny(step) || back.DominatesAny(step);
        }

        return isArticulation;
    }

    /// <summary>Numbers the given steps; an edge to a step that takes no part is none.</summary>
    /// <param name="plan">The chart.</param>
    /// <param name="steps">All steps that take part.</param>
    /// <param name="component">By step: <see cref="Unnumbered"/> or <see cref="Outside"/>; filled.</param>
    /// <param name="closed">Told of each component, after those to which its edges lead.</param>
    public static void Number(FlowPlan plan, IEnumerable<int> steps, int[] component, Closed? closed)
    {
        var order = ArrayPool<int>.Shared.Rent(plan.Steps.Length);
        var low = ArrayPool<int>.Shared.Rent(plan.Steps.Length);
        Array.Clear(order);
        var path = new Stack<(int Step, int Next)>();
        var open = new List<int>();
        var (clock, count) = (0, 0);

        foreach (var root in steps)
        {
            if (component[root] != Unnumbered || order[root] != 0)
                continue;

            Enter(root);

            while (path.TryPop(out var top))
            {
                var (step, next) = top;

                if (next < plan.Out[step].Length)
                {
                    path.Push((step, next + 1));
                    var target = plan.Target[plan.Out[step][next]];

                    if (component[target] != Unnumbered)
                        continue;

                    if (order[target] == 0)
                        Enter(target);
                    else
                        low[step] = Math.Min(low[step], order[target]);

                    continue;
                }

                if (low[step] == order[step])
                    Close(step);

                if (path.TryPeek(out var above) && component[step] == Unnumbered)
                    low[above.Step] = Math.Min(low[above.Step], low[step]);
            }
        }

        ArrayPool<int>.Shared.Return(order);
        ArrayPool<int>.Shared.Return(low);

        void Enter(int step)
        {
            order[step] = low[step] = ++clock;
            open.Add(step);
            path.Push((step, 0));
        }

        void Close(int step)
        {
            var from = open.Count - 1;

            while (open[from] != step)
                from--;

            var members = CollectionsMarshal.AsSpan(open)[from..];

            foreach (var member in members)
                component[member] = count;

            closed?.Invoke(count, members);
            count++;
            open.RemoveRange(from, open.Count - from);
        }
    }
}
