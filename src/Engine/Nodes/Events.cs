using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Waits for a named event, or starts a workflow with it.</summary>
[Activity("Elsa", "Primitives", "Waits for a named event, or starts a workflow with it.")]
public sealed class Event : Trigger<object?>
{
    /// <summary>Key under which the payload of an event comes with its stimulus.</summary>
    public const string PayloadKey = "__EventPayloadWorkflowInput";

    /// <summary>Name of the event; case-sensitive.</summary>
    [Input(Description = "Name of the event; case-sensitive.")]
    public Input<string> EventName { get; set; } = new("");

    /// <summary>The stimulus of an event.</summary>
    public static BookmarkRequest StimulusOf(string eventName) =>
        new("Elsa.Event") { Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["EventName"] = eventName } };

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow)
            Receive(context);
        else
            context.WaitForEvent(EventName?.Get(context) ?? "", Receive);
    }

    /// <inheritdoc/>
    protected override IEnumerable<BookmarkRequest> GetTriggers(ActivityExecutionContext context) =>
        [StimulusOf(EventName?.Get(context) ?? "")];

    private void Receive(ActivityExecutionContext context)
    {
        Result.Set(context, context.GetWorkflowInput(PayloadKey));
        context.Complete();
    }
}

/// <summary>Tells the world, or this instance only, that something happened.</summary>
[Activity("Elsa", "Primitives", "Tells the world, or this instance only, that something happened.", DisplayName = "Publish Event")]
public sealed class PublishEvent : CodeActivity
{
    /// <summary>Name of the event; case-sensitive.</summary>
    [Input(Description = "Name of the event; case-sensitive.")]
    public Input<string> EventName { get; set; } = new("");

    /// <summary>Only instances with this correlation id; empty means all.</summary>
    [Input(Description = "Only instances with this correlation id; empty means all.")]
    public Input<string> CorrelationId { get; set; } = new((string?)null);

    /// <summary>True: only this instance.</summary>
    [Input(DisplayName = "Local event", Description = "Only this instance hears it.", UIHint = InputHints.Checkbox)]
    public Input<bool> IsLocalEvent { get; set; } = new(false);

    /// <summary>What comes with it.</summary>
    [Input(Description = "What comes with it.", UIHint = InputHints.MultiLine)]
    public Input<object> Payload { get; set; } = new((object?)null);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) =>
        context.Emit(
            new Effect.Publish
            {
                EventName = EventName?.Get(context) ?? "",
                CorrelationId = CorrelationId?.Get(context) is { Length: > 0 } id ? id : null,
                IsLocal = IsLocalEvent is not null && IsLocalEvent.Get(context),
                Payload = PlainValue.Of(Payload?.Get(context)),
                Key = context.ActivityInstanceId,
            }
        );
}

/// <summary>A task that a workflow asks the world to do.</summary>
/// <param name="TaskId">Id; answered with <c>POST /tasks/{id}/complete</c>.</param>
/// <param name="Name">Name of the task.</param>
/// <param name="Payload">What it is about.</param>
public sealed record RunTaskRequest(string TaskId, string Name, object? Payload);

/// <summary>Asks the world to do a task and waits for its result.</summary>
[Activity("Elsa", "Primitives", "Asks the world to do a task and waits for its result.", DisplayName = "Run Task")]
public sealed class RunTask : Activity<object?>
{
    /// <summary>Key under which the result comes with its stimulus.</summary>
    public const string ResultKey = "RunTaskInput";

    /// <summary>Name of the task.</summary>
    [Input(Description = "Name of the task.")]
    public Input<string> TaskName { get; set; } = new("");

    /// <summary>What it is about.</summary>
    [Input(Description = "What it is about.", UIHint = InputHints.Dictionary)]
    public Input<object> Payload { get; set; } = new((object?)null);

    /// <summary>Id of the task.</summary>
    [Output]
    public Output<string> TaskId { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var taskId = context.ActivityInstanceId;
        var name = TaskName?.Get(context) ?? "";
        TaskId.Set(context, taskId);
        context.CreateBookmark(
            new BookmarkRequest("Elsa.RunTask")
            {
                Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["TaskId"] = taskId, ["TaskName"] = name },
                ExcludedFromHash = ["TaskName"],
            },
            Receive
        );
        context.Record(new RunTaskRequest(taskId, name, PlainValue.Of(Payload?.Get(context))));
    }

    private void Receive(ActivityExecutionContext context)
    {
        Result.Set(context, context.GetWorkflowInput(ResultKey));
        context.Complete();
    }
}
