using ServiceLoop.Engine;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Escalations;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Raises something on the ladder, and waits for somebody who cares for it if asked to.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Raises something on the ladder, and waits for somebody who cares for it if asked to.",
    DisplayName = "Escalate"
)]
[FlowNode(Outcomes.Done, "Acknowledged", "Resolved", "Waived")]
public sealed class Escalate : Activity
{
    [Input(Description = "Level of the ladder; it is not lowered when it stands higher already.", Order = 1)]
    public Input<int> Level { get; set; } = new(1);

    [Input(Description = "Why, for those who are told.", UIHint = InputHints.MultiLine, Order = 2)]
    public Input<string> Reason { get; set; } = new("");

    [Input(DisplayName = "Wait", Description = "Wait until somebody acknowledges it, or it ends.", UIHint = InputHints.Checkbox, Order = 3)]
    public Input<bool> WaitForAnswer { get; set; } = new(false);

    [Input(Description = "What about the case: one escalation is open for each.", Order = 4)]
    public Input<string> Metric { get; set; } = new("resolution");

    [Input(
        Description = "Priority of the case: P1 is served around the clock.",
        UIHint = InputHints.Dropdown,
        Options = ["P1", "P2", "P3", "P4"]
    )]
    public Input<string> Priority { get; set; } = new((string?)null);

    [Input(Description = "What many cases may have in common; more than ten in a quarter of an hour become one.")]
    public Input<string> Cause { get; set; } = new((string?)null);

    [Input(Description = "Who works on it.")]
    public Input<string> Assignee { get; set; } = new((string?)null);

    [Input(Description = "The queue that a degraded definition would serve.")]
    public Input<string> Queue { get; set; } = new((string?)null);

    [Input(Description = "Calendar of its working time. Empty: by the wall.")]
    public Input<string> Calendar { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(DisplayName = "Escalation", Description = "After a wait: id of the escalation.")]
    public Output<string> EscalationId { get; set; } = new();

    [Output(Description = "After a wait: who has acknowledged it.")]
    public Output<string> AcknowledgedBy { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var wait = WaitForAnswer.Get(context);
        var ask = context.ReadInputs<EscalationAsk>() with { CaseId = DeskInputs.SubjectOf(context, CaseId) };
        var signal = DeskInputs.Checked(() => ask.Signal(context.ActivityInstanceId, context.Now));
        context.Record(signal with { InstanceId = wait ? context.WorkflowInstanceId : null });

        if (wait)
            context.WaitForEvent(EscalationWork.AnswerTo(context.ActivityInstanceId), OnAnswer);
        else
            context.Complete();
    }

    private void OnAnswer(ActivityExecutionContext context)
    {
        var answer = context.GetWorkflowInput(Event.PayloadKey) as IDictionary<string, object?>;
        EscalationId.Set(context, answer?["escalationId"] as string);
        AcknowledgedBy.Set(context, answer?["by"] as string);
        context.CompleteWithOutcomes(answer?["outcome"] as string ?? Outcomes.Done);
    }
}

/// <summary>Says that somebody cares for an escalation.</summary>
[Activity("ServiceLoop", "Customer service", "Says that somebody cares for an escalation.", DisplayName = "Acknowledge Escalation")]
public sealed class AcknowledgeEscalation : Activity
{
    [Input(DisplayName = "Escalation", Description = "Id of the escalation.", Order = 1)]
    public Input<string> EscalationId { get; set; } = new("");

    [Input(DisplayName = "By", Description = "Who cares for it.", Order = 2)]
    public Input<string> Who { get; set; } = new("workflow");

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        context.Record(
            new EscalationAcknowledgement(
                context.ActivityInstanceId,
                TextRules.Required(EscalationId.Get(context), "Escalation", 200),
                TextRules.Optional(Who.Get(context), "By", 200) ?? "workflow"
            )
        );
        context.Complete();
    }
}
