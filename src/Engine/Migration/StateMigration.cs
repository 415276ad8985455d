using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Migration;

/// <summary>Carries the state of an instance from one version of its definition to another: one pure function.</summary>
public static class StateMigration
{
    /// <summary>Where each node of the old graph goes, in its order.</summary>
    public static ImmutableArray<(Node? To, bool IsChosen)> Places(
        WorkflowGraph from,
        WorkflowGraph to,
        MigrationPlan plan,
        out ImmutableArray<MigrationRefusal> problems
    ) => throw new NotImplementedException();

    public static MigrationResult Map(WorkflowGraph from, WorkflowGraph to, WorkflowState state, MigrationPlan plan) =>
        throw new NotImplementedException();
}
