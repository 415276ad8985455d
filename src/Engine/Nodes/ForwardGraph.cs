namespace ServiceLoop.Engine.Nodes;

/// <summary>Which edges Elsa takes for forward, in a chart that begins at a given step.</summary>
/// <remarks>
/// Breadth-first from the start; an edge that would close a cycle over edges already taken is backward. As only steps that were visited have outgoing
/// edges taken, the search for a cycle is needed for edges into visited steps only; and not there either when the two ends lie in different strong
/// components (no way back), or the target lies above the source in the tree of the first visits (a way back is known). Elsa repeats this in every
/// burst and lists all paths to judge a backward edge; here the dominator tree answers the same question.
/// </remarks>
internal sealed class ForwardGraph
{
    /// <summary>Bytes, about, that are kept about what lies upstream of joins.</summary>
    private const long MaxKept = 32L * 1024 * 1024;

    private readonly FlowPlan plan;
    private readonly int start;
    private readonly Lazy<Dominators> dominators;
    private readonly BoundedCache<int, HashSet<int>> ancestors = new(MaxKept);

    public ForwardGraph(FlowPlan plan, int start)
    {
        (this.plan, this.start) = (plan, start);
        IsForward = new bool[plan.Source.Length];
        FindForward();
        In = [.. plan.In.Select(list => Array.TrueForAll(list, e => IsForward[e]) ? list : Array.FindAll(list, e => IsForward[e]))];
        dominators = new(() => new Dominators(plan, start, IsForward));
    }

    public bool[] IsForward { get; }

    /// <summary>Inbound forward edges by step.</summary>
    public int[][] In { get; }

    public bool IsDangling(int step) => step != start && In[step].Length == 0;

    /// <summary>A backward edge is valid when every forward path from the start to its source passes its target.</summary>
    public bool IsValidBackward(int edge) =>
        !dominators.Value.IsReached(plan.Source[edge]) || dominators.Value.Dominates(plan.Target[edge], plan.Source[edge]);

    /// <summary>Steps that lie upstream over forward edges.</summary>
    public HashSet<int> Ancestors(int step)
    {
        if (ancestors.Find(step) is { } found)
            return found;

        found = FindAncestors(step);
        return ancestors.Keep(step, found, 100 + (20L * found.Count));
    }

    private HashSet<int> FindAncestors(int step)
    {
        var seen = new HashSet<int>();
        var stack = new Stack<int>();
        stack.Push(step);

        while (stack.TryPop(out var current))
            foreach (var edge in In[current])
                if (seen.Add(plan.Source[edge]))
                    stack.Push(plan.Source[edge]);

        return seen;
    }

    private void FindForward()
    {
        if (start < 0)
            return;

        var (order, enter, leave) = FirstVisits();
        var isVisited = new bool[plan.Steps.Length];
        var search = new CycleSearch(plan, IsForward);

        foreach (var step in order)
        {
            isVisited[step] = true;

            foreach (var edge in plan.Out[step])
            {
                var target = plan.Target[edge];
                IsForward[edge] = target != step && !(isVisited[target] && HasWayBack(target, step));
            }
        }

        bool HasWayBack(int target, int step) =>
            plan.Component[target] == plan.Component[step]
            && ((enter[target] <= enter[step] && leave[step] <= leave[target]) || search.HasPath(target, step));
    }

    /// <summary>Steps in the order in which they are visited, and the tree of the edges over which each is first found; these are always forward.</summary>
    private (List<int> Order, int[] Enter, int[] Leave) FirstVisits()
    {
        var order = new List<int> { start };
        var children = new List<int>?[plan.Steps.Length];
        var isFound = new bool[plan.Steps.Length];
        isFound[start] = true;

        for (var i = 0; i < order.Count; i++)
            foreach (var edge in plan.Out[order[i]])
            {
                var target = plan.Target[edge];

                if (isFound[target])
                    continue;

                isFound[target] = true;
                (children[order[i]] ??= []).Add(target);
                order.Add(target);
            }

        var (enter, leave) = Dominators.Number(start, children);
        return (order, enter, leave);
    }

    /// <summary>Looks for a path over the edges that are forward so far, from both ends in turn: the smaller side decides.</summary>
    private sealed class CycleSearch(FlowPlan plan, bool[] isForward)
    {
        private readonly int[] seenAhead = new int[plan.Steps.Length];
        private readonly int[] seenBehind = new int[plan.Steps.Length];
        private readonly List<int> ahead = [];
        private readonly List<int> behind = [];
        private int round;

        public bool HasPath(int from, int to)
        {
            round++;
            ahead.Clear();
            behind.Clear();
            ahead.Add(from);
            behind.Add(to);
            seenAhead[from] = seenBehind[to] = round;

            for (var i = 0; i < ahead.Count && i < behind.Count; i++)
                if (
                    Expand(ahead[i], plan.Out, plan.Target, ahead, seenAhead, seenBehind)
                    || Expand(behind[i], plan.In, plan.Source, behind, seenBehind, seenAhead)
                )
                    return true;

            return false;
        }

        /// <summary>True when the two sides meet.</summary>
        private bool Expand(int step, int[][] edges, int[] end, List<int> side, int[] seen, int[] seenByOther)
        {
            foreach (var edge in edges[step])
            {
                if (!isForward[edge] || plan.Component[end[edge]] != plan.Component[step])
                    continue;

                var next = end[edge];

                if (seenByOther[next] == round)
                    return true;

                if (seen[next] == round)
                    continue;

                seen[next] = round;
                side.Add(next);
            }

            return false;
        }
    }
}
