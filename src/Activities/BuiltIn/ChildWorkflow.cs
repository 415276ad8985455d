using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>The contract between a parent and the runtime about the end of a child.</summary>
/// <remarks>
/// When a child that was dispatched with <see cref="Effect.Dispatch.Wait"/> has ended, the runtime resumes the bookmarks of its parent that match one of
/// <see cref="StimuliOf"/>, with <see cref="EndOf"/> as input.
/// </remarks>
public static class ChildWorkflow
{
    /// <summary>Input: the outputs of the child, an object.</summary>
    public const string OutputKey = "WorkflowOutput";

    /// <summary>Input: id of the child.</summary>
    public const string InstanceIdKey = "WorkflowInstanceId";

    /// <summary>Input: <c>Finished</c>.</summary>
    public const string StatusKey = "WorkflowStatus";

    /// <summary>Input: <c>Finished</c>, <c>Faulted</c> or <c>Cancelled</c>.</summary>
    public const string SubStatusKey = "WorkflowSubStatus";

    /// <summary>Input: message of the first open incident of the child; null without one.</summary>
    public const string FaultKey = "WorkflowFault";

    /// <summary>Every stimulus by which a parent may wait for this child: one name for each activity that dispatches.</summary>
    public static IReadOnlyList<BookmarkRequest> StimuliOf(string parentInstanceId, string childInstanceId) =>
        [
            EndOfOne("Elsa.DispatchWorkflow", childInstanceId),
            EndOfOne("Elsa.ExecuteWorkflow", childInstanceId),
            new("Elsa.BulkDispatchWorkflows") { Payload = Members(("ParentInstanceId", parentInstanceId)) },
        ];

    /// <summary>What comes with the stimulus.</summary>
    public static IReadOnlyDictionary<string, object?> EndOf(WorkflowState child) =>
        Members(
            (OutputKey, OutputsOf(child)),
            (InstanceIdKey, child.InstanceId),
            (StatusKey, child.Status.ToString()),
            (SubStatusKey, child.SubStatus.ToString()),
            (FaultKey, FaultOf(child))
        );

    /// <summary>The outputs of an instance, as an object.</summary>
    public static Dictionary<string, object?> OutputsOf(WorkflowState state)
    {
        var outputs = new Dictionary<string, object?>(StringComparer.Ordinal);

        foreach (var (name, value) in state.Outputs)
            outputs[name] = value is RawValue raw ? ValueJson.ReadStored(raw.Utf8, typeof(object)) : PlainValue.Of(value);

        return outputs;
    }

    /// <summary>Message of the first open incident; null without one.</summary>
    public static string? FaultOf(WorkflowState state) => state.Incidents.IsEmpty ? null : state.Incidents[0].Message;

    internal static BookmarkRequest EndOfOne(string name, string childInstanceId) =>
        new(name) { Payload = Members(("ChildInstanceId", childInstanceId)) };

    /// <summary>Id of the child of an execution: the same when the burst is repeated, so that it is never started twice.</summary>
    internal static string IdFor(ActivityExecutionContext context) => $"{context.WorkflowInstanceId}-{context.ExecutionId}";

    /// <summary>The id, when a version of it is published.</summary>
    /// <exception cref="WorkflowFaultException">None is.</exception>
    internal static async ValueTask<string> PublishedAsync(ActivityExecutionContext context, Input<string>? definitionId)
    {
        var id = definitionId?.Get(context);

        if (string.IsNullOrWhiteSpace(id))
            throw new WorkflowFaultException($"'{context.Activity.Id}' names no workflow. Set WorkflowDefinitionId.", "workflow.not-named");

        return await context.GetRequiredService<IChildWorkflows>().IsPublishedAsync(id, context.CancellationToken)
            ? id
            : throw NotPublished(id);
    }

    internal static WorkflowFaultException NotPublished(string definitionId) =>
        new($"No published version of workflow definition with ID {definitionId} found.", "workflow.not-published");

    /// <summary>A copy of the given inputs with the id of the parent.</summary>
    internal static Dictionary<string, object?> InputsFrom(ActivityExecutionContext context, IDictionary<string, object?>? given)
    {
        var inputs = PlainValue.Of(given) as Dictionary<string, object?> ?? new(StringComparer.Ordinal);
        inputs["ParentInstanceId"] = context.WorkflowInstanceId;
        return inputs;
    }

    internal static ImmutableArray<NamedValue> Named(Dictionary<string, object?> values) =>
        [.. values.Select(v => new NamedValue(v.Key, v.Value))];

    internal static Dictionary<string, object?> Members(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);

        foreach (var (name, value) in members)
            result[name] = value;

        return result;
    }
}

/// <summary>How a child ended, as its parent hears it.</summary>
internal sealed record ChildEnd(string? InstanceId, WorkflowSubStatus SubStatus, Dictionary<string, object?> Output, string? Fault)
{
    /// <summary>Reads the input of a resume. Without a sub-status all of it is the output of a child that finished: what Elsa sends.</summary>
    public static ChildEnd Of(ActivityExecutionContext context)
    {
        var input = context.ResumeInput;

        if (
            !input.TryGetValue(ChildWorkflow.SubStatusKey, out var given)
            || !Enum.TryParse<WorkflowSubStatus>(given as string, out var subStatus)
        )
            return new(null, WorkflowSubStatus.Finished, input.ToDictionary(i => i.Key, i => PlainValue.Of(i.Value)), null);

        return new(
            input.GetValueOrDefault(ChildWorkflow.InstanceIdKey) as string,
            subStatus,
            PlainValue.Of(input.GetValueOrDefault(ChildWorkflow.OutputKey)) as Dictionary<string, object?> ?? [],
            input.GetValueOrDefault(ChildWorkflow.FaultKey) as string
        );
    }
}
