using System.Text.Json;
using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Knowledge;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Gives the case from a bot to a person, with everything that was tried.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Gives the case from a bot to a person, with everything that is known and was tried. Give its summary to the task.",
    DisplayName = "Hand Over"
)]
public sealed class HandOver : CodeActivity
{
    [Input(
        Description = "Why.",
        UIHint = InputHints.Dropdown,
        Options = [
            "customer-asked",
            "low-confidence",
            "angry-customer",
            "no-answer",
            "answer-did-not-help",
            "too-complex",
            "repeated-contact",
            "sensitive",
            "bot-failed",
        ],
        Order = 1
    )]
    public Input<string> Reason { get; set; } = new("no-answer");

    [Input(Description = "More about it, for people.", UIHint = InputHints.MultiLine, Order = 2)]
    public Input<string> Note { get; set; } = new((string?)null);

    [Input(Description = "To which queue, for the record; the task says where it goes.", Order = 3)]
    public Input<string> ToQueue { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "What the person must know: Reason, Note, Text, Facts, OpenQuestions, Tried.")]
    public Output<IDictionary<string, object?>> Summary { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var about = DeskInputs.CaseOf(context, CaseId);
        var reason = DeskInputs.Word<HandOverReason>(context, Reason, "Reason") ?? HandOverReason.NoAnswer;
        var note = DeskInputs.Text(context, Note, "Note", 2000);
        var summary = await context.GetRequiredService<HandOverDesk>().SummaryAsync(about, reason, note, context.CancellationToken);
        var queue = DeskInputs.Text(context, ToQueue, "ToQueue", 200);
        context.Record(new HandOverMade(context.ActivityInstanceId, about, reason, note, queue, JsonSerializer.Serialize(summary)));
        Summary.Set(context, summary);
    }
}
