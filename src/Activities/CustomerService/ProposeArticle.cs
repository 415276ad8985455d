using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Knowledge;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Makes a draft article from a resolved case; a person reads and approves it.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Makes a draft article from a resolved case, without what is personal; people read and approve it.",
    DisplayName = "Propose Article"
)]
public sealed class ProposeArticle : CodeActivity
{
    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "Id of the article.")]
    public Output<string> ArticleId { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var article = await context
            .GetRequiredService<ArticleProposals>()
            .ProposeAsync(DeskInputs.CaseOf(context, CaseId), context.ActivityInstanceId, context.CancellationToken);
        ArticleId.Set(context, article.Id);
    }
}
