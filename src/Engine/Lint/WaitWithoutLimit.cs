using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>A wait for others beside which no clock runs: if nobody comes, the case stands still for ever and nobody notices.</summary>
/// <remarks>
/// A clock runs beside a wait when something that waits for time can be alive while the wait is: in a branch of the same chart that parts from the way to
/// the wait and does not pass it, in a branch beside it, or in one beside a container around it. A task may also carry its limit itself (<see cref="Words.Limit"/>).
/// </remarks>
internal sealed class WaitWithoutLimit : ILintRule
{
    public string Code => "lint.wait-without-limit";

    public IEnumerable<CompileError> Find(LintedGraph graph)
    {
        var clocks = new ClockFinder(graph.Graph);

        foreach (var node in graph.Own)
        {
            if (!Waits.IsForOthers(node) || node.Activity.CanStartWorkflow || !graph.IsReached(node) || HasOwnLimit(node))
                continue;

            if (clocks.RunsBeside(node) is false)
                yield return LintedGraph.Warn(
                    this,
                    node,
                    "text",
                    $"'{node.Label}' ({node.Id}) waits without limit: no timer runs beside it. Let a Delay or Timer run beside it and go on with whichever comes first, or give the task a due date.",
                    []
                );
        }
    }

    private static bool HasOwnLimit(Node node) =>
        Words.Limit.AreIn(node.Activity)
        || (node.Activity is RunTask && Array.Find(node.Inputs, i => i.Name == nameof(RunTask.Payload)) is { } payload && LimitIn(payload));

    private static bool LimitIn(InputBinding payload) =>
        payload.Kind is BindingKind.Constant or BindingKind.Script && Words.Limit.MayBeIn(payload);
}
