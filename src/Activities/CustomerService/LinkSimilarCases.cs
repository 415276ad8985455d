using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Links earlier cases of the customer about the same category; the third contact raises the urgency.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Links earlier cases of the customer about the same category, and tells which contact this is.",
    DisplayName = "Link Similar Cases"
)]
[FlowNode("First", "Repeated")]
public sealed class LinkSimilarCases : Activity
{
    [Input(Description = "What the case is about. Empty: as it stands with the case.", Order = 1)]
    public Input<string> Category { get; set; } = new((string?)null);

    [Input(Description = "How many days to look back.", Order = 2)]
    public Input<int> Days { get; set; } = new(CaseDesk.RepeatDays);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "Which contact about the same this is: 1 is the first.")]
    public Output<int> ContactNumber { get; set; } = new();

    [Output(Description = "Ids of the earlier cases, the newest first.")]
    public Output<string[]> SimilarCases { get; set; } = new();

    [Output(Description = "Priority of the case now, 1 to 4.")]
    public Output<int> Priority { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var found = await context
            .GetRequiredService<CaseDesk>()
            .LinkSimilarAsync(
                DeskInputs.CaseOf(context, CaseId),
                Category?.Get(context),
                Days?.Get(context) ?? CaseDesk.RepeatDays,
                context.CancellationToken
            );
        ContactNumber.Set(context, found.ContactNo);
        SimilarCases.Set(context, found.Similar.ToArray());
        Priority.Set(context, found.Priority);
        context.CompleteWithOutcomes(found.ContactNo > 1 ? "Repeated" : "First");
    }
}
