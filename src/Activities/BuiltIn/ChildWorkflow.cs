using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>What the activities that start other workflows have in common.</summary>
internal static class ChildWorkflow
{
    /// <summary>The stimulus by which the end of one child is told; see <see cref="ChildReport"/>.</summary>
    public static BookmarkRequest EndOfOne(string name, string childInstanceId) =>
        new(name) { Payload = PlainObject.Of(("ChildInstanceId", childInstanceId)) };

    /// <summary>Id of the child of an execution: the same when the burst is repeated, so that it is never started twice.</summary>
    public static string IdFor(ActivityExecutionContext context) => $"{context.WorkflowInstanceId}-{context.ExecutionId}";

    /// <summary>The id, when a version of it is published.</summary>
    /// <exception cref="WorkflowFaultException">None is.</exception>
    public static async ValueTask<string> PublishedAsync(ActivityExecutionContext context, Input<string>? definitionId)
    {
        var id = definitionId?.Get(context);

        if (string.IsNullOrWhiteSpace(id))
            throw new WorkflowFaultException($"'{context.Activity.Id}' names no workflow. Set WorkflowDefinitionId.", "workflow.not-named");

        return await context.GetRequiredService<IChildWorkflows>().IsPublishedAsync(id, context.CancellationToken)
            ? id
            : throw NotPublished(id);
    }

    public static WorkflowFaultException NotPublished(string definitionId) =>
        new($"No published version of workflow definition with ID {definitionId} found.", "workflow.not-published");

    /// <summary>A copy of the given inputs with the id of the parent.</summary>
    public static Dictionary<string, object?> InputsFrom(ActivityExecutionContext context, IDictionary<string, object?>? given)
    {
        var inputs = PlainValue.Of(given) as Dictionary<string, object?> ?? new(StringComparer.Ordinal);
        inputs["ParentInstanceId"] = context.WorkflowInstanceId;
        return inputs;
    }

    public static ImmutableArray<NamedValue> Named(Dictionary<string, object?> values) =>
        [.. values.Select(v => new NamedValue(v.Key, v.Value))];
}

/// <summary>How a child ended, as its parent hears it.</summary>
internal sealed record ChildEnd(string? InstanceId, WorkflowSubStatus SubStatus, Dictionary<string, object?> Output, string? Fault)
{
    /// <summary>Reads the input of a resume. Without a sub-status all of it is the output of a child that finished: what Elsa sends.</summary>
    public static ChildEnd Of(ActivityExecutionContext context)
    {
        var input = context.ResumeInput;

        if (
            !input.TryGetValue(ChildReport.SubStatusKey, out var given)
            || !Enum.TryParse<WorkflowSubStatus>(given as string, out var subStatus)
        )
            return new(null, WorkflowSubStatus.Finished, input.ToDictionary(i => i.Key, i => PlainValue.Of(i.Value)), null);

        return new(
            input.GetValueOrDefault(ChildReport.InstanceIdKey) as string,
            subStatus,
            PlainValue.Of(input.GetValueOrDefault(ChildReport.OutputKey)) as Dictionary<string, object?> ?? [],
            input.GetValueOrDefault(ChildReport.FaultKey) as string
        );
    }
}
