using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Chooses who serves a case now: by how the customer sounds, what it is about, and whether an article answers it.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Chooses who serves a case now: a bot, a bot that a person looks over, a person, or a specialist. Ask again with every contact.",
    DisplayName = "Choose Service Mode"
)]
[FlowNode("Bot", "Assisted", "Human", "Specialist")]
public sealed class ChooseServiceMode : Activity
{
    [Input(Description = "What the customer said last. Empty: the last contact of the case.", UIHint = InputHints.MultiLine, Order = 1)]
    public Input<string> Text { get; set; } = new((string?)null);

    [Input(Description = "Article that answers it, as AnswerFromKnowledge found it. Empty: none.", Order = 2)]
    public Input<string> ArticleId { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "bot, assisted, human or specialist.")]
    public Output<string> Mode { get; set; } = new();

    [Output(Description = "Why: the first rule that held, such as angry or unsure.")]
    public Output<string> Reason { get; set; } = new();

    [Output(Description = "How the customer sounds, -1 to 1.")]
    public Output<double> Sentiment { get; set; } = new();

    [Output(Description = "Whether the customer is angry.")]
    public Output<bool> IsAngry { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var caseId = DeskInputs.CaseOf(context, CaseId);
        var hasAnswer = DeskInputs.Text(context, ArticleId, nameof(ArticleId), 200) is not null;
        var desk = context.GetRequiredService<TriageDesk>();
        var row = await desk.ChooseModeAsync(context.ActivityInstanceId, caseId, Text?.Get(context), hasAnswer, context.CancellationToken);
        context.Record(row);
        Mode.Set(context, Words.Of(row.Choice.Mode));
        Reason.Set(context, Words.Of(row.Choice.Reason));
        Sentiment.Set(context, row.Facts.Sentiment.Score);
        IsAngry.Set(context, row.Facts.Sentiment.IsAngry);
        context.CompleteWithOutcomes(row.Choice.Mode.ToString());
    }
}
