using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Surveys;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Asks the customer how it was, at a good moment or for a good reason not at all, and waits for the answer.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Asks the customer how it was, within the allowed time, unless there is a reason not to; waits up to seven days.",
    DisplayName = "Request Feedback"
)]
[FlowNode("Answered", "Low score", "Expired", "Suppressed")]
public sealed class RequestFeedback : Activity
{
    [Input(Description = "What to measure.", UIHint = InputHints.Dropdown, Options = ["csat", "ces", "nps"], Order = 1)]
    public Input<string> Metric { get; set; } = new("csat");

    [Input(
        Description = "How the case was settled; it decides how long to wait.",
        UIHint = InputHints.Dropdown,
        Options = ["bot-solved", "conversation", "delivery", "advice"],
        Order = 2
    )]
    public Input<string> Cause { get; set; } = new("conversation");

    [Input(Description = "How to ask.", UIHint = InputHints.Dropdown, Options = ["survey", "call", "message"], Order = 3)]
    public Input<string> Kind { get; set; } = new("survey");

    [Input(Description = "Channel to ask on.", Order = 4)]
    public Input<string> Channel { get; set; } = new("email");

    [Input(Description = "When it was settled or delivered. Empty: now.", UIHint = InputHints.DateTimePicker, Order = 5)]
    public Input<DateTimeOffset?> SettledAt { get; set; } = new((DateTimeOffset?)null);

    [Input(Description = "A template is agreed with the channel that may be sent at any time.", UIHint = InputHints.Checkbox, Order = 6)]
    public Input<bool> HasTemplate { get; set; } = new(false);

    [Input(Description = "The customer. Empty: the one of the case.", Category = "Case")]
    public Input<string> CustomerId { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "Id of the follow-up.")]
    public Output<string> FollowUpId { get; set; } = new();

    [Output(Description = "The score.")]
    public Output<int?> Score { get; set; } = new();

    [Output(Description = "What the customer wrote.")]
    public Output<string> Text { get; set; } = new();

    [Output(Description = "Why nobody was asked.")]
    public Output<string> Reason { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var id = context.ActivityInstanceId;
        FollowUpId.Set(context, id);
        var waiter = context.CreateBookmark(DeskInputs.WaiterFor("ServiceLoop.Feedback", "FollowUpId", id), Ended);
        context.Record(
            new FollowUpWish(
                id,
                DeskInputs.FindCase(context, CaseId),
                DeskInputs.Text(context, CustomerId, "CustomerId", 200),
                waiter.Id,
                DeskInputs.Word<FollowUpKind>(context, Kind, "Kind") ?? FollowUpKind.Survey,
                DeskInputs.Word<SurveyMetric>(context, Metric, "Metric") ?? SurveyMetric.Csat,
                DeskInputs.Word<FollowUpCause>(context, Cause, "Cause") ?? FollowUpCause.Conversation,
                DeskInputs.Text(context, Channel, "Channel", 64) ?? "email",
                HasTemplate is not null && HasTemplate.Get(context),
                SettledAt?.Get(context)?.ToUniversalTime()
            )
        );
    }

    private void Ended(ActivityExecutionContext context)
    {
        Score.Set(context, context.GetWorkflowInput<int?>(FeedbackEnd.ScoreKey));
        Text.Set(context, context.GetWorkflowInput<string>(FeedbackEnd.TextKey));
        Reason.Set(context, context.GetWorkflowInput<string>(FeedbackEnd.ReasonKey));
        context.CompleteWithOutcomes(context.GetWorkflowInput<string>(FeedbackEnd.OutcomeKey) ?? "Expired");
    }
}
