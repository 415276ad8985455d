using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>A graph as the rules see it: its own activities, without those inside workflows that it uses.</summary>
internal sealed class LintedGraph
{
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);
    private readonly Lazy<ReachedNodes> reached;

    public LintedGraph(WorkflowGraph graph)
    {
        Graph = graph;
        Own = [.. graph.Nodes.Where(n => n.Composite == graph.Root && n.Activity is not UndoWorkflow)];

        foreach (var node in Own)
            positions.TryAdd(node.Id, node.Index);

        reached = new(() => new ReachedNodes(graph));
    }

    public WorkflowGraph Graph { get; }

    /// <summary>The activities of this workflow itself, outer before inner.</summary>
    public ImmutableArray<Node> Own { get; }

    /// <summary>False when no run can come to the activity.</summary>
    public bool IsReached(Node node) => reached.Value.Contains(node);

    /// <summary>Place of an activity among all; last for what is not one of them.</summary>
    public int PositionOf(string? activityId) => activityId is null ? -1 : positions.GetValueOrDefault(activityId, int.MaxValue);

    /// <summary>A warning about an activity.</summary>
    /// <param name="rule">The rule that found it.</param>
    /// <param name="node">The activity.</param>
    /// <param name="name">What tells its sentence from others of the rule.</param>
    /// <param name="sentence">What is odd, and what to do about it.</param>
    /// <param name="values">What stands in the sentence behind the label and the id of the activity.</param>
    /// <param name="path">JSON path; the activity's own when null.</param>
    public static CompileError Warn(
        ILintRule rule,
        Node node,
        string name,
        string sentence,
        ImmutableArray<string> values,
        string? path = null
    ) =>
        new(rule.Code, path ?? node.Activity.Path, sentence, CompileSeverity.Warning, node.Id)
        {
            ActivityName = node.Label,
            Sentence = $"{rule.Code}.{name}",
            Values = [node.Label, node.Id, .. values],
        };
}
