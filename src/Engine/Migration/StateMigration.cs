using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Migration;

/// <summary>Carries the state of an instance from one version of its definition to another: one pure function.</summary>
/// <remarks>
/// Nothing runs, and nothing is decided anew: what lives keeps its number, its waiters, the inputs that it has read and the values of its variables, and
/// stands at its place in the new version. Where that is not possible, or a step would be lost or come twice, it says so and gives no state.
/// </remarks>
public static class StateMigration
{
    /// <summary>Where each node of the old graph goes, in its order.</summary>
    /// <param name="from">The old version.</param>
    /// <param name="to">The new version.</param>
    /// <param name="plan">What does not go by the same id.</param>
    /// <param name="problems">What is wrong with the plan.</param>
    public static ImmutableArray<(Node? To, bool IsChosen)> Places(
        WorkflowGraph from,
        WorkflowGraph to,
        MigrationPlan plan,
        out ImmutableArray<MigrationRefusal> problems
    )
    {
        var map = new NodeMap(from, to, plan);
        problems = map.Problems;
        return [.. from.Nodes.Select(n => (map.To(n), map.IsChosen(n)))];
    }

    /// <summary>Carries one state over.</summary>
    /// <param name="from">The version that it runs on.</param>
    /// <param name="to">The version that it is to run on.</param>
    /// <param name="state">What it is. Only one between two bursts can be carried.</param>
    /// <param name="plan">How.</param>
    /// <exception cref="ArgumentException">The state is of another version than <paramref name="from"/>.</exception>
    public static MigrationResult Map(WorkflowGraph from, WorkflowGraph to, WorkflowState state, MigrationPlan plan)
    {
        if (state.DefinitionVersionId != from.DefinitionVersionId)
            throw new ArgumentException(
                $"Instance '{state.InstanceId}' runs on version '{state.DefinitionVersionId}', but the graph is of version '{from.DefinitionVersionId}'.",
                nameof(from)
            );

        if (state.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled)
            return Said(
                MigrationVerdict.Ended,
                MigrationCodes.Ended,
                $"The instance is {state.SubStatus}: nothing of it is left to migrate."
            );

        if (state.SubStatus is WorkflowSubStatus.Pending or WorkflowSubStatus.Executing)
            return Said(MigrationVerdict.Later, MigrationCodes.Busy, "The instance is inside a burst.");

        if (state.Frames.FirstOrDefault(f => f.Invoking) is { } invoked)
            return Said(MigrationVerdict.Later, MigrationCodes.Busy, $"The host runs '{Living.NameOf(from.Nodes[invoked.Node])}' of it.");

        if (from.DefinitionId != to.DefinitionId)
            return Said(
                MigrationVerdict.Blocked,
                MigrationCodes.OtherDefinition,
                $"It is an instance of '{from.DefinitionId}', but the target is a version of '{to.DefinitionId}'."
            );

        if (from.Semantics != to.Semantics)
            return Said(
                MigrationVerdict.Blocked,
                MigrationCodes.OtherSemantics,
                $"Version {from.Version} joins branches by the rules '{from.Semantics}', version {to.Version} by '{to.Semantics}': what has arrived at a join cannot be carried over."
            );

        return new StateCarrier(from, to, state, plan).Carry();
    }

    private static MigrationResult Said(MigrationVerdict verdict, string code, string reason) =>
        new(verdict, null, [], [new(code, reason)], []);
}
