using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Callbacks;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Promises the customer a call in the allowed time, and waits until it ends.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Promises the customer a call within the allowed time, and waits until it was made, given up or not needed any more.",
    DisplayName = "Schedule Callback"
)]
[FlowNode("Reached", "Unreachable", "Superseded", "Cancelled", "Refused")]
public sealed class ScheduleCallback : Activity
{
    [Input(Description = "Numbers to call. None: those of the customer.", UIHint = InputHints.MultiText, Order = 1)]
    public Input<string[]> Numbers { get; set; } = new((string[]?)null);

    [Input(Description = "What to talk about.", Order = 2)]
    public Input<string> Reason { get; set; } = new((string?)null);

    [Input(Description = "From when the customer wants to be called.", UIHint = InputHints.DateTimePicker, Order = 3)]
    public Input<DateTimeOffset?> WishFrom { get; set; } = new((DateTimeOffset?)null);

    [Input(Description = "Until when the customer wants to be called.", UIHint = InputHints.DateTimePicker, Order = 4)]
    public Input<DateTimeOffset?> WishTo { get; set; } = new((DateTimeOffset?)null);

    [Input(Description = "Group of customers whose answers are learned from together.", Category = "Learning")]
    public Input<string> Segment { get; set; } = new((string?)null);

    [Input(Description = "The customer. Empty: the one of the case.", Category = "Case")]
    public Input<string> CustomerId { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "Id of the callback.")]
    public Output<string> CallbackId { get; set; } = new();

    [Output(Description = "Why it ended.")]
    public Output<string> EndReason { get; set; } = new();

    [Output(Description = "How many calls were made.")]
    public Output<int> Attempts { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var id = context.ActivityInstanceId;
        CallbackId.Set(context, id);
        var waiter = context.CreateBookmark(DeskInputs.WaiterFor("ServiceLoop.Callback", "CallbackId", id), Ended);
        context.Record(
            new CallbackWish(
                id,
                DeskInputs.FindCase(context, CaseId),
                DeskInputs.Text(context, CustomerId, "CustomerId", 200),
                waiter.Id,
                "phone",
                DeskInputs.Checked(() => CallbackWishes.NumbersOf(Numbers?.Get(context))),
                DeskInputs.Text(context, Reason, "Reason", 500),
                DeskInputs.Text(context, Segment, "Segment", 64) ?? "",
                DeskInputs.Checked(() => CallbackWishes.WishOf(WishFrom?.Get(context), WishTo?.Get(context), context.Now))
            )
        );
    }

    private void Ended(ActivityExecutionContext context)
    {
        EndReason.Set(context, context.GetWorkflowInput<string>(CallbackEnd.ReasonKey));
        Attempts.Set(context, context.GetWorkflowInput<int>(CallbackEnd.AttemptsKey));
        context.CompleteWithOutcomes(context.GetWorkflowInput<string>(CallbackEnd.OutcomeKey) ?? "Cancelled");
    }
}
