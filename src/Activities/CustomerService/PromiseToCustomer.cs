using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Promises;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Writes down what the customer was promised, and until when; a broken promise is told.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Writes down what the customer was promised, and until when; whether it was kept is looked after.",
    DisplayName = "Promise To Customer"
)]
public sealed class PromiseToCustomer : CodeActivity
{
    [Input(Description = "What is promised, in words for people.", Order = 1)]
    public Input<string> Promise { get; set; } = new("");

    [Input(Description = "Until when.", UIHint = InputHints.DateTimePicker, Order = 2)]
    public Input<DateTimeOffset?> DueAt { get; set; } = new((DateTimeOffset?)null);

    [Input(Description = "Instead of a moment: how long from now, for example 1.00:00:00 for a day.", Order = 3)]
    public Input<TimeSpan?> Within { get; set; } = new((TimeSpan?)null);

    [Input(Description = "The customer. Empty: the one of the case.", Category = "Case")]
    public Input<string> CustomerId { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "Id of the promise.")]
    public Output<string> PromiseId { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var within = Within?.Get(context);
        var dueAt = DueAt?.Get(context) ?? (within > TimeSpan.Zero && within < TimeSpan.FromDays(3660) ? context.Now + within : null);

        if (DeskInputs.Text(context, Promise, "Promise", 1000) is not { } what || dueAt is not { } due || due <= context.Now)
            throw new WorkflowFaultException(
                $"'{Id}' needs a promise and a moment after {context.Now:u}; it has the moment {dueAt:u}.",
                "promise.moment"
            );

        PromiseId.Set(context, context.ActivityInstanceId);
        var customer = DeskInputs.Text(context, CustomerId, "CustomerId", 200);
        context.Record(
            new PromiseMade(context.ActivityInstanceId, DeskInputs.FindCase(context, CaseId), customer, what, due.ToUniversalTime())
        );
    }
}
