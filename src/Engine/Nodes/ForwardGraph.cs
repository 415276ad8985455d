using System.Collections.Concurrent;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Which edges Elsa takes for forward, in a chart that begins at a given step.</summary>
/// <remarks>
/// Breadth-first from the start; an edge that would close a cycle over edges already taken is backward. As only steps that were visited have outgoing
/// edges taken, the search for a cycle is needed for edges into visited steps only. Elsa repeats this in every burst and lists all paths to judge a
/// backward edge; here one search without the target answers the same question.
/// </remarks>
internal sealed class ForwardGraph
{
    private readonly FlowPlan plan;
    private readonly int start;
    private readonly ConcurrentDictionary<int, bool> valid = new();
    private readonly ConcurrentDictionary<int, bool[]> ancestors = new();

    public ForwardGraph(FlowPlan plan, int start)
    {
        (this.plan, this.start) = (plan, start);
        IsForward = new bool[plan.Source.Length];
        FindForward();
        In = [.. plan.In.Select(list => list.Where(e => IsForward[e]).ToArray())];
    }

    public bool[] IsForward { get; }

    /// <summary>Inbound forward edges by step.</summary>
    public int[][] In { get; }

    public bool IsDangling(int step) => step != start && In[step].Length == 0;

    /// <summary>A backward edge is valid when every forward path from the start to its source passes its target.</summary>
    public bool IsValidBackward(int edge) => valid.GetOrAdd(edge, e => !ReachesWithout(plan.Source[e], plan.Target[e]));

    /// <summary>By step: whether it lies upstream over forward edges.</summary>
    public bool[] Ancestors(int step) => ancestors.GetOrAdd(step, FindAncestors);

    private bool ReachesWithout(int source, int avoided)
    {
        if (source == avoided || start == avoided)
            return false;

        var seen = new bool[plan.Steps.Length];
        var stack = new Stack<int>();
        seen[source] = true;
        stack.Push(source);

        while (stack.TryPop(out var step))
        {
            if (step == start)
                return true;

            foreach (var edge in In[step])
            {
                var previous = plan.Source[edge];

                if (previous != avoided && !seen[previous])
                {
                    seen[previous] = true;
                    stack.Push(previous);
                }
            }
        }

        return false;
    }

    private bool[] FindAncestors(int step)
    {
        var seen = new bool[plan.Steps.Length];
        var stack = new Stack<int>();
        stack.Push(step);

        while (stack.TryPop(out var current))
            foreach (var edge in In[current])
                if (!seen[plan.Source[edge]])
                {
                    seen[plan.Source[edge]] = true;
                    stack.Push(plan.Source[edge]);
                }

        return seen;
    }

    private void FindForward()
    {
        if (start < 0)
            return;

        var visited = new bool[plan.Steps.Length];
        var queued = new bool[plan.Steps.Length];
        var queue = new Queue<int>();
        queue.Enqueue(start);
        queued[start] = true;

        while (queue.TryDequeue(out var step))
        {
            visited[step] = true;

            foreach (var edge in plan.Out[step])
            {
                var target = plan.Target[edge];

                if (target == step || (visited[target] && HasPath(target, step)))
                    continue;

                IsForward[edge] = true;

                if (!queued[target])
                {
                    queued[target] = true;
                    queue.Enqueue(target);
                }
            }
        }
    }

    private bool HasPath(int from, int to)
    {
        var seen = new HashSet<int> { from };
        var stack = new Stack<int>();
        stack.Push(from);

        while (stack.TryPop(out var step))
        {
            if (step == to)
                return true;

            foreach (var edge in plan.Out[step])
                if (IsForward[edge] && seen.Add(plan.Target[edge]))
                    stack.Push(plan.Target[edge]);
        }

        return false;
    }
}
