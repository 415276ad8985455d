using System.Collections.Concurrent;

namespace ServiceLoop.Engine.Nodes;

/// <summary>What sound joins must know about a chart that begins at a given step: back edges, and who can still reach whom.</summary>
/// <remarks>
/// Back edges come from the dominator tree (Cooper, Harvey, Kennedy: "A simple, fast dominance algorithm"). Reachability is computed for the pairs that a
/// run really asks for and kept: a search that stays small is kept alone, a wide one fills the table of its join at once. No path is ever enumerated.
/// </remarks>
internal sealed class SoundGraph
{
    /// <summary>Steps that a search may visit before the whole table of the join is cheaper.</summary>
    private const int SmallSearch = 128;

    private readonly FlowPlan plan;
    private readonly ConcurrentDictionary<(int From, int Join), ulong[]> reach = new();
    private readonly ConcurrentDictionary<int, ulong[][]> tables = new();
    private readonly ConcurrentDictionary<int, bool[]> races = new();

    public SoundGraph(FlowPlan plan, int start)
    {
        this.plan = plan;
        IsBack = new bool[plan.Source.Length];
        FindBackEdges(start);
    }

    /// <summary>By edge: its source cannot be reached from the start without passing its target.</summary>
    public bool[] IsBack { get; }

    /// <summary>Bits of the inbound edges of <paramref name="join"/> whose sources can be reached from <paramref name="from"/> without passing the join.</summary>
    public ulong[] Reach(int from, int join)
    {
        if (tables.TryGetValue(join, out var table))
            return table[from];

        if (reach.TryGetValue((from, join), out var bits))
            return bits;

        bits = Search(from, join);

        if (bits is not null)
            return reach[(from, join)] = bits;

        return tables.GetOrAdd(join, Table)[from];
    }

    public int EdgeCount => plan.Source.Length;

    public int StepCount => plan.Steps.Length;

    public int TargetOf(int edge) => plan.Target[edge];

    public bool CanReach(int from, int join)
    {
        foreach (var word in Reach(from, join))
            if (word != 0)
                return true;

        return false;
    }

    /// <summary>By step: a token from there reaches the join without crossing another join.</summary>
    public bool[] Races(int join) => races.GetOrAdd(join, FindRaces);

    private ulong[]? Search(int from, int join)
    {
        var bits = new ulong[(plan.In[join].Length + 63) / 64];
        var seen = new HashSet<int> { from };
        var stack = new Stack<int>();
        stack.Push(from);

        while (stack.TryPop(out var step))
        {
            foreach (var edge in plan.Out[step])
            {
                var target = plan.Target[edge];

                if (target == join)
                {
                    var i = Array.IndexOf(plan.In[join], edge);
                    bits[i / 64] |= 1ul << (i % 64);
                }
                else if (seen.Add(target))
                {
                    if (seen.Count > SmallSearch)
                        return null;

                    stack.Push(target);
                }
            }
        }

        return bits;
    }

    private ulong[][] Table(int join)
    {
        var inbound = plan.In[join];
        var words = (inbound.Length + 63) / 64;
        var table = new ulong[plan.Steps.Length][];

        for (var s = 0; s < table.Length; s++)
            table[s] = new ulong[words];

        var stack = new Stack<int>();

        for (var i = 0; i < inbound.Length; i++)
        {
            var (word, bit) = (i / 64, 1ul << (i % 64));
            Mark(plan.Source[inbound[i]]);

            while (stack.TryPop(out var step))
                foreach (var edge in plan.In[step])
                    Mark(plan.Source[edge]);

            void Mark(int step)
            {
                if (step == join || (table[step][word] & bit) != 0)
                    return;

                table[step][word] |= bit;
                stack.Push(step);
            }
        }

        return table;
    }

    private bool[] FindRaces(int join)
    {
        var seen = new bool[plan.Steps.Length];
        var stack = new Stack<int>();

        foreach (var edge in plan.In[join])
            Visit(plan.Source[edge]);

        while (stack.TryPop(out var step))
            if (!plan.IsJoin[step])
                foreach (var edge in plan.In[step])
                    Visit(plan.Source[edge]);

        return seen;

        void Visit(int step)
        {
            if (step == join || seen[step])
                return;

            seen[step] = true;
            stack.Push(step);
        }
    }

    private void FindBackEdges(int start)
    {
        var count = plan.Steps.Length;
        var order = new int[count];
        Array.Fill(order, -1);
        var reverse = PostOrder(start, order);
        var dominator = new int[count];
        Array.Fill(dominator, -1);

        if (start >= 0)
            dominator[start] = start;

        for (var changed = start >= 0; changed; )
        {
            changed = false;

            for (var i = reverse.Count - 2; i >= 0; i--)
            {
                var step = reverse[i];
                var best = -1;

                foreach (var edge in plan.In[step])
                {
                    var source = plan.Source[edge];

                    if (dominator[source] >= 0)
                        best = best < 0 ? source : Meet(source, best);
                }

                if (dominator[step] != best)
                {
                    dominator[step] = best;
                    changed = true;
                }
            }
        }

        var (enter, leave) = Number(start, dominator, reverse);

        for (var edge = 0; edge < IsBack.Length; edge++)
        {
            var (source, target) = (plan.Source[edge], plan.Target[edge]);
            IsBack[edge] = order[source] < 0 || (order[target] >= 0 && enter[target] <= enter[source] && leave[source] <= leave[target]);
        }

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

    private List<int> PostOrder(int start, int[] order)
    {
        var result = new List<int>();

        if (start < 0)
            return result;

        var seen = new bool[plan.Steps.Length];
        var stack = new Stack<(int Step, int Next)>();
        stack.Push((start, 0));
        seen[start] = true;

        while (stack.TryPop(out var top))
        {
            if (top.Next < plan.Out[top.Step].Length)
            {
                stack.Push((top.Step, top.Next + 1));
                var target = plan.Target[plan.Out[top.Step][top.Next]];

                if (!seen[target])
                {
                    seen[target] = true;
                    stack.Push((target, 0));
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
        var count = dominator.Length;
        var children = new List<int>?[count];

        for (var i = postOrder.Count - 1; i >= 0; i--)
        {
            var step = postOrder[i];

            if (step != start)
                (children[dominator[step]] ??= []).Add(step);
        }

        var enter = new int[count];
        var leave = new int[count];

        if (start < 0)
            return (enter, leave);

        var clock = 0;
        var stack = new Stack<(int Step, int Next)>();
        enter[start] = ++clock;
        stack.Push((start, 0));

        while (stack.TryPop(out var top))
        {
            if (children[top.Step] is { } list && top.Next < list.Count)
            {
                stack.Push((top.Step, top.Next + 1));
                enter[list[top.Next]] = ++clock;
                stack.Push((list[top.Next], 0));
            }
            else
            {
                leave[top.Step] = ++clock;
            }
        }

        return (enter, leave);
    }
}
