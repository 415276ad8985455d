namespace ServiceLoop.Engine.Nodes;

/// <summary>Which steps every way from the start to a step passes (Cooper, Harvey, Kennedy: "A simple, fast dominance algorithm").</summary>
internal sealed class Dominators
{
    private readonly int[][] inbound;
    private readonly int[][] outbound;
    private readonly int[] source;
    private readonly int[] target;
    private readonly int[] order;
    private readonly int[] enter;
    private readonly int[] leave;

    /// <param name="plan">The chart.</param>
    /// <param name="start">Where the ways begin; -1 for nowhere.</param>
    /// <param name="counts">By edge: whether ways lead over it; null for all.</param>
    /// <param name="isReversed">True to take every edge against its direction.</param>
    public Dominators(FlowPlan plan, int start, bool[]? counts = null, bool isReversed = false)
    {
        (inbound, outbound, source, target) = isReversed
            ? (plan.Out, plan.In, plan.Target, plan.Source)
            : (plan.In, plan.Out, plan.Source, plan.Target);
        order = new int[plan.Steps.Length];
        Array.Fill(order, -1);
        var postOrder = PostOrder(start, counts);
        var dominator = Find(start, counts, postOrder);
        (enter, leave) = Number(start, dominator, postOrder);
    }

    /// <summary>True when some way leads from the start to the step.</summary>
    public bool IsReached(int step) => order[step] >= 0;

    /// <summary>True when every way from the start to <paramref name="step"/> passes <paramref name="by"/>; both are reached.</summary>
    public bool Dominates(int by, int step) => IsReached(by) && enter[by] <= enter[step] && leave[step] <= leave[by];

    /// <summary>True when it dominates another step.</summary>
    public bool DominatesAny(int step) => leave[step] > enter[step] + 1;

    private int[] Find(int start, bool[]? counts, List<int> postOrder)
    {
        var dominator = new int[order.Length];
        Array.Fill(dominator, -1);

        if (start >= 0)
            dominator[start] = start;

        for (var changed = start >= 0; changed; )
        {
            changed = false;

            for (var i = postOrder.Count - 2; i >= 0; i--)
            {
                var step = postOrder[i];
                var best = -1;

                foreach (var edge in inbound[step])
                {
                    var from = source[edge];

                    if (dominator[from] >= 0 && counts?[edge] != false)
                        best = best < 0 ? from : Meet(from, best);
                }

                if (dominator[step] != best)
                {
                    dominator[step] = best;
                    changed = true;
                }
            }
        }

        return dominator;

        int Meet(int a, int b)
        {
            while (a != b)
            {
                while (order[a] < order[b])
                    a = dominator[a];

                while (order[b] < order[a])
                    b = dominator[b];
            }

            return a;
        }
    }

    private List<int> PostOrder(int start, bool[]? counts)
    {
        var result = new List<int>();

        if (start < 0)
            return result;

        var seen = new bool[order.Length];
        var stack = new Stack<(int Step, int Next)>();
        stack.Push((start, 0));
        seen[start] = true;

        while (stack.TryPop(out var top))
        {
            if (top.Next < outbound[top.Step].Length)
            {
                stack.Push((top.Step, top.Next + 1));
                var edge = outbound[top.Step][top.Next];
                var to = target[edge];

                if (!seen[to] && counts?[edge] != false)
                {
                    seen[to] = true;
                    stack.Push((to, 0));
                }
            }
            else
            {
                order[top.Step] = result.Count;
                result.Add(top.Step);
            }
        }

        return result;
    }

    /// <summary>Numbers the dominator tree so that "a dominates b" is two comparisons.</summary>
    private static (int[] Enter, int[] Leave) Number(int start, int[] dominator, List<int> postOrder)
    {
        var children = new List<int>?[dominator.Length];

        for (var i = postOrder.Count - 1; i >= 0; i--)
        {
            var step = postOrder[i];

            if (step != start)
                (children[dominator[step]] ??= []).Add(step);
        }

        return Number(start, children);
    }

    /// <summary>Numbers a tree so that "a lies above b" is two comparisons.</summary>
    public static (int[] Enter, int[] Leave) Number(int root, List<int>?[] children)
    {
        var entered = new int[children.Length];
        var left = new int[children.Length];

        if (root < 0)
            return (entered, left);

        var clock = 0;
        var stack = new Stack<(int Step, int Next)>();
        entered[root] = ++clock;
        stack.Push((root, 0));

        while (stack.TryPop(out var top))
        {
            if (children[top.Step] is { } list && top.Next < list.Count)
            {
                stack.Push((top.Step, top.Next + 1));
                entered[list[top.Next]] = ++clock;
                stack.Push((list[top.Next], 0));
            }
            else
            {
                left[top.Step] = ++clock;
            }
        }

        return (entered, left);
    }
}
