using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Lint;

/// <summary>A step for people of which nobody is told that it is theirs.</summary>
/// <remarks>
/// A step for people is a Run Task, or an activity whose type has an input for whom to assign it to. It has an owner when such an input has a value, or
/// when its custom properties or its payload have one under a name of <see cref="Words.Owner"/>.
/// </remarks>
internal sealed class StepWithoutOwner : ILintRule
{
    private static readonly HashSet<string> OwnerInputs = new(StringComparer.OrdinalIgnoreCase)
    {
        "Assignee",
        "Assignees",
        "CandidateUsers",
        "CandidateGroups",
        "Candidates",
    };

    public string Code => "lint.step-without-owner";

    public IEnumerable<CompileError> Find(LintedGraph graph)
    {
        foreach (var node in graph.Own)
        {
            var inputs = node.Inputs.Where(i => OwnerInputs.Contains(i.Name)).ToList();

            if ((node.Activity is not RunTask && inputs.Count == 0) || !graph.IsReached(node))
                continue;

            if (inputs.Any(IsGiven) || Words.Owner.AreIn(node.Activity) || PayloadOf(node) is { } payload && Words.Owner.MayBeIn(payload))
                continue;

            var names = string.Join(" / ", inputs.Select(i => i.Name));
            var cure =
                inputs.Count > 0
                    ? $"Set {names}."
                    : "Name an assignee, candidateUsers, candidateGroups, team, role or queue in its payload.";
            yield return LintedGraph.Warn(
                this,
                node,
                inputs.Count > 0 ? "input" : "payload",
                $"The step '{node.Label}' ({node.Id}) has no owner: nobody is told that it is theirs. {cure}",
                inputs.Count > 0 ? [names] : []
            );
        }
    }

    private static InputBinding? PayloadOf(Node node) =>
        node.Activity is RunTask ? Array.Find(node.Inputs, i => i.Name == nameof(RunTask.Payload)) : null;

    private static bool IsGiven(InputBinding input) =>
        input.Kind != BindingKind.Constant
        || input.Constant switch
        {
            null => false,
            string text => text.Trim().Length > 0,
            System.Collections.IEnumerable items => items.Cast<object?>().Any(),
            _ => true,
        };
}
