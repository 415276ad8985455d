using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api;

/// <summary>An instance in a list, in Elsa's words.</summary>
internal sealed record InstanceSummaryView(
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
            row.CreatedAt,
            row.UpdatedAt,
            row.FinishedAt
        );
}

/// <summary>A page.</summary>
/// <param name="Items">The rows.</param>
/// <param name="TotalCount">How many there are; where that is not counted, one more than seen while there is another page.</param>
internal sealed record PageView<T>(IReadOnlyList<T> Items, long TotalCount);

/// <summary>A list.</summary>
internal sealed record ListView<T>(IReadOnlyList<T> Items, long Count);

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
    IReadOnlyList<BookmarkView> Bookmarks,
    IReadOnlyList<IncidentView> Incidents,
    IReadOnlyDictionary<string, object?> Input,
    IReadOnlyDictionary<string, object?> Output,
    IReadOnlyList<string> Outcomes
)
{
    public static WorkflowStateView Of(WorkflowState state, int version) =>
        new(
            state.InstanceId,
            state.DefinitionId,
            state.DefinitionVersionId,
            version,
            state.Status.ToString(),
            state.SubStatus.ToString(),
            state.CorrelationId,
            state.Name,
            [.. state.Bookmarks.Select(BookmarkView.Of)],
            [.. state.Incidents.Select(IncidentView.Of)],
            Plain.Of(state.Inputs),
            Plain.Of(state.Outputs),
            state.Outcomes
        );
}

/// <summary>A place where an instance waits.</summary>
internal sealed record BookmarkView(
    long Id,
    string Name,
    string Hash,
    IReadOnlyDictionary<string, object?> Payload,
    DateTimeOffset? DueAt,
    DateTimeOffset CreatedAt
)
{
    public static BookmarkView Of(Bookmark bookmark) =>
        new(bookmark.Id, bookmark.Name, bookmark.Hash, Plain.Of(bookmark.Payload), bookmark.DueAt, bookmark.CreatedAt);
}

/// <summary>A fault, and where it can be repaired.</summary>
internal sealed record IncidentView(
    long Id,
    string Kind,
    long ExecutionId,
    string ActivityId,
    string ActivityNodeId,
    string ActivityType,
    string Message,
    string? Detail,
    string? Code,
    DateTimeOffset Timestamp
)
{
    public static IncidentView Of(Incident incident) =>
        new(
            incident.Id,
            incident.Kind.ToString(),
            incident.FrameId,
            incident.ActivityId,
            incident.ActivityNodeId,
            incident.ActivityType,
            incident.Message,
            incident.Detail,
            incident.Code,
            incident.At
        );
}

/// <summary>An instance with all that it is.</summary>
internal sealed record InstanceDetailView(
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
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    WorkflowStateView WorkflowState
)
{
    public static InstanceDetailView Of(InstanceView view)
    {
        var state = view.State;
        return new(
            state.InstanceId,
            state.DefinitionId,
            state.DefinitionVersionId,
            view.Graph.Version,
            state.Status.ToString(),
            state.SubStatus.ToString(),
            state.CorrelationId,
            state.Name,
            state.ParentInstanceId,
            state.Incidents.Length,
            view.Row.CreatedAt,
            view.Row.UpdatedAt,
            WorkflowStateView.Of(state, view.Graph.Version)
        );
    }
}

/// <summary>A variable of an instance.</summary>
internal sealed record VariableView(string Id, string Name, object? Value);

/// <summary>A line of the history.</summary>
internal sealed record JournalView(
    string Id,
    string ActivityInstanceId,
    string? ParentActivityInstanceId,
    string ActivityId,
    string NodeId,
    DateTimeOffset Timestamp,
    long Sequence,
    string EventName,
    string? Message,
    IReadOnlyList<string> Outcomes,
    string? Who
)
{
    public static JournalView Of(string instanceId, HistoryEntry entry, int position) =>
        new(
            $"{instanceId}:{position}",
            $"{instanceId}:{entry.FrameId}",
            entry.ParentId == 0 ? null : $"{instanceId}:{entry.ParentId}",
            entry.ActivityId,
            entry.NodeId,
            entry.At,
            position,
            entry.Event?.ToString() ?? "WriteLine",
            entry.Message,
            entry.Outcomes,
            entry.Who
        );
}
