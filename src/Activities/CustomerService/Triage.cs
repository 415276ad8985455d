using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Tells what a customer wants, and what follows from it for the case. Unsure: a person decides, and this activity is told the answer.</summary>
/// <remarks>The text is scored outside the step; the judgement and the change of the case are written with it, before what follows runs.</remarks>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Tells what a customer wants: intent, category, queue, skills and priority. Unsure: ask a person, and tell the answer here.",
    DisplayName = "Triage",
    Commit = CommitPoint.After
)]
[FlowNode("Sure", "Unsure")]
public sealed class Triage : Activity
{
    [Input(Description = "What the customer said. Empty: all contacts of the case.", UIHint = InputHints.MultiLine, Order = 1)]
    public Input<string> Text { get; set; } = new((string?)null);

    [Input(Description = "How likely the intent must be, 0 to 1. Empty: as the model was trained for.", Order = 2)]
    public Input<double?> Threshold { get; set; } = new((double?)null);

    [Input(
        Description = "What a person says that it is. Given: nothing is scored, and the case follows the person.",
        Category = "Decision"
    )]
    public Input<string> DecidedIntent { get; set; } = new((string?)null);

    [Input(Description = "Who says so.", Category = "Decision")]
    public Input<string> DecidedBy { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "The likeliest intent.")]
    public Output<string> Intent { get; set; } = new();

    [Output(Description = "What the case is about.")]
    public Output<string> Category { get; set; } = new();

    [Output(Description = "Queue for such work.")]
    public Output<string> Queue { get; set; } = new();

    [Output(Description = "Priority of the case, 1 to 4.")]
    public Output<int> Priority { get; set; } = new();

    [Output(Description = "Skills that are needed.")]
    public Output<string[]> Skills { get; set; } = new();

    [Output(Description = "How likely the intent is, 0 to 1.")]
    public Output<double> Confidence { get; set; } = new();

    [Output(Description = "Language of the text: zh or en.")]
    public Output<string> Language { get; set; } = new();

    [Output(Description = "Whether it is a standard question.")]
    public Output<bool> IsStandard { get; set; } = new();

    [Output(Description = "Version of the model; person when a person decided, none when there is no model.")]
    public Output<string> ModelVersion { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var desk = context.GetRequiredService<TriageDesk>();
        var (id, caseId, wish) = (context.ActivityInstanceId, DeskInputs.CaseOf(context, CaseId), context.ReadInputs<TriageWish>());
        var workflow = $"workflow:{context.WorkflowInstanceId}";
        var step = await DeskInputs.CheckedAsync(() => desk.StepAsync(id, caseId, wish, workflow, context.CancellationToken));
        context.Record(step.Row);
        context.SetOutputs(step.Outputs);
        context.CompleteWithOutcomes(step.IsSure ? "Sure" : "Unsure");
    }
}
