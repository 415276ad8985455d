using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk.ProblemFiles;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>Gathers everything that is known about the case: contacts, transcripts, pictures, facts, open questions.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Gathers everything that is known about the case: contacts, transcripts, pictures with their facts, open questions.",
    DisplayName = "Assemble Problem File"
)]
public sealed class AssembleProblemFile : CodeActivity
{
    [Input(Description = "Intent, where it is known: it tells what must be asked.", Order = 1)]
    public Input<string> Intent { get; set; } = new((string?)null);

    [Input(Description = "The case. Empty: the correlation id of the workflow.", Category = "Case")]
    public Input<string> CaseId { get; set; } = new((string?)null);

    [Output(Description = "The problem file: CaseId, Category, ContactNo, Text, Language, Facts, OpenQuestions, Tried.")]
    public Output<IDictionary<string, object?>> ProblemFile { get; set; } = new();

    [Output(Description = "Questions that are still open, in words for people.")]
    public Output<string[]> OpenQuestions { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var file = await context
            .GetRequiredService<ProblemFileDesk>()
            .AssembleAsync(DeskInputs.CaseOf(context, CaseId), DeskInputs.Text(context, Intent, "Intent", 100), context.CancellationToken);
        ProblemFile.Set(context, file.ToValues());
        OpenQuestions.Set(context, file.OpenQuestions.Select(q => q.Question).ToArray());
    }
}
