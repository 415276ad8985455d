using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Knowledge;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Looks for the answer to a standard question; sends nothing.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Looks for the answer to a standard question among published articles; what it finds is sent by Send Message.",
    DisplayName = "Answer From Knowledge"
)]
[FlowNode("Answered", "NotFound")]
public sealed class AnswerFromKnowledge : KnowledgeActivity
{
    [Input(Description = "How sure it must be, 0 to 1. Empty: 0.6.", Order = 5)]
    public Input<double?> Threshold { get; set; } = new((double?)null);

    [Input(Description = "True: only looks whether there is one; it is not kept as an answer that was given.", Order = 6)]
    public Input<bool> IsTrial { get; set; } = new(false);

    [Output(Description = "Id of the article.")]
    public Output<string> ArticleId { get; set; } = new();

    [Output(Description = "Version of the article.")]
    public Output<int> ArticleVersion { get; set; } = new();

    [Output(Description = "The answer, as text.")]
    public Output<string> Answer { get; set; } = new();

    [Output(Description = "How sure it is, 0 to 1.")]
    public Output<double> Score { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var question = QuestionOf(context);
        var found = await context
            .GetRequiredService<KnowledgeSearch>()
            .AnswerAsync(question, Threshold?.Get(context), context.CancellationToken);

        if (found is null)
        {
            context.CompleteWithOutcomes("NotFound");
            return;
        }

        if (IsTrial?.Get(context) is not true)
            Record(context, UseKind.Answered, [found.Article], question);

        ArticleId.Set(context, found.Article.ArticleId);
        ArticleVersion.Set(context, found.Article.Version);
        Answer.Set(context, found.Answer);
        Score.Set(context, found.Article.Score);
        context.CompleteWithOutcomes("Answered");
    }
}
