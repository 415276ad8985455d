using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>
/// Finds HTTP responses that can never be sent: on every way to them the workflow has waited since the request came. Where one way may be without a
/// wait, nothing is said.
/// </summary>
public static class AnswerAfterWait
{
    /// <summary>Code of the error.</summary>
    public const string Code = "http.answer-after-wait";

    /// <summary>With which requests an activity may be reached.</summary>
    [Flags]
    private enum Reach
    {
        None = 0,

        /// <summary>A request waits for its answer.</summary>
        Request = 1,

        /// <summary>The workflow has waited, or nobody asked by HTTP.</summary>
        NoRequest = 2,
    }

    /// <summary>The errors of a workflow.</summary>
    public static ImmutableArray<CompileError> Find(WorkflowGraph graph)
    {
        if (!graph.Nodes.Any(n => n.Activity is WriteHttpResponse))
            return [];

        var walk = new Walk(graph);
        return
        [
            .. graph
                .Nodes.Where(n => n.Activity is WriteHttpResponse && walk.Into(n) == Reach.NoRequest)
                .Select(n => new CompileError(
                    Code,
                    "$.root",
                    $"'{n.Id}' answers an HTTP request, but on every way to it the workflow has waited, and the request is gone by then. "
                        + "Answer before the first wait, or wait with an HTTP endpoint and answer that request.",
                    ActivityId: n.Id
                )),
        ];
    }

    /// <summary>Carries both possibilities along the ways of the graph until nothing changes any more.</summary>
    private sealed class Walk
    {
        private readonly Reach[] into;
        private readonly Reach[] outOf;
        private bool changed;

        public Walk(WorkflowGraph graph)
        {
            into = new Reach[graph.Nodes.Length];
            outOf = new Reach[graph.Nodes.Length];
            // Whoever starts it may wait for an answer: an endpoint, or the execute call.
            into[graph.Root.Index] = Reach.Request;

            // A start in the middle, by another stimulus than a request.
            foreach (var node in graph.Nodes.Where(n => n.Descriptor.IsTrigger && n.Activity.CanStartWorkflow))
                into[node.Index] |= Reach.NoRequest;

            // Each round adds at least one possibility, and there are two on each side of a node.
            do
            {
                changed = false;

                foreach (var node in graph.Nodes)
                    Visit(node);
            } while (changed);
        }

        public Reach Into(Node node) => into[node.Index];

        private void Visit(Node node)
        {
            var now = into[node.Index];
            Add(
                outOf,
                node,
                now == Reach.None ? Reach.None
                    : node.Activity is HttpEndpoint ? Reach.Request
                    : AlwaysWaits(node) ? Reach.NoRequest
                    : node.Children.IsEmpty ? now
                    : Through(node, now)
            );
        }

        private void Add(Reach[] to, Node node, Reach more)
        {
            var before = to[node.Index];
            to[node.Index] |= more;
            changed |= to[node.Index] != before;
        }

        private static bool AlwaysWaits(Node node) =>
            node.Activity is Event or RunTask or Delay or Engine.Nodes.Timer or Cron || node.Activity.RunAsynchronously == true;

        /// <summary>Leads into the children, and tells how the container is left.</summary>
        private Reach Through(Node node, Reach now) =>
            node.Activity switch
            {
                Flowchart chart => ThroughChart(node, chart, now),
                Sequence => ThroughSequence(node, now),
                Composite => Enter(node.Children, now),
                If when node.Children.Length == 2 => Enter(node.Children, now),
                // Loops and all else: any child may come after any other, and perhaps none runs.
                _ => Enter(node.Children, now | Left(node.Children)) | now,
            };

        private Reach ThroughSequence(Node node, Reach now)
        {
            foreach (var child in node.Children)
            {
                Add(into, child, now);
                now = outOf[child.Index];
            }

            // One that may be left in the middle.
            return node.Children.Any(c => c.Activity is Break or Complete) ? Left(node.Children) : now;
        }

        private Reach ThroughChart(Node node, Flowchart chart, Reach now)
        {
            var byActivity = node.Children.ToDictionary(c => c.Activity);
            var targets = chart.Connections.Select(c => c.Target).ToHashSet();

            foreach (var child in node.Children)
                if (
                    child == node.Children[0]
                    || child.Activity is Start
                    || child.Activity.CanStartWorkflow
                    || !targets.Contains(child.Activity)
                )
                    Add(into, child, now);

            foreach (var connection in chart.Connections)
                if (byActivity.TryGetValue(connection.Source, out var source) && byActivity.TryGetValue(connection.Target, out var target))
                    Add(into, target, outOf[source.Index]);

            return Left(node.Children);
        }

        private Reach Enter(ImmutableArray<Node> children, Reach now)
        {
            foreach (var child in children)
                Add(into, child, now);

            return Left(children);
        }

        private Reach Left(ImmutableArray<Node> children) => children.Aggregate(Reach.None, (all, child) => all | outOf[child.Index]);
    }
}
