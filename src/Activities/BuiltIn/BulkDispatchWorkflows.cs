using System.Collections;
using System.Globalization;
using System.Numerics;
using ServiceLoop.Engine;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Starts one workflow for each item, and waits for the end of all if asked to.</summary>
/// <remarks>
/// Each end is counted once, even if it is told twice, and only of its own children: two of these may wait in one instance. Completes when all children
/// have ended and the activities in its ports are done. Elsa counts ends only, and cancels a port that still runs.
/// </remarks>
[Activity("Elsa", "Composition", "Starts one workflow for each item, and waits for the end of all if asked to.", Kind = ActivityKind.Task)]
[FlowNode("Completed", "Canceled", "Done")]
public sealed class BulkDispatchWorkflows : Activity
{
    private const string EndedProperty = "Ended";
    private const string DispatchedProperty = "DispatchedInstancesCount";
    private const string CompletedProperty = "CompletedInstancesCount";
    private const string BusyProperty = "BusyPorts";

    /// <summary>Id of the workflow definition; its published version is started.</summary>
    [Input(DisplayName = "Workflow Definition", Description = "The workflow to start.", UIHint = InputHints.WorkflowDefinitionPicker)]
    public Input<string> WorkflowDefinitionId { get; set; } = new((string?)null);

    /// <summary>The items; a list, or JSON text of one.</summary>
    [Input(Description = "The items.", UIHint = InputHints.MultiText)]
    public Input<object> Items { get; set; } = new((object?)null);

    /// <summary>Name of the child's input that takes the item. An item that is an object gives its own members instead.</summary>
    [Input(Description = "Input that takes the item. An item that is an object gives its own members instead.", DefaultValue = "Item")]
    public Input<string> DefaultItemInputKey { get; set; } = new("Item");

    /// <summary>Correlation id of a child; evaluated for each.</summary>
    [Input(DisplayName = "Correlation ID Function", Description = "Correlation id of a child.", AutoEvaluate = false)]
    public Input<string> CorrelationIdFunction { get; set; } = new((string?)null);

    /// <summary>Inputs of every child; <c>ParentInstanceId</c> is added.</summary>
    [Input(Description = "More inputs for every child: names with values.", UIHint = InputHints.Dictionary)]
    public Input<IDictionary<string, object?>> Input { get; set; } = new((IDictionary<string, object?>?)null);

    /// <summary>True: completes when all children have ended.</summary>
    [Input(Description = "Wait until all children have ended.", UIHint = InputHints.Checkbox, DefaultValue = true)]
    public Input<bool> WaitForCompletion { get; set; } = new(true);

    /// <summary>Kept for definitions of Elsa; not used here.</summary>
    [Input(Description = "Not used here.", Category = "Open Telemetry", UIHint = InputHints.Checkbox)]
    public Input<bool> StartNewTrace { get; set; } = new(false);

    /// <summary>Kept for definitions of Elsa; there is one channel here.</summary>
    [Input(DisplayName = "Channel", Description = "Not used here: there is one channel.")]
    public Input<string> ChannelName { get; set; } = new((string?)null);

    /// <summary>Runs for each child that finished; sees <c>ChildInstanceId</c> and what the child left as variables.</summary>
    [Port]
    public Activity? ChildCompleted { get; set; }

    /// <summary>Runs for each child that failed; sees <c>ChildInstanceId</c> and what the child left as variables.</summary>
    [Port]
    public Activity? ChildFaulted { get; set; }

    /// <summary>How many children failed or were cancelled.</summary>
    [Output(Description = "How many children failed or were cancelled.")]
    public Output<int> FailedCount { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var items = ItemsOf(Items?.Get(context));

        if (items.Count == 0)
        {
            context.Complete();
            return;
        }

        var definitionId = await ChildWorkflow.PublishedAsync(context, WorkflowDefinitionId);
        var wait = WaitForCompletion is not null && WaitForCompletion.Get(context);

        for (var i = 0; i < items.Count; i++)
            context.Emit(
                new Effect.Dispatch
                {
                    DefinitionId = definitionId,
                    ChildInstanceId = string.Create(CultureInfo.InvariantCulture, $"{ChildWorkflow.IdFor(context)}-{i}"),
                    CorrelationId = context.Evaluate(CorrelationIdFunction) is { Length: > 0 } id ? id : null,
                    Inputs = ChildWorkflow.Named(InputsFor(context, items[i])),
                    Wait = wait,
                }
            );

        if (!wait)
        {
            context.Complete();
            return;
        }

        context.SetProperty(DispatchedProperty, items.Count);
        context.SetProperty(EndedProperty, new byte[(items.Count + 7) / 8]);
        context.CreateBookmark(
            new BookmarkRequest("Elsa.BulkDispatchWorkflows")
            {
                Payload = PlainObject.Of(("ParentInstanceId", context.WorkflowInstanceId), ("ScheduledInstanceIdsCount", items.Count)),
                ExcludedFromHash = ["ScheduledInstanceIdsCount"],
                AutoBurn = false,
            },
            OnChildEnded
        );
    }

    /// <inheritdoc/>
    protected override void OnChildCanceled(ActivityExecutionContext context, Activity child) => OnPortEnded(context);

    private void OnChildEnded(ActivityExecutionContext context)
    {
        var end = ChildEnd.Of(context);

        if (!MarkEnded(context, end))
            return;

        var port =
            end.SubStatus == WorkflowSubStatus.Finished ? ChildCompleted
            : end.SubStatus == WorkflowSubStatus.Faulted ? ChildFaulted
            : null;

        if (port is null)
        {
            CompleteIfAllEnded(context);
            return;
        }

        context.SetProperty(BusyProperty, context.GetProperty<int>(BusyProperty) + 1);
        context.Schedule(
            port,
            OnPortCompleted,
            variables: PlainObject.Of(
                ("ChildInstanceId", end.InstanceId),
                (ChildReport.InstanceIdKey, end.InstanceId),
                (ChildReport.OutputKey, end.Output),
                (ChildReport.StatusKey, WorkflowState.StatusOf(end.SubStatus).ToString()),
                (ChildReport.SubStatusKey, end.SubStatus.ToString()),
                (ChildReport.FaultKey, end.Fault)
            )
        );
    }

    private void OnPortCompleted(ActivityExecutionContext context, ActivityCompletion completion) => OnPortEnded(context);

    private void OnPortEnded(ActivityExecutionContext context)
    {
        context.SetProperty(BusyProperty, context.GetProperty<int>(BusyProperty) - 1);
        CompleteIfAllEnded(context);
    }

    /// <summary>False: not a child of this execution, or one that was counted already.</summary>
    private bool MarkEnded(ActivityExecutionContext context, ChildEnd end)
    {
        var prefix = ChildWorkflow.IdFor(context) + "-";

        if (
            context.GetProperty(EndedProperty) is not byte[] ended
            || end.InstanceId?.StartsWith(prefix, StringComparison.Ordinal) != true
            || !int.TryParse(end.InstanceId.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || index >= context.GetProperty<int>(DispatchedProperty)
            || (ended[index / 8] & (1 << (index % 8))) != 0
        )
            return false;

        ended = [.. ended];
        ended[index / 8] |= (byte)(1 << (index % 8));
        context.SetProperty(EndedProperty, ended);
        context.SetProperty(CompletedProperty, ended.Sum(bits => BitOperations.PopCount(bits)));

        if (end.SubStatus != WorkflowSubStatus.Finished)
            context.SetProperty(nameof(FailedCount), context.GetProperty<int>(nameof(FailedCount)) + 1);

        return true;
    }

    private void CompleteIfAllEnded(ActivityExecutionContext context)
    {
        if (
            context.GetProperty<int>(BusyProperty) > 0
            || context.GetProperty<int>(CompletedProperty) < context.GetProperty<int>(DispatchedProperty)
        )
            return;

        FailedCount.Set(context, context.GetProperty<int>(nameof(FailedCount)));
        context.CompleteWithOutcomes("Completed", Outcomes.Done);
    }

    private Dictionary<string, object?> InputsFor(ActivityExecutionContext context, object? item)
    {
        var inputs = ChildWorkflow.InputsFrom(context, Input?.Get(context));

        if (PlainValue.Of(item) is Dictionary<string, object?> members)
            foreach (var (name, value) in members)
                inputs[name] = value;
        else
            inputs[DefaultItemInputKey?.Get(context) is { Length: > 0 } key ? key : "Item"] = PlainValue.Of(item);

        return inputs;
    }

    private static List<object?> ItemsOf(object? items) =>
        items switch
        {
            null or "" => [],
            string text => ValueJson.TryParse(text, out var parsed) && parsed is List<object?> list ? list : [text],
            IDictionary => [items],
            IEnumerable list => [.. list.Cast<object?>()],
            _ => [items],
        };
}
