using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>One execution of an activity, without its values.</summary>
internal record ExecutionSummaryView
{
    public required string Id { get; init; }

    public required string WorkflowInstanceId { get; init; }

    public required string ActivityId { get; init; }

    public required string ActivityNodeId { get; init; }

    public required string ActivityType { get; init; }

    public required int ActivityTypeVersion { get; init; }

    public required string? ActivityName { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required bool HasBookmarks { get; init; }

    public required string Status { get; init; }

    public required int AggregateFaultCount { get; init; }

    public required DateTimeOffset? CompletedAt { get; init; }

    public required string? SchedulingActivityExecutionId { get; init; }

    public required string? SchedulingActivityId { get; init; }

    public required int CallStackDepth { get; init; }

    /// <summary>True: it failed before and was begun again.</summary>
    public required bool HasRetryAttempts { get; init; }

    public required IReadOnlyDictionary<string, object?> Metadata { get; init; }

    public static ExecutionSummaryView Of(InstanceHistory history, ExecutionRecord record, Repetitions repetitions) =>
        new()
        {
            Id = Places.ExecutionId(history.InstanceId, record.FrameId)!,
            WorkflowInstanceId = history.InstanceId,
            ActivityId = record.Node.Id,
            ActivityNodeId = record.Node.NodeId,
            ActivityType = record.Node.Descriptor.TypeName,
            ActivityTypeVersion = record.Node.Descriptor.Version,
            ActivityName = record.Node.Activity.Name,
            StartedAt = record.StartedAt,
            HasBookmarks = record.IsWaiting,
            Status = record.Status.ToString(),
            AggregateFaultCount = record.FaultCount,
            CompletedAt = record.CompletedAt,
            SchedulingActivityExecutionId = Places.ExecutionId(history.InstanceId, record.ParentId),
            SchedulingActivityId = history.Find(record.ParentId)?.Node.Id,
            CallStackDepth = record.Depth,
            HasRetryAttempts = repetitions.Has(record),
            Metadata = MetadataOf(repetitions.Has(record), null),
        };

    protected static IReadOnlyDictionary<string, object?> MetadataOf(bool wasRepeated, string? gap)
    {
        var metadata = new Dictionary<string, object?>(StringComparer.Ordinal);

        if (wasRepeated)
            metadata["HasRetryAttempts"] = true;

        if (gap is not null)
            metadata["ValuesMissing"] = gap;

        return metadata;
    }
}

/// <summary>One execution of an activity with its values.</summary>
internal sealed record ExecutionView : ExecutionSummaryView
{
    /// <summary>Inputs as they were evaluated, secrets masked, without those that the log persistence of the activity excludes.</summary>
    public required IReadOnlyDictionary<string, object?> ActivityState { get; init; }

    public required IReadOnlyDictionary<string, object?> Payload { get; init; }

    public required IReadOnlyDictionary<string, object?> Outputs { get; init; }

    public required IReadOnlyDictionary<string, object?> Properties { get; init; }

    public required ExceptionView? Exception { get; init; }

    public static ExecutionView Of(InstanceHistory history, ExecutionRecord execution, Recollection? recalled, SecretMask mask)
    {
        var record = Secrecy.Shown(execution, mask);
        var summary = Of(history, record, Repetitions.Of(recalled));
        var values = recalled?.Values;
        return new()
        {
            Id = summary.Id,
            WorkflowInstanceId = summary.WorkflowInstanceId,
            ActivityId = summary.ActivityId,
            ActivityNodeId = summary.ActivityNodeId,
            ActivityType = summary.ActivityType,
            ActivityTypeVersion = summary.ActivityTypeVersion,
            ActivityName = summary.ActivityName,
            StartedAt = summary.StartedAt,
            HasBookmarks = summary.HasBookmarks,
            Status = summary.Status,
            AggregateFaultCount = summary.AggregateFaultCount,
            CompletedAt = summary.CompletedAt,
            SchedulingActivityExecutionId = summary.SchedulingActivityExecutionId,
            SchedulingActivityId = summary.SchedulingActivityId,
            CallStackDepth = summary.CallStackDepth,
            HasRetryAttempts = summary.HasRetryAttempts,
            Metadata = MetadataOf(summary.HasRetryAttempts, recalled?.Gap),
            ActivityState = Shown(values?.InputsOf(record.FrameId), mask),
            Outputs = Shown(values?.OutputsOf(record.FrameId), mask),
            Properties = Shown(values?.PropertiesOf(record.FrameId), mask),
            Payload = record.Outcomes.IsEmpty
                ? new Dictionary<string, object?>(StringComparer.Ordinal)
                : new(StringComparer.Ordinal) { ["Outcomes"] = record.Outcomes },
            Exception = record.Fault is { } fault ? ExceptionView.Of(fault.ExceptionType, fault.Message, fault.Detail) : null,
        };
    }

    /// <summary>Values in their plain form: what an activity's own type looks like is not for the wire.</summary>
    private static Dictionary<string, object?> Shown(IReadOnlyDictionary<string, object?>? values, SecretMask mask) =>
        values is null ? [] : Secrecy.Shown(values, mask).ToDictionary(v => v.Key, v => PlainValue.Of(v.Value), StringComparer.Ordinal);
}

/// <summary>What became of all executions of an activity.</summary>
internal sealed record ExecutionStatsView(
    string ActivityId,
    string ActivityNodeId,
    int StartedCount,
    int CompletedCount,
    int UncompletedCount,
    int AggregateFaultCount,
    bool IsBlocked,
    bool IsFaulted,
    IReadOnlyDictionary<string, object?> Metadata
)
{
    private static readonly IReadOnlyDictionary<string, object?> NoMetadata = new Dictionary<string, object?>(StringComparer.Ordinal);

    public static ExecutionStatsView Of(IReadOnlyList<ExecutionRecord> records, Repetitions repetitions)
    {
        var completed = records.Count(r => r.CompletedAt is not null);
        var faults = records.Sum(r => r.FaultCount);
        return new(
            records[0].Node.Id,
            records[0].Node.NodeId,
            records.Count,
            completed,
            records.Count - completed,
            faults,
            records.Any(r => r.IsWaiting),
            faults > 0,
            records.Any(repetitions.Has)
                ? new Dictionary<string, object?>(StringComparer.Ordinal) { ["HasRetryAttempts"] = true }
                : NoMetadata
        );
    }
}
