using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Commits of a state: the columns by which instances are found say what the state says.</summary>
internal static class Commits
{
    /// <summary>The commit of a state alone; add what else happened with <c>with</c>.</summary>
    /// <param name="state">The state.</param>
    /// <param name="graph">The version that it is on.</param>
    /// <param name="rowVersion">The row version that was loaded; 0 creates the instance.</param>
    /// <param name="stored">The state as it is stored.</param>
    /// <param name="now">The moment, UTC.</param>
    public static InstanceCommit Of(
        WorkflowState state,
        WorkflowGraph graph,
        long rowVersion,
        ReadOnlyMemory<byte> stored,
        DateTimeOffset now
    ) =>
        new()
        {
            InstanceId = state.InstanceId,
            ExpectedVersion = rowVersion,
            DefinitionId = state.DefinitionId,
            VersionId = state.DefinitionVersionId,
            Version = graph.Version,
            SubStatus = state.SubStatus,
            CorrelationId = state.CorrelationId,
            Name = graph.HoldsSecrets ? SecretMask.Of(StateSecrets.Of(graph, state)).Text(state.Name) : state.Name,
            ParentId = state.ParentInstanceId,
            IncidentCount = state.Incidents.Length,
            State = stored,
            IsSealed = graph.HoldsSecrets,
            Now = now,
        };
}
