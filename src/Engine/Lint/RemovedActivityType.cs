using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>An activity whose type is gone, as a designer wrote it down that did not know it either. Of the others the compiler itself warns.</summary>
internal sealed class RemovedActivityType : ILintRule
{
    public string Code => "lint.removed-type";

    public IEnumerable<CompileError> Find(LintedGraph graph) =>
        graph
            .Own.Where(n => n.Activity is NotFoundActivity { WasUnknownWhenWritten: true })
            .Select(n =>
                LintedGraph.Warn(
                    this,
                    n,
                    "text",
                    $"'{n.Label}' ({n.Id}) has the type '{((NotFoundActivity)n.Activity).MissingTypeName}', which was removed or is not installed; it fails when it is reached. Install its package, or replace it.",
                    [((NotFoundActivity)n.Activity).MissingTypeName]
                )
            );
}
