using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Engine.Lint;

/// <summary>An activity that no run can come to: a leftover, or a connection that was forgotten.</summary>
internal sealed class UnreachableActivity : ILintRule
{
    public string Code => "lint.unreachable";

    public IEnumerable<CompileError> Find(LintedGraph graph) =>
        graph
            .Own.Where(n => !graph.IsReached(n) && (n.Parent is null || graph.IsReached(n.Parent)))
            .Select(n =>
                LintedGraph.Warn(
                    this,
                    n,
                    "text",
                    $"No run can come to '{n.Label}' ({n.Id}): nothing that runs leads to it. Connect it, or remove it.",
                    []
                )
            );
}
