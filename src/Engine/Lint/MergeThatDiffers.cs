using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>A merge that Elsa's default mode takes otherwise than the sound rules: there it may be lost, or fail.</summary>
/// <remarks>
/// Elsa counts how often each connection into a merge was passed or left aside. Three shapes upset the count (observed on Elsa 3.6.3):
/// <list type="bullet">
/// <item>a merge with one connection that comes out of a loop and one that does not: each further round counts as a visit of the first alone.
/// Seen by dominance: the merge is the first step after the loop to which a way leads that does not pass the head of the loop;</item>
/// <item>the head of a loop inside another loop, when a run may wait at it: it is counted once too often;</item>
/// <item>a connection back to a step that not every way has passed: it fails.</item>
/// </list>
/// </remarks>
internal sealed class MergeThatDiffers : ILintRule
{
    /// <summary>Pairs of a loop and an edge that are looked at in one chart.</summary>
    private const long MaxLooks = 20_000_000;

    public string Code => "lint.merge-differs";

    public IEnumerable<CompileError> Find(LintedGraph graph)
    {
        if (graph.Graph.Semantics == FlowSemantics.ElsaToken)
            yield break;

        foreach (var node in graph.Own)
            if (node.Activity is Flowchart { Plan: { DefaultStart: >= 0 } plan })
                foreach (var (step, why) in new Chart(plan).Find())
                    yield return LintedGraph.Warn(
                        this,
                        plan.Steps[step],
                        $"{(graph.Graph.Semantics == FlowSemantics.Sound ? "elsewhere" : "here")}.{why.Name}",
                        Sentence(graph.Graph, plan.Steps[step], why.Words),
                        [why.Other.Label]
                    );
    }

    private static string Sentence(WorkflowGraph graph, Node node, string why) =>
        graph.Semantics == FlowSemantics.Sound
            ? $"The merge at '{node.Label}' ({node.Id}) works here, but not in a stock Elsa: {why}. Put the loop into a container of its own if the definition is to run there too."
            : $"The merge at '{node.Label}' ({node.Id}) does not work as drawn under elsa-counter: {why}. Set customProperties.flowSemantics to sound, or put the loop into a container of its own.";

    /// <summary>Why a merge differs.</summary>
    /// <param name="Name">Short name of the reason.</param>
    /// <param name="Other">The other step that has to do with it.</param>
    /// <param name="Words">The reason in words.</param>
    private sealed record Why(string Name, Node Other, string Words);

    private sealed class Chart
    {
        private readonly FlowPlan plan;
        private readonly ForwardGraph forward;
        private readonly Dominators dominators;
        private readonly SortedDictionary<int, Why> found = [];

        /// <summary>Sources of the connections back, by the head of the loop.</summary>
        private readonly SortedDictionary<int, List<int>> loops = [];

        public Chart(FlowPlan plan)
        {
            this.plan = plan;
            forward = new ForwardGraph(plan, plan.DefaultStart);
            dominators = new Dominators(plan, plan.DefaultStart, forward.IsForward);
        }

        public IEnumerable<(int Step, Why Why)> Find()
        {
            for (var edge = 0; edge < plan.Source.Length; edge++)
                Sort(edge);

            if (loops.Count > 0 && (long)loops.Count * plan.Source.Length <= MaxLooks)
            {
                foreach (var head in loops.Keys)
                    FindMergesAfter(head);

                FindWaitingHeads();
            }

            return found.Select(f => (f.Key, f.Value));
        }

        private void Sort(int edge)
        {
            var (source, target) = (plan.Source[edge], plan.Target[edge]);

            if (forward.IsForward[edge] || !dominators.IsReached(source))
                return;

            if (!dominators.IsReached(target) || !dominators.Dominates(target, source))
                found[target] = new(
                    "back",
                    plan.Steps[source],
                    $"the connection back from '{plan.Steps[source].Label}' fails, as not every way has passed this step before"
                );
            else if (loops.TryGetValue(target, out var sources))
                sources.Add(source);
            else
                loops.Add(target, [source]);
        }

        private void FindMergesAfter(int head)
        {
            for (var edge = 0; edge < plan.Source.Length; edge++)
            {
                var (source, target) = (plan.Source[edge], plan.Target[edge]);

                if (
                    forward.IsForward[edge]
                    && dominators.Dominates(head, source)
                    && !dominators.Dominates(head, target)
                    && !IsWaitAny(target)
                )
                    found.TryAdd(
                        target,
                        new(
                            "after-loop",
                            plan.Steps[head],
                            $"it joins the way out of the loop at '{plan.Steps[head].Label}' with one from outside the loop, and after a second round it is passed over"
                        )
                    );
            }
        }

        private void FindWaitingHeads()
        {
            var waiting = loops.Keys.Where(h => MayStand(plan.Steps[h])).ToHashSet();

            if (waiting.Count == 0)
                return;

            foreach (var (outer, sources) in loops)
            foreach (var inner in BodyOf(outer, sources))
                if (inner != outer && waiting.Contains(inner))
                    found.TryAdd(
                        inner,
                        new(
                            "waiting-head",
                            plan.Steps[outer],
                            $"a run waits at the head of a loop inside the loop at '{plan.Steps[outer].Label}', and in a later round of the outer one it is passed over"
                        )
                    );
        }

        /// <summary>The steps between the head of a loop and its connections back.</summary>
        private HashSet<int> BodyOf(int head, List<int> sources)
        {
            var body = new HashSet<int>(sources) { head };
            var pending = new Stack<int>(sources.Where(s => s != head));

            while (pending.TryPop(out var step))
                foreach (var edge in forward.In[step])
                    if (body.Add(plan.Source[edge]))
                        pending.Push(plan.Source[edge]);

            return body;
        }

        private bool IsWaitAny(int step) =>
            plan.Steps[step].Activity is FlowJoin join
            && (
                join.Mode is null
                || plan.Steps[step].Inputs[join.Mode.Index] is { Kind: BindingKind.Constant, Constant: FlowJoinMode.WaitAny }
            );

        private static bool MayStand(Node node) => Waits.MayWait(node) || node.RunsInBackground || node.Children.Any(MayStand);
    }
}
