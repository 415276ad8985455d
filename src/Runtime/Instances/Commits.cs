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
    /// <param name="wasSealed">Whether it stood encrypted before: it held secrets then, on this version or an earlier one.</param>
    public static InstanceCommit Of(
        WorkflowState state,
        WorkflowGraph graph,
        long rowVersion,
        ReadOnlyMemory<byte> stored,
        DateTimeOffset now,
        bool wasSealed
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
            Name = Open(state.Name, state, graph, wasSealed),
            ParentId = state.ParentInstanceId,
            IncidentCount = state.Incidents.Length,
            State = stored,
            IsSealed = graph.HoldsSecrets || wasSealed,
            Now = now,
        };

    /// <summary>A text about an instance, such as its name, as it may stand where nothing is encrypted: in lists, with others.</summary>
    public static string? Open(string? text, WorkflowState state, WorkflowGraph graph, bool wasSealed) =>
        // Which secrets it had on an earlier version is not known here; the text may quote one.
        wasSealed && !graph.HoldsSecrets && text is not null
            ? SecretMask.Dots
            : SecretMask.Text(graph, state, text);
}
