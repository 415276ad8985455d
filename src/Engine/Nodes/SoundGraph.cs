using System.Buffers;
using System.Collections.Concurrent;

namespace ServiceLoop.Engine.Nodes;

/// <summary>What sound joins must know about a chart that begins at a given step: back edges, and who can still reach whom.</summary>
/// <remarks>
/// Reachability is computed for the pairs that a run really asks for and kept within limits. A step whose strong component cannot reach that of the join
/// is answered at once, and no search leaves the steps between the two. A search that stays small is kept alone, a wide one fills the table of its join,
/// one set for each strong component of the chart without the join. No path is ever enumerated.
/// </remarks>
internal sealed class SoundGraph
{
    /// <summary>Steps that a search may visit before the whole table of the join is cheaper.</summary>
    private const int SmallSearch = 128;

    /// <summary>Edges that a search may look at before the whole table is cheaper.</summary>
    private const int SmallSearchEdges = 1_024;

    /// <summary>Bytes, about, of each kind of answer that a chart keeps.</summary>
    private const long MaxKept = 32L * 1024 * 1024;

    private readonly FlowPlan plan;
    private readonly BoundedCache<(int From, int Join), EdgeSet> near = new(MaxKept);
    private readonly BoundedCache<int, ReachTable> tables = new(MaxKept);
    private readonly BoundedCache<int, HashSet<int>> races = new(MaxKept);
    private readonly ConcurrentDictionary<int, ulong[]> forward = new();
    private readonly BoundedCache<int, EdgeSet> inside = new(MaxKept);
    private readonly Lazy<bool[]> isArticulation;
    private readonly int[] forwardCount;

    public SoundGraph(FlowPlan plan, int start)
    {
        this.plan = plan;
        isArticulation = new(() => StrongComponents.Articulations(plan, SmallSearch));
        var dominators = new Dominators(plan, start);
        IsBack = new bool[plan.Source.Length];
        forwardCount = new int[plan.Steps.Length];

        for (var edge = 0; edge < IsBack.Length; edge++)
        {
            var (source, target) = (plan.Source[edge], plan.Target[edge]);
            IsBack[edge] = !dominators.IsReached(source) || dominators.Dominates(target, source);

            if (!IsBack[edge])
                forwardCount[target]++;
        }
    }

    /// <summary>By edge: its source cannot be reached from the start without passing its target.</summary>
    public bool[] IsBack { get; }

    public int EdgeCount => plan.Source.Length;

    public int StepCount => plan.Steps.Length;

    public int TargetOf(int edge) => plan.Target[edge];

    /// <summary>Place of an edge among those into its target.</summary>
    public int PlaceOf(int edge) => plan.Place[edge];

    public int[] EdgesInto(int join) => plan.In[join];

    public int ForwardEdgesInto(int join) => forwardCount[join];

    /// <summary>Bits of the inbound edges of a join that are no back edges.</summary>
    public ulong[] ForwardBits(int join) =>
        forward.GetOrAdd(
            join,
            j =>
            {
                var bits = new ulong[(plan.In[j].Length + 63) / 64];

                for (var i = 0; i < plan.In[j].Length; i++)
                    if (!IsBack[plan.In[j][i]])
                        bits[i / 64] |= 1ul << (i % 64);

                return bits;
            }
        );

    /// <summary>The inbound edges of <paramref name="join"/> whose sources can be reached from another step without passing the join.</summary>
    public EdgeSet Reach(int from, int join)
    {
        if (plan.Component[from] < plan.Component[join])
            return EdgeSet.Empty;

        if (plan.Component[from] == plan.Component[join] && !isArticulation.Value[join])
            return inside.Find(join) ?? FindInside(join);

        if (near.Find((from, join)) is { } found)
            return found;

        if (tables.Find(join) is { } table)
            return table.From(from);

        if (SearchNearby(from, join) is { } set)
            return near.Keep((from, join), set, 100 + set.Weight);

        table = new ReachTable(plan, join);
        return tables.Keep(join, table, table.Weight).From(from);
    }

    public bool CanReach(int from, int join) => !Reach(from, join).IsEmpty;

    /// <summary>True when a token from the step reaches the join without crossing another join.</summary>
    public bool Races(int step, int join)
    {
        if (races.Find(join) is not { } racers)
        {
            racers = FindRaces(join);
            races.Keep(join, racers, 100 + (20L * racers.Count));
        }

        return racers.Contains(step);
    }

    /// <summary>Edges from the join's own component, for a join that this component does not need to be one.</summary>
    private EdgeSet FindInside(int join)
    {
        var inbound = plan.In[join];
        var words = new ulong[(inbound.Length + 63) / 64];

        for (var i = 0; i < inbound.Length; i++)
            if (plan.Source[inbound[i]] != join && plan.Component[plan.Source[inbound[i]]] == plan.Component[join])
                words[i / 64] |= 1ul << (i % 64);

        var set = EdgeSet.Of(words);
        return inside.Keep(join, set, 100 + set.Weight);
    }

    /// <summary>Null when there is too much to look at.</summary>
    private EdgeSet? SearchNearby(int from, int join)
    {
        Span<int> seen = stackalloc int[SmallSearch];
        Span<int> places = stackalloc int[SmallSearch];
        var (count, found, looked) = (1, 0, 0);
        var floor = plan.Component[join];
        seen[0] = from;

        for (var i = 0; i < count; i++)
        {
            foreach (var edge in plan.Out[seen[i]])
            {
                if (++looked > SmallSearchEdges)
                    return null;

                var target = plan.Target[edge];

                if (target == join)
                {
                    if (found == places.Length)
                        return null;

                    places[found++] = plan.Place[edge];
                }
                else if (plan.Component[target] >= floor && !seen[..count].Contains(target))
                {
                    if (count == seen.Length)
                        return null;

                    seen[count++] = target;
                }
            }
        }

        places[..found].Sort();
        return EdgeSet.Of(places[..found]);
    }

    private HashSet<int> FindRaces(int join)
    {
        var seen = new HashSet<int>();
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
            if (step != join && seen.Add(step))
                stack.Push(step);
        }
    }
}

/// <summary>For one join: which of its inbound edges every step can reach without passing it.</summary>
internal sealed class ReachTable
{
    private readonly int[] steps;
    private readonly EdgeSet[] sets;

    public ReachTable(FlowPlan plan, int join)
    {
        var component = ArrayPool<int>.Shared.Rent(plan.Steps.Length);
        Array.Fill(component, StrongComponents.Outside);
        var region = Region(plan, join, component);
        var reached = new List<EdgeSet>();
        var words = new ulong[(plan.In[join].Length + 63) / 64];
        StrongComponents.Number(
            plan,
            region,
            component,
            (_, members) => reached.Add(Union(plan, join, members, component, reached, words))
        );
        steps = [.. region];
        Array.Sort(steps);
        sets = Array.ConvertAll(steps, s => reached[component[s]]);
        ArrayPool<int>.Shared.Return(component);
        Weight = 100 + (12L * steps.Length) + reached.Distinct(ReferenceEqualityComparer.Instance).Sum(s => (long)((EdgeSet)s!).Weight);
    }

    /// <summary>Bytes that it takes, about.</summary>
    public long Weight { get; }

    public EdgeSet From(int step) => Array.BinarySearch(steps, step) is >= 0 and var i ? sets[i] : EdgeSet.Empty;

    /// <summary>Steps that can reach the join.</summary>
    private static List<int> Region(FlowPlan plan, int join, int[] component)
    {
        var region = new List<int>();
        Visit(join);

        for (var i = 0; i < region.Count; i++)
            Visit(region[i]);

        return region;

        void Visit(int step)
        {
            foreach (var edge in plan.In[step])
            {
                var source = plan.Source[edge];

                if (source == join || component[source] != StrongComponents.Outside)
                    continue;

                component[source] = StrongComponents.Unnumbered;
                region.Add(source);
            }
        }
    }

    private static EdgeSet Union(FlowPlan plan, int join, ReadOnlySpan<int> members, int[] component, List<EdgeSet> reached, ulong[] words)
    {
        // What adds nothing to one successor is the same set.
        EdgeSet? only = null;
        var isOne = true;
        Array.Clear(words);

        foreach (var step in members)
        foreach (var edge in plan.Out[step])
        {
            var target = plan.Target[edge];

            if (target == join)
            {
                words[plan.Place[edge] / 64] |= 1ul << (plan.Place[edge] % 64);
                isOne = false;
            }
            else if (component[target] >= 0 && component[target] < reached.Count && !ReferenceEquals(reached[component[target]], only))
            {
                isOne &= only is null;
                only = reached[component[target]];
                only.AddTo(words);
            }
        }

        return isOne && only is not null ? only : EdgeSet.Of(words);
    }
}
