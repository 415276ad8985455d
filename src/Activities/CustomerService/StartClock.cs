using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Starts a clock of a service level for a case.</summary>
[Activity("ServiceLoop", "Customer service", "Starts a clock of a service level for a case.", DisplayName = "Start Clock")]
[FlowNode(Outcomes.Done, NoTarget)]
public sealed class StartClock : Activity
{
    private const string NoTarget = "No target";

    [Input(
        Description = "What is measured.",
        UIHint = InputHints.Dropdown,
        Options = [
            "first_response",
            "first_human_response",
            "next_response",
            "resolution",
            "queue_wait",
            "callback_on_time",
            "follow_up_on_time",
        ],
        Order = 1
    )]
    public Input<string> Metric { get; set; } = new("resolution");

    [Input(Description = "Priority of the case: P1 to P4.", UIHint = InputHints.Dropdown, Options = ["P1", "P2", "P3", "P4"], Order = 2)]
    public Input<string> Priority { get; set; } = new("P3");

    [Input(Description = "More facts of the case for the conditions of policies.", UIHint = InputHints.Dictionary, Order = 3)]
    public Input<IDictionary<string, object?>> Facts { get; set; } = new((IDictionary<string, object?>?)null);

    [Input(Description = "A policy by name, when one is meant. Empty: the one that fits the case.", Category = "Policy")]
    public Input<string> Policy { get; set; } = new((string?)null);

    [Input(DisplayName = "Contract calendar", Description = "Calendar of the customer's contract.", Category = "Policy")]
    public Input<string> ContractCalendar { get; set; } = new((string?)null);

    [Input(DisplayName = "Queue calendar", Description = "Calendar of the queue.", Category = "Policy")]
    public Input<string> QueueCalendar { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "Id of the clock.")]
    public Output<string> ClockId { get; set; } = new();

    [Output(Description = "When the target is used up.")]
    public Output<DateTimeOffset?> DueAt { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var facts = (Facts.Get(context) ?? ImmutableDictionary<string, object?>.Empty).ToDictionary(f => f.Key, f => f.Value?.ToString());
        facts["priority"] = Priority.Get(context) ?? facts.GetValueOrDefault("priority");
        var started = await context
            .GetRequiredService<ClockService>()
            .PrepareAsync(
                new()
                {
                    Id = context.ActivityInstanceId,
                    CaseId = DeskInputs.SubjectOf(context, CaseId),
                    Metric = Metric.Get(context) ?? "",
                    Policy = Policy.Get(context),
                    Facts = facts,
                    ContractCalendarId = DeskInputs.Text(context, ContractCalendar, "ContractCalendar", 200),
                    QueueCalendarId = DeskInputs.Text(context, QueueCalendar, "QueueCalendar", 200),
                    InstanceId = context.WorkflowInstanceId,
                    At = context.Now,
                },
                context.CancellationToken
            );

        if (started is not null)
        {
            context.Record(started);
            ClockId.Set(context, started.Clock.Id);
            DueAt.Set(context, started.Clock.DueAt);
        }

        context.CompleteWithOutcomes(started is null ? NoTarget : Outcomes.Done);
    }
}
