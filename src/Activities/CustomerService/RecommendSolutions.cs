using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Knowledge;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Recommends articles to who works on the case, each with reasons.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Recommends articles to who works on the case, the best first, each with its reasons.",
    DisplayName = "Recommend Solutions"
)]
public sealed class RecommendSolutions : KnowledgeActivity
{
    [Input(Description = "At most how many, 1 to 20.", Order = 5)]
    public Input<int> Take { get; set; } = new(5);

    [Output(Description = "The articles: useId, articleId, version, title, score, reasons.")]
    public Output<object[]> Recommendations { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var question = QuestionOf(context);
        var found = await context
            .GetRequiredService<KnowledgeSearch>()
            .RecommendAsync(question, Take?.Get(context) ?? 5, context.CancellationToken);
        Record(context, UseKind.Recommended, found, question);
        Recommendations.Set(context, [.. found.Select((r, i) => Told(r, $"{context.ActivityInstanceId}:{i + 1}"))]);
    }

    private static Dictionary<string, object?> Told(Recommendation r, string useId) =>
        new(StringComparer.Ordinal)
        {
            ["useId"] = useId,
            ["articleId"] = r.ArticleId,
            ["version"] = (long)r.Version,
            ["title"] = r.Title,
            ["score"] = r.Score,
            ["reasons"] = r.Reasons.Cast<object?>().ToList(),
        };
}
