using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Engine.Lint;

/// <summary>Finds what is odd about a workflow that compiles. Pure; the time grows about with the number of activities and connections.</summary>
public static class WorkflowLint
{
    private static readonly ImmutableArray<ILintRule> Rules =
    [
        new StepWithoutOwner(),
        new WaitWithoutLimit(),
        new UnreachableActivity(),
        new MergeThatDiffers(),
        new UnknownName(),
        new RemovedActivityType(),
    ];

    /// <summary>The codes that a warning can carry, in the order of the rules.</summary>
    public static ImmutableArray<string> Codes { get; } = [.. Rules.Select(r => r.Code), LostWaitingPoint.RuleCode];

    /// <summary>The warnings of a workflow, in the order of its activities.</summary>
    /// <param name="graph">The workflow.</param>
    /// <param name="previous">The version that was published before, whose instances may have to be migrated; null when there is none.</param>
    /// <returns>Warnings only; each names the activity and its cure.</returns>
    public static ImmutableArray<CompileError> Check(WorkflowGraph graph, WorkflowGraph? previous = null)
    {
        var linted = new LintedGraph(graph);
        IEnumerable<CompileError> found = Rules.SelectMany(rule => rule.Find(linted)).OrderBy(w => linted.PositionOf(w.ActivityId));

        if (previous is not null)
            found = found.Concat(LostWaitingPoint.Find(linted, new LintedGraph(previous)));

        return [.. found];
    }
}

/// <summary>Looks for one kind of oddity.</summary>
internal interface ILintRule
{
    /// <summary>Stable code of its warnings.</summary>
    string Code { get; }

    IEnumerable<CompileError> Find(LintedGraph graph);
}
