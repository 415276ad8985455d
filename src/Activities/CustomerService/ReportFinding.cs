using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.Findings;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Reports a signal that something is wrong, with what shows it.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Reports a signal that something is wrong, with what shows it.",
    DisplayName = "Report Finding"
)]
public sealed class ReportFinding : CodeActivity
{
    [Input(Description = "What is wrong, in one line.", Order = 1)]
    public Input<string> Title { get; set; } = new("");

    [Input(
        Description = "From where it is known.",
        UIHint = InputHints.Dropdown,
        Options = ["survey", "kpi", "incident", "qa", "staff", "review"],
        Order = 2
    )]
    public Input<string> Source { get; set; } = new("incident");

    [Input(Description = "More about it.", UIHint = InputHints.MultiLine, Order = 3)]
    public Input<string> Detail { get; set; } = new((string?)null);

    [Input(DisplayName = "KPI", Description = "The indicator that it is about.", Order = 4)]
    public Input<string> Kpi { get; set; } = new((string?)null);

    [Input(Description = "The category of cases that it is about.", Order = 5)]
    public Input<string> Category { get; set; } = new((string?)null);

    [Input(Description = "References to what shows it.", UIHint = InputHints.MultiText, Order = 6)]
    public Input<string[]> Evidence { get; set; } = new((string[]?)null);

    [Input(Description = "How sure it is, 0 to 1.", Order = 7)]
    public Input<double?> Confidence { get; set; } = new((double?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "Id of the finding.")]
    public Output<string> FindingId { get; set; } = new();

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var request = new FindingRequest(
            Source?.Get(context),
            Title?.Get(context),
            Detail?.Get(context),
            Kpi?.Get(context),
            Category: Category?.Get(context),
            CaseId: DeskInputs.FindCase(context, CaseId),
            Evidence: Evidence?.Get(context),
            Confidence: Confidence?.Get(context)
        );
        FindingId.Set(context, context.ActivityInstanceId);
        context.Record(DeskInputs.Checked(() => request.Read(context.ActivityInstanceId)));
    }
}
