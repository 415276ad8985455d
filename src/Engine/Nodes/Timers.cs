namespace ServiceLoop.Engine.Nodes;

/// <summary>Waits for a span of time.</summary>
[Activity("Elsa", "Scheduling", "Waits for a span of time.")]
public sealed class Delay : Activity
{
    /// <summary>How long.</summary>
    [Input(Description = "How long, for example 1.02:00:00 for a day and two hours.")]
    public Input<TimeSpan> TimeSpan { get; set; } = new(System.TimeSpan.Zero);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) =>
        context.DelayFor(TimeSpan is null ? System.TimeSpan.Zero : TimeSpan.Get(context));
}

/// <summary>Waits for one interval, or starts a workflow every interval.</summary>
[Activity("Elsa", "Scheduling", "Waits for one interval, or starts a workflow every interval.")]
public sealed class Timer : Trigger
{
    /// <summary>The interval.</summary>
    [Input(Description = "The interval, for example 00:05:00.")]
    public Input<TimeSpan> Interval { get; set; } = new(System.TimeSpan.FromMinutes(1));

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow)
            context.Complete();
        else
            context.CreateBookmark(At(context.Now + Interval.Get(context)));
    }

    /// <inheritdoc/>
    protected override IEnumerable<BookmarkRequest> GetTriggers(ActivityExecutionContext context)
    {
        var interval = Interval.Get(context);

        if (interval <= System.TimeSpan.Zero)
            throw new WorkflowFaultException($"'{Id}' has the interval {interval}; it must be longer than zero.");

        return
        [
            new BookmarkRequest("Elsa.Timer")
            {
                Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Interval"] = interval },
                DueAt = context.Now + interval,
            },
        ];
    }

    private static BookmarkRequest At(DateTimeOffset dueAt) =>
        new("Elsa.Timer")
        {
            Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["ResumeAt"] = dueAt },
            IncludeActivityInstanceId = true,
            DueAt = dueAt,
        };
}

/// <summary>Waits for a moment, or starts a workflow at it. A moment in the past is now.</summary>
[Activity("Elsa", "Scheduling", "Waits for a moment, or starts a workflow at it.", DisplayName = "Start At")]
public sealed class StartAt : Trigger
{
    /// <summary>The moment, UTC.</summary>
    [Input(DisplayName = "Date and time", Description = "The moment, UTC.", UIHint = InputHints.DateTimePicker)]
    public Input<DateTimeOffset> DateTime { get; set; } = new(default(DateTimeOffset));

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var moment = DateTime.Get(context);

        if (context.IsTriggerOfWorkflow || moment <= context.Now)
            context.Complete();
        else
            context.CreateBookmark(At(moment) with { IncludeActivityInstanceId = true });
    }

    /// <inheritdoc/>
    protected override IEnumerable<BookmarkRequest> GetTriggers(ActivityExecutionContext context) => [At(DateTime.Get(context))];

    private static BookmarkRequest At(DateTimeOffset moment) =>
        new("Elsa.StartAt")
        {
            Payload = new Dictionary<string, object?>(StringComparer.Ordinal) { ["ExecuteAt"] = moment },
            DueAt = moment,
        };
}
