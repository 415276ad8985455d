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
        var caseId = DeskInputs.CaseOf(context, CaseId);
        var desk = context.GetRequiredService<TriageDesk>();

        if (DeskInputs.Text(context, DecidedIntent, nameof(DecidedIntent), 100) is { } decided)
            await DecideAsync(context, desk, caseId, decided);
        else
            await ScoreAsync(context, desk, caseId);
    }

    private async ValueTask ScoreAsync(ActivityExecutionContext context, TriageDesk desk, string caseId)
    {
        var (id, text, threshold) = (context.ActivityInstanceId, Text?.Get(context), Threshold?.Get(context));
        var outcome = await DeskInputs.CheckedAsync(() => desk.JudgeAsync(id, caseId, text, threshold, context.CancellationToken));
        context.Record(outcome);
        Confidence.Set(context, outcome.Result.Confidence);
        Language.Set(context, outcome.Result.Language);
        ModelVersion.Set(context, outcome.Result.ModelVersion);
        Follow(context, outcome.Rule, outcome.Priority);
        context.CompleteWithOutcomes(outcome.Result.IsSure ? "Sure" : "Unsure");
    }

    private async ValueTask DecideAsync(ActivityExecutionContext context, TriageDesk desk, string caseId, string intent)
    {
        var by = DeskInputs.Text(context, DecidedBy, nameof(DecidedBy), 200) ?? $"workflow:{context.WorkflowInstanceId}";
        var (decision, priority) = await DeskInputs.CheckedAsync(() =>
            desk.DecideAsync(context.ActivityInstanceId, caseId, intent, by, null, context.CancellationToken)
        );
        context.Record(decision);
        Confidence.Set(context, 1);
        ModelVersion.Set(context, "person");
        Follow(context, decision.Rule, priority);
        context.CompleteWithOutcomes("Sure");
    }

    private void Follow(ActivityExecutionContext context, IntentRule? rule, int priority)
    {
        Intent.Set(context, rule?.Name);
        Category.Set(context, rule?.Category);
        Queue.Set(context, rule?.Queue);
        Skills.Set(context, rule is null ? [] : [.. rule.Skills]);
        IsStandard.Set(context, rule is { IsStandard: true });
        Priority.Set(context, priority);
    }
}
