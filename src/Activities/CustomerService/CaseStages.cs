using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Says where the workflow is: the status of the case follows.</summary>
[Activity("ServiceLoop", "Customer service", "Says where the workflow is; the status of the case follows.", DisplayName = "Update Stage")]
public sealed class UpdateStage : CodeActivity
{
    [Input(
        Description = "Status that the case has here. Empty: only the stage changes.",
        UIHint = InputHints.Dropdown,
        Options = [
            "triaged",
            "in-diagnosis",
            "in-solution",
            "in-tracking",
            "pending-customer",
            "pending-third-party",
            "on-hold",
            "in-follow-up",
            "cancelled",
        ],
        Order = 1
    )]
    public Input<string> Status { get; set; } = new((string?)null);

    [Input(Description = "Stage as your process calls it.", Order = 2)]
    public Input<string> Stage { get; set; } = new((string?)null);

    [Input(Description = "Why, for people.", Order = 3)]
    public Input<string> Reason { get; set; } = new((string?)null);

    [Input(Description = "For on-hold: until when.", UIHint = InputHints.DateTimePicker, Order = 4)]
    public Input<DateTimeOffset?> Until { get; set; } = new((DateTimeOffset?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var status = DeskInputs.Word<CaseStatus>(context, Status, "Status");

        // These say more than a status, and have activities of their own.
        if (status is CaseStatus.New or CaseStatus.Resolved or CaseStatus.Closed or CaseStatus.Merged)
            throw new WorkflowFaultException(
                $"'{Id}' goes to {status}; use Resolve Case or Close Case for the end of a case.",
                "case.status"
            );

        var reason = DeskInputs.Text(context, Reason, "Reason", 500);
        context.Record(
            new CaseMove(DeskInputs.CaseOf(context, CaseId), "stage", status, reason)
            {
                Stage = DeskInputs.Text(context, Stage, "Stage", 100),
                Until = Until?.Get(context)?.ToUniversalTime(),
            }
        );
    }
}

/// <summary>Settles the case; the customer may come back for seven days.</summary>
[Activity("ServiceLoop", "Customer service", "Settles the case; the customer may come back for seven days.", DisplayName = "Resolve Case")]
public sealed class ResolveCase : CodeActivity
{
    [Input(
        Description = "How it ended.",
        UIHint = InputHints.Dropdown,
        Options = ["solved", "workaround", "duplicate", "no-fault", "customer-withdrew", "unreachable", "referred", "rejected"],
        Order = 1
    )]
    public Input<string> Code { get; set; } = new("solved");

    [Input(Description = "Who settled it.", UIHint = InputHints.Dropdown, Options = ["auto", "assisted", "human"], Order = 2)]
    public Input<string> Mode { get; set; } = new("human");

    [Input(Description = "What was done, for people.", UIHint = InputHints.MultiLine, Order = 3)]
    public Input<string> Note { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var code = DeskInputs.Word<ResolutionCode>(context, Code, "Code") ?? ResolutionCode.Solved;
        context.Record(
            new CaseMove(DeskInputs.CaseOf(context, CaseId), "resolve", CaseStatus.Resolved, null)
            {
                Code = code,
                Mode = DeskInputs.Word<ResolutionMode>(context, Mode, "Mode") ?? ResolutionMode.Human,
                Note = DeskInputs.Text(context, Note, "Note", 4000),
            }
        );
    }
}

/// <summary>Ends the case for good.</summary>
[Activity("ServiceLoop", "Customer service", "Ends a settled case for good; nothing of it changes any more.", DisplayName = "Close Case")]
public sealed class CloseCase : CodeActivity
{
    [Input(Description = "Why, for people.", Order = 1)]
    public Input<string> Reason { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) =>
        context.Record(
            new CaseMove(DeskInputs.CaseOf(context, CaseId), "close", CaseStatus.Closed, DeskInputs.Text(context, Reason, "Reason", 500))
        );
}
