using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Inputs that the activities of knowledge share.</summary>
public abstract class KnowledgeActivity : CodeActivity
{
    [Input(Description = "What the customer said. Empty: all that was said about the case.", UIHint = InputHints.MultiLine, Order = 1)]
    public Input<string> Text { get; set; } = new((string?)null);

    [Input(Description = "Intent, where it is known.", Order = 2)]
    public Input<string> Intent { get; set; } = new((string?)null);

    [Input(Description = "Category. Empty: that of the case.", Order = 3)]
    public Input<string> Category { get; set; } = new((string?)null);

    [Input(Description = "Language, zh or en. Empty: that of the text.", Order = 4)]
    public Input<string> Language { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    /// <summary>The question of the inputs; what is empty is taken from the case.</summary>
    private protected KnowledgeQuestion QuestionOf(ActivityExecutionContext context) =>
        new()
        {
            Text = Text?.Get(context),
            Intent = DeskInputs.Text(context, Intent, "Intent", 100),
            Category = DeskInputs.Text(context, Category, "Category", 200),
            Language = DeskInputs.Text(context, Language, "Language", 35),
            CaseId = DeskInputs.FindCase(context, CaseId),
        };

    /// <summary>Records that articles are used; a burst that is repeated records the same.</summary>
    private protected static void Record(
        ActivityExecutionContext context,
        UseKind kind,
        IEnumerable<Recommendation> articles,
        KnowledgeQuestion question
    )
    {
        foreach (var (place, article) in articles.Index())
        {
            var id = $"{context.ActivityInstanceId}:{place + 1}";
            context.Record(new KnowledgeUse(id, kind, article, question.CaseId, question.Category, place + 1));

            if (kind == UseKind.Answered && question.CaseId is { } about)
                context.Record(new SolutionAttempt(id, about, article.Title, article.ArticleId, "bot"));
        }
    }
}
