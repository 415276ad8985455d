using ServiceLoop.Engine.Nodes;
using ServiceLoop.TestKit;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Charts;

/// <summary>What the charts compute about themselves, beside the plainest way to compute it.</summary>
public sealed class ReachTests
{
    [Theory]
    [InlineData(5, 8, 60)]
    [InlineData(12, 30, 30)]
    [InlineData(80, 130, 6)]
    [InlineData(200, 220, 1)]
    [InlineData(150, 1_200, 1)]
    public void Every_step_reaches_what_a_search_finds(int steps, int edges, int charts)
    {
        for (var seed = 1; seed <= charts; seed++)
        {
            var plan = Random(steps, edges, (ulong)seed);
            var graph = new SoundGraph(plan, 0);

            foreach (var join in Enumerable.Range(0, steps).Where(s => plan.IsJoin[s]))
            foreach (var from in Enumerable.Range(0, steps).Where(s => s != join))
            {
                var bits = new ulong[(plan.In[join].Length + 63) / 64];
                graph.Reach(from, join).AddTo(bits);
                var seen = Seen(plan, from, join, null);
                var expected = plan.In[join].Select(e => seen.Contains(plan.Source[e])).ToArray();

                for (var i = 0; i < expected.Length; i++)
                    ((bits[i / 64] & (1ul << (i % 64))) != 0).ShouldBe(expected[i], $"seed {seed}: {from} to edge {i} of {join}");
            }
        }
    }

    [Theory]
    [InlineData(5, 8, 100)]
    [InlineData(12, 30, 60)]
    [InlineData(60, 150, 10)]
    public void Edges_are_forward_and_backward_as_Elsa_finds_them(int steps, int edges, int charts)
    {
        for (var seed = 1; seed <= charts; seed++)
        {
            var plan = Random(steps, edges, (ulong)seed);
            var graph = new ForwardGraph(plan, 0);
            var forward = ElsaForward(plan);
            var sound = new SoundGraph(plan, 0);

            graph.IsForward.ShouldBe(forward, $"seed {seed}");

            for (var e = 0; e < forward.Length; e++)
            {
                var (source, target) = (plan.Source[e], plan.Target[e]);
                var isReached = HasWay(plan, 0, source, -1, null);
                sound.IsBack[e].ShouldBe(!isReached || !HasWay(plan, 0, source, target, null), $"seed {seed}: edge {e}");

                if (!forward[e] && isReached)
                    graph.IsValidBackward(e).ShouldBe(!HasWay(plan, 0, source, target, forward), $"seed {seed}: edge {e}");
            }
        }
    }

    [Fact]
    public void A_set_of_edges_is_the_same_as_ranges_and_as_bits()
    {
        var dice = new Dice(7);

        for (var round = 0; round < 300; round++)
        {
            var words = new ulong[1 + dice.Below(4)];
            var others = new ulong[words.Length];

            for (var w = 0; w < words.Length; w++)
                (words[w], others[w]) = (
                    dice.Percent(30) ? ulong.MaxValue << dice.Below(64) : dice.Bits() & dice.Bits(),
                    1ul << dice.Below(64)
                );

            var set = EdgeSet.Of(words);
            var places = Enumerable.Range(0, words.Length * 64).Where(i => (words[i / 64] & (1ul << (i % 64))) != 0).ToArray();
            var meets = words.Zip(others).Any(p => (p.First & p.Second) != 0);

            foreach (var same in new[] { set, EdgeSet.Of(places) })
            {
                var back = new ulong[words.Length];
                same.AddTo(back);
                back.ShouldBe(words);
                same.Meets(others).ShouldBe(meets);
                same.IsEmpty.ShouldBe(places.Length == 0);
            }
        }
    }

    private static FlowPlan Random(int steps, int edges, ulong seed)
    {
        var dice = new Dice(seed);
        var ends = Enumerable
            .Range(1, steps - 1)
            .Select(i => $"s{dice.Below(i)}>s{i}")
            .Concat(Enumerable.Range(0, edges).Select(_ => $"s{dice.Below(steps)}>s{dice.Below(steps)}"));
        var chart = Draw.Chart("s0 " + string.Join(' ', ends), [.. Enumerable.Range(0, steps).Select(i => Draw.Of("Elsa.End", $"s{i}"))]);
        return ((Flowchart)chart.Graph().Nodes.First(n => n.Activity is Flowchart).Activity).Plan;
    }

    /// <summary>As Elsa does it: breadth-first, an edge is backward when its target already leads to its source.</summary>
    private static bool[] ElsaForward(FlowPlan plan)
    {
        var forward = new bool[plan.Source.Length];
        var visited = new HashSet<int>();
        var queue = new Queue<int>([0]);

        while (queue.TryDequeue(out var step))
        {
            if (!visited.Add(step))
                continue;

            foreach (var edge in plan.Out[step])
            {
                forward[edge] = !(visited.Contains(plan.Target[edge]) && HasWay(plan, plan.Target[edge], step, -1, forward));

                if (forward[edge])
                    queue.Enqueue(plan.Target[edge]);
            }
        }

        return forward;
    }

    private static bool HasWay(FlowPlan plan, int from, int to, int without, bool[]? over) => Seen(plan, from, without, over).Contains(to);

    private static HashSet<int> Seen(FlowPlan plan, int from, int without, bool[]? over)
    {
        var seen = new HashSet<int>();
        var stack = new Stack<int>([from]);

        while (stack.TryPop(out var step))
            if (step != without && seen.Add(step))
                foreach (var edge in plan.Out[step])
                    if (over is null || over[edge])
                        stack.Push(plan.Target[edge]);

        return seen;
    }
}
