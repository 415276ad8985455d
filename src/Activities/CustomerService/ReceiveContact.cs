using ServiceLoop.Engine;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Interactions;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Starts a workflow for a contact that belongs to no open case, and opens one; or waits for such a contact.</summary>
/// <remarks>The case is committed before what follows runs, so that services find it.</remarks>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Starts a workflow for a contact that belongs to no open case, and opens a case for it.",
    DisplayName = "Receive Contact",
    Commit = CommitPoint.After
)]
public sealed class ReceiveContact : Trigger<object?>
{
    [Input(Description = "Channels to listen to, such as email or phone. None: all.", UIHint = InputHints.MultiText, Order = 1)]
    public Input<string[]> Channels { get; set; } = new((string[]?)null);

    [Input(Description = "Opens a case, and correlates the workflow with it.", UIHint = InputHints.Checkbox, Order = 2)]
    public Input<bool> OpenCase { get; set; } = new(true);

    [Output(Description = "Id of the contact.")]
    public Output<string> InteractionId { get; set; } = new();

    [Output(Description = "Id of the case.")]
    public Output<string> CaseId { get; set; } = new();

    [Output(Description = "Id of the customer, where the sender is known.")]
    public Output<string> CustomerId { get; set; } = new();

    [Output(Description = "Channel of the contact.")]
    public Output<string> Channel { get; set; } = new();

    [Output(Description = "The earlier case that was over when the customer came back.")]
    public Output<string> PreviousCaseId { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow)
            Receive(context);
        else
            foreach (var stimulus in GetTriggers(context))
                context.CreateBookmark(stimulus, Receive);
    }

    /// <inheritdoc/>
    protected override IEnumerable<BookmarkRequest> GetTriggers(ActivityExecutionContext context) =>
        Channels?.Get(context) is { Length: > 0 } channels
            ? channels
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(c => Event.StimulusOf($"{InteractionDesk.ReceivedEvent}:{c.Trim().ToLowerInvariant()}"))
            : [Event.StimulusOf(InteractionDesk.ReceivedEvent)];

    private void Receive(ActivityExecutionContext context)
    {
        Result.Set(context, context.GetWorkflowInput(Event.PayloadKey));
        var contact = DeskInputs.Members(context.GetWorkflowInput(Event.PayloadKey));
        context.SetOutputs(contact);

        if (OpenCase is null || OpenCase.Get(context))
        {
            context.CorrelationId = context.ActivityInstanceId;
            CaseId.Set(context, context.ActivityInstanceId);
            context.Record(CaseOpening.Of(context.ActivityInstanceId, contact));
        }

        context.Complete();
    }
}
