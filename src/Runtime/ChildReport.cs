using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.InMemory;

namespace ServiceLoop.Runtime;

/// <summary>How a parent hears of the end of a child that it waits for.</summary>
/// <remarks>Every host tells it in the same way: it resumes the bookmarks that match one of <see cref="HashesOf"/>, with <see cref="Of(WorkflowState)"/> as input.</remarks>
public static class ChildReport
{
    /// <summary>Outputs of the child, an object.</summary>
    public const string OutputKey = "WorkflowOutput";

    /// <summary>Id of the child.</summary>
    public const string InstanceIdKey = "WorkflowInstanceId";

    /// <summary><c>Finished</c>.</summary>
    public const string StatusKey = "WorkflowStatus";

    /// <summary><c>Finished</c>, <c>Faulted</c> or <c>Cancelled</c>.</summary>
    public const string SubStatusKey = "WorkflowSubStatus";

    /// <summary>Message of its first open incident; null without one.</summary>
    public const string FaultKey = "WorkflowFault";

    /// <summary>Hashes of the stimuli by which a parent may wait for a child: one for each activity that dispatches.</summary>
    public static IReadOnlyList<string> HashesOf(string parentInstanceId, string childInstanceId) =>
        [
            Hash("Elsa.DispatchWorkflow", "ChildInstanceId", childInstanceId),
            Hash("Elsa.ExecuteWorkflow", "ChildInstanceId", childInstanceId),
            Hash("Elsa.BulkDispatchWorkflows", "ParentInstanceId", parentInstanceId),
        ];

    /// <summary>The report of a child that has ended.</summary>
    public static Dictionary<string, object?> Of(WorkflowState child) => Of(child, FaultOf(child));

    /// <summary>The same with another text for why it failed: one without its secrets, which it did not mean to hand out.</summary>
    internal static Dictionary<string, object?> Of(WorkflowState child, string? fault) =>
        Of(child.InstanceId, child.SubStatus, child.Outputs.ToObject(), fault);

    /// <summary>Message of its first open incident; null without one.</summary>
    internal static string? FaultOf(WorkflowState child) => child.Incidents.IsEmpty ? null : child.Incidents[0].Message;

    /// <summary>The report of a child that could not even be started.</summary>
    public static Dictionary<string, object?> NotStarted(string childInstanceId, string reason) =>
        Of(childInstanceId, WorkflowSubStatus.Faulted, [], reason);

    private static Dictionary<string, object?> Of(
        string childInstanceId,
        WorkflowSubStatus subStatus,
        Dictionary<string, object?> output,
        string? fault
    ) =>
        new(StringComparer.OrdinalIgnoreCase)
        {
            [OutputKey] = output,
            [InstanceIdKey] = childInstanceId,
            [StatusKey] = WorkflowState.StatusOf(subStatus).ToString(),
            [SubStatusKey] = subStatus.ToString(),
            [FaultKey] = fault,
        };

    private static string Hash(string name, string member, string value) =>
        StimulusHash.Of(name, new Dictionary<string, object?>(StringComparer.Ordinal) { [member] = value });
}
