using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Clocks;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>A step that asks something of a clock; what it asks is applied right after the step, at the moment of the step.</summary>
public abstract class ClockStepActivity : Activity
{
    [Input(DisplayName = "Clock", Description = "Id of the clock. Empty: that of the case with the metric below.", Order = 1)]
    public Input<string> ClockId { get; set; } = new((string?)null);

    [Input(
        Description = "What the clock measures.",
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
        Order = 2
    )]
    public Input<string> Metric { get; set; } = new("resolution");

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    private protected void Ask(ActivityExecutionContext context, ClockVerb verb, string? reason = null)
    {
        context.Record(
            new ClockAsk
            {
                Id = context.ActivityInstanceId,
                ClockId = DeskInputs.Text(context, ClockId, "ClockId", 200),
                CaseId = DeskInputs.SubjectOf(context, CaseId),
                Metric = Metric.Get(context),
                Verb = verb,
                At = context.Now,
                Reason = reason,
            }.Validated()
        );
        context.Complete();
    }
}

/// <summary>Pauses a clock for a reason.</summary>
[Activity("ServiceLoop", "Customer service", "Pauses a clock for a reason that its policy allows.", DisplayName = "Pause Clock")]
public sealed class PauseClock : ClockStepActivity
{
    [Input(
        Description = "Why nothing counts meanwhile.",
        UIHint = InputHints.Dropdown,
        Options = ["waiting-customer", "waiting-third-party", "agreed-callback", "force-majeure"],
        Order = 3
    )]
    public Input<string> Reason { get; set; } = new("waiting-customer");

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => Ask(context, ClockVerb.Pause, Reason.Get(context));
}

/// <summary>Lets a paused clock go on.</summary>
[Activity("ServiceLoop", "Customer service", "Lets a paused clock go on.", DisplayName = "Resume Clock")]
public sealed class ResumeClock : ClockStepActivity
{
    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => Ask(context, ClockVerb.Resume);
}

/// <summary>Stops a clock: met or missed.</summary>
[Activity("ServiceLoop", "Customer service", "Stops a clock: met, or missed.", DisplayName = "Stop Clock")]
public sealed class StopClock : ClockStepActivity
{
    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => Ask(context, ClockVerb.Stop);
}
