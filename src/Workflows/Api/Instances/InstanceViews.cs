using System.Globalization;
using System.Text.Json;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>An instance in a list, in Elsa's words.</summary>
internal record InstanceSummaryView(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    int Version,
    string Status,
    string SubStatus,
    string? CorrelationId,
    string? Name,
    string? ParentWorkflowInstanceId,
    int IncidentCount,
    bool IsSystem,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt
)
{
    public static InstanceSummaryView Of(InstanceSummary row) =>
        new(
            row.Id,
            row.DefinitionId,
            row.VersionId,
            row.Version,
            WorkflowState.StatusOf(row.SubStatus).ToString(),
            row.SubStatus.ToString(),
            row.CorrelationId,
            row.Name,
            row.ParentId,
            row.IncidentCount,
            IsSystem: false,
            row.CreatedAt,
            row.UpdatedAt,
            row.FinishedAt
        );
}

/// <summary>What an instance is.</summary>
internal sealed record WorkflowStateView(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    int DefinitionVersion,
    string Status,
    string SubStatus,
    string? CorrelationId,
    string? Name,
    string? ParentWorkflowInstanceId,
    IReadOnlyList<BookmarkView> Bookmarks,
    IReadOnlyList<IncidentView> Incidents,
    IReadOnlyList<string> CompletionCallbacks,
    IReadOnlyList<ExecutionContextView> ActivityExecutionContexts,
    IReadOnlyDictionary<string, object?> Input,
    IReadOnlyDictionary<string, object?> Output,
    IReadOnlyDictionary<string, object?> Properties,
    IReadOnlyList<string> Outcomes
)
{
    /// <summary>When it was created; only where the instance was read from the store.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was committed last; only where the instance was read from the store.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <param name="state">The state.</param>
    /// <param name="version">Number of its version.</param>
    /// <param name="graph">The graph of its version; without it, places have no names.</param>
    public static WorkflowStateView Of(WorkflowState state, int version, WorkflowGraph? graph) =>
        new(
            state.InstanceId,
            state.DefinitionId,
            state.DefinitionVersionId,
            version,
            state.Status.ToString(),
            state.SubStatus.ToString(),
            state.CorrelationId,
            state.Name,
            state.ParentInstanceId,
            [.. state.Bookmarks.Select(b => BookmarkView.Of(state, b, graph))],
            [.. state.Incidents.Select(i => IncidentView.Of(state, i))],
            [],
            [.. state.Frames.Select(f => ExecutionContextView.Of(state, f, graph))],
            Plain.Of(state.Inputs),
            Plain.Of(state.Outputs),
            new Dictionary<string, object?>(StringComparer.Ordinal),
            state.Outcomes
        );
}

/// <summary>Names of executions and nodes.</summary>
internal static class Places
{
    /// <summary>The outside id of an execution; null for none.</summary>
    public static string? ExecutionId(string instanceId, long frameId) =>
        frameId == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{instanceId}:{frameId}");

    /// <summary>The instance and the number of an execution; null when the text is no such id.</summary>
    public static (string InstanceId, long FrameId)? Parse(string? id) =>
        id?.LastIndexOf(':') is > 0 and var colon
        && long.TryParse(id.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var frame)
            ? (id[..colon], frame)
            : null;

    /// <summary>The node of a living execution; null when it is not known.</summary>
    public static Node? NodeOf(WorkflowState state, long frameId, WorkflowGraph? graph) =>
        graph is not null && state.Frames.FirstOrDefault(f => f.Id == frameId) is { } frame && frame.Node < graph.Nodes.Length
            ? graph.Nodes[frame.Node]
            : null;
}

/// <summary>A place where an instance waits.</summary>
/// <param name="Id">Number within the instance, as text: Elsa's clients expect one.</param>
internal sealed record BookmarkView(
    string Id,
    string Name,
    string Hash,
    IReadOnlyDictionary<string, object?> Payload,
    string? ActivityId,
    string? ActivityNodeId,
    string? ActivityInstanceId,
    bool AutoBurn,
    bool AutoComplete,
    string? CallbackMethodName,
    IReadOnlyDictionary<string, string>? Metadata,
    DateTimeOffset? DueAt,
    DateTimeOffset CreatedAt
)
{
    public static BookmarkView Of(WorkflowState state, Bookmark bookmark, WorkflowGraph? graph)
    {
        var node = Places.NodeOf(state, bookmark.FrameId, graph);
        return new(
            bookmark.Id.ToString(CultureInfo.InvariantCulture),
            bookmark.Name,
            bookmark.Hash,
            Plain.Of(bookmark.Payload),
            node?.Id,
            node?.NodeId,
            Places.ExecutionId(state.InstanceId, bookmark.FrameId),
            bookmark.AutoBurn,
            bookmark.AutoComplete,
            bookmark.CallbackName,
            bookmark.Metadata.IsEmpty ? null : bookmark.Metadata,
            bookmark.DueAt,
            bookmark.CreatedAt
        );
    }
}

/// <summary>What went wrong, as an exception; without a stack, which is for the log of the server.</summary>
internal sealed record ExceptionView(string Type, string Message, string? StackTrace, ExceptionView? InnerException)
{
    private const string Unnamed = "Fault";

    public static ExceptionView Of(string? type, string message, string? detail) =>
        new(type ?? Unnamed, message, null, detail is null ? null : new(Unnamed, detail, null, null));
}

/// <summary>A fault, and where it can be repaired.</summary>
internal sealed record IncidentView(
    long Id,
    string Kind,
    long ExecutionId,
    string? ActivityInstanceId,
    string ActivityId,
    string ActivityNodeId,
    string ActivityType,
    string Message,
    string? Detail,
    string? Code,
    ExceptionView Exception,
    DateTimeOffset Timestamp
)
{
    public static IncidentView Of(WorkflowState state, Incident incident) =>
        new(
            incident.Id,
            incident.Kind.ToString(),
            incident.FrameId,
            Places.ExecutionId(state.InstanceId, incident.FrameId),
            incident.ActivityId,
            incident.ActivityNodeId,
            incident.ActivityType,
            incident.Message,
            incident.Detail,
            incident.Code,
            ExceptionView.Of(incident.ExceptionType, incident.Message, incident.Detail),
            incident.At
        );
}

/// <summary>A variable that an execution made for itself, in the form of a declared one: Elsa Studio reads nothing else.</summary>
internal sealed record DynamicVariableView(string Id, string Name, string TypeName, bool IsArray, string? Value)
{
    public static DynamicVariableView Of(string name, object? value) =>
        new(name, name, "Object", false, value is null ? null : value as string ?? JsonSerializer.Serialize(value));
}

/// <summary>A living execution.</summary>
internal sealed record ExecutionContextView(
    string Id,
    string? ParentContextId,
    string ScheduledActivityNodeId,
    string? OwnerActivityNodeId,
    string Status,
    bool IsExecuting,
    int FaultCount,
    IReadOnlyDictionary<string, object?> Properties,
    IReadOnlyList<DynamicVariableView> DynamicVariables
)
{
    public static ExecutionContextView Of(WorkflowState state, FrameState frame, WorkflowGraph? graph) =>
        new(
            Places.ExecutionId(state.InstanceId, frame.Id)!,
            Places.ExecutionId(state.InstanceId, frame.Parent),
            Places.NodeOf(state, frame.Id, graph)?.NodeId ?? "",
            Places.NodeOf(state, frame.Parent, graph)?.NodeId,
            frame.Status.ToString(),
            frame.Invoking,
            frame.FaultCount,
            Plain.Of(frame.Properties),
            [.. Plain.Of(frame.Dynamic).Select(v => DynamicVariableView.Of(v.Key, v.Value))]
        );
}

/// <summary>An instance with all that it is.</summary>
internal sealed record InstanceDetailView : InstanceSummaryView
{
    private InstanceDetailView(InstanceSummaryView summary)
        : base(summary) { }

    /// <summary>Its state.</summary>
    public required WorkflowStateView WorkflowState { get; init; }

    /// <summary>The row tells the moments; of all that may have changed since it was read, the state tells.</summary>
    public static InstanceDetailView Of(InstanceSummary row, WorkflowState state, WorkflowGraph? graph)
    {
        var current = row with
        {
            SubStatus = state.SubStatus,
            CorrelationId = state.CorrelationId,
            Name = state.Name,
            ParentId = state.ParentInstanceId,
            IncidentCount = state.Incidents.Length,
        };
        return new(InstanceSummaryView.Of(current))
        {
            WorkflowState = WorkflowStateView.Of(state, row.Version, graph) with
            {
                CreatedAt = row.CreatedAt,
                UpdatedAt = row.UpdatedAt,
                FinishedAt = row.FinishedAt,
            },
        };
    }
}

/// <summary>A variable of an instance.</summary>
internal sealed record VariableView(string Id, string Name, object? Value);
