using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Lint;

/// <summary>A waiting point of the version before that has no counterpart of the same id: an instance that waits there could not be migrated by itself.</summary>
internal static class LostWaitingPoint
{
    public const string RuleCode = "lint.lost-waiting-point";

    public static IEnumerable<CompileError> Find(LintedGraph graph, LintedGraph previous)
    {
        var types = new HashSet<(string Id, string Type)>(graph.Own.Select(n => (n.Id, n.Descriptor.TypeName)));
        var ids = new HashSet<string>(graph.Own.Select(n => n.Id), StringComparer.Ordinal);

        foreach (var node in previous.Own)
        {
            if (!Waits.MayWait(node) || types.Contains((node.Id, node.Descriptor.TypeName)) || !previous.IsReached(node))
                continue;

            var (name, now) = ids.Contains(node.Id) ? ("other-type", "is an activity of another type") : ("gone", "does not exist");
            yield return new CompileError(
                RuleCode,
                PathOf(graph.Graph),
                $"Instances of version {previous.Graph.Version} may wait at '{node.Label}' ({node.Id}, {node.Descriptor.TypeName}), which {now} in this version: they cannot be migrated without a map. Keep the id, name another activity for it when you migrate, or let them end on their version.",
                CompileSeverity.Warning,
                node.Id
            )
            {
                ActivityName = node.Label,
                Sentence = $"{RuleCode}.{name}",
                Values =
                [
                    node.Label,
                    node.Id,
                    node.Descriptor.TypeName,
                    previous.Graph.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ],
            };
        }
    }

    private static string PathOf(WorkflowGraph graph) => graph.Root.Activity.Path is "$" ? "$.root" : graph.Root.Activity.Path;
}
