using ServiceLoop.Engine;
using ServiceLoop.Runtime.Tasks;
using ServiceLoop.ServiceDesk.Tasks;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Asks a person to do something, and waits for the answer.</summary>
/// <remarks>Its outcomes are those of the form, besides <c>Timed out</c> and <c>Cancelled</c>.</remarks>
[Activity("ServiceLoop", "Customer service", "Asks a person to do something, and waits for the answer.", DisplayName = "Assign Task")]
[FlowNode(Outcomes.Done, TaskRequest.TimedOut, TaskRequest.Cancelled)]
public sealed class AssignTask : Activity<object?>
{
    [Input(Description = "What it is about, in one line.", Order = 1)]
    public Input<string> Title { get; set; } = new("");

    [Input(DisplayName = "Type", Description = "Kind of work, for lists and reports.", Order = 2)]
    public Input<string> TaskType { get; set; } = new("task");

    [Input(Description = "The form as a JSON schema. Empty: any answer.", UIHint = InputHints.CodeEditor, Language = "json", Order = 3)]
    public Input<object> Form { get; set; } = new((object?)null);

    [Input(
        DisplayName = "Outcomes",
        Description = "Outcomes that the answer may choose; without any it is Done.",
        UIHint = InputHints.DynamicOutcomes,
        FixedOutcomes = [TaskRequest.TimedOut, TaskRequest.Cancelled],
        Order = 4
    )]
    public Input<string[]> AnswerOutcomes { get; set; } = new((string[]?)null);

    [Input(Description = "What the person sees with it.", UIHint = InputHints.Dictionary, Order = 5)]
    public Input<object> Content { get; set; } = new((object?)null);

    [Input(Description = "P1 is served first.", UIHint = InputHints.Dropdown, Options = ["P1", "P2", "P3", "P4"], Order = 6)]
    public Input<string> Priority { get; set; } = new("P3");

    [Input(
        Description = "Kind of work that decides how much of an agent it takes.",
        UIHint = InputHints.Dropdown,
        Options = ["task", "email", "messaging", "chat", "voice", "callback"],
        Category = "Routing"
    )]
    public Input<string> Channel { get; set; } = new("task");

    [Input(Description = "Queue that it waits in. Empty: it is taken from the list.", Category = "Routing")]
    public Input<string> Queue { get; set; } = new((string?)null);

    [Input(Description = "Whose it is from the beginning.", Category = "Routing")]
    public Input<string> Assignee { get; set; } = new((string?)null);

    [Input(
        Description = "Skills without which nobody gets it, with levels from 1 to 5.",
        UIHint = InputHints.Dictionary,
        Category = "Routing"
    )]
    public Input<object> RequiredSkills { get; set; } = new((object?)null);

    [Input(
        Description = "Skills that make somebody fitter, with levels from 1 to 5.",
        UIHint = InputHints.Dictionary,
        Category = "Routing"
    )]
    public Input<object> PreferredSkills { get; set; } = new((object?)null);

    [Input(Description = "Language that must be spoken: id of a skill.", Category = "Routing")]
    public Input<string> Language { get; set; } = new((string?)null);

    [Input(Description = "The only ones who may have it.", UIHint = InputHints.MultiText, Category = "Routing")]
    public Input<string[]> Candidates { get; set; } = new((string[]?)null);

    [Input(
        Description = "Those who must not have it, such as who has decided before.",
        UIHint = InputHints.MultiText,
        Category = "Routing"
    )]
    public Input<string[]> Excluded { get; set; } = new((string[]?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Input(Description = "The customer.", Category = "Case")]
    public Input<string> CustomerId { get; set; } = new((string?)null);

    [Input(Description = "When it is due.", UIHint = InputHints.DateTimePicker, Category = "Time")]
    public Input<DateTimeOffset?> DueAt { get; set; } = new((DateTimeOffset?)null);

    [Input(Description = "When to look at it again.", UIHint = InputHints.DateTimePicker, Category = "Time")]
    public Input<DateTimeOffset?> FollowUpAt { get; set; } = new((DateTimeOffset?)null);

    [Input(Description = "How long the workflow waits for the answer. Empty: for ever.", Category = "Time")]
    public Input<TimeSpan?> Timeout { get; set; } = new((TimeSpan?)null);

    [Input(DisplayName = "In working time", Description = "The timeout counts only the working time of the queue.", Category = "Time")]
    public Input<bool> InWorkingTime { get; set; } = new(false);

    [Output(Description = "Id of the task.")]
    public Output<string> TaskId { get; set; } = new();

    [Output(Description = "Who answered it.")]
    public Output<string> AnsweredBy { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var id = context.ActivityInstanceId;
        var waiter = context.CreateBookmark(DeskInputs.WaiterFor(DeskTaskEnd.BookmarkName, "TaskId", id), Receive);
        var wish = context.ReadInputs<TaskWish>() with { CaseId = DeskInputs.FindCase(context, CaseId) };
        var timeouts = context.GetRequiredService<TaskTimeouts>();
        var task = await DeskInputs.CheckedAsync(() => timeouts.ReadAsync(wish, id, waiter.Id, context.Now, context.CancellationToken));
        TaskId.Set(context, task.Id);
        context.Record(task);

        if (task.TimesOutAt is { } end)
            context.DelayUntil(end, OnTimeout);
    }

    private void Receive(ActivityExecutionContext context)
    {
        var outcome = context.GetWorkflowInput<string>(TaskAnswers.OutcomeKey) ?? Outcomes.Done;
        Result.Set(context, context.GetWorkflowInput(TaskAnswers.AnswerKey));
        AnsweredBy.Set(context, context.GetWorkflowInput<string>(TaskAnswers.AnsweredByKey));
        End(context, outcome == TaskRequest.Cancelled ? DeskTaskEnding.Cancelled : DeskTaskEnding.Completed, outcome);
    }

    private void OnTimeout(ActivityExecutionContext context) => End(context, DeskTaskEnding.TimedOut, TaskRequest.TimedOut);

    private static void End(ActivityExecutionContext context, DeskTaskEnding how, string outcome)
    {
        context.Record(new DeskTaskEnd(context.ActivityInstanceId, how));
        context.CompleteWithOutcomes(outcome);
    }
}
