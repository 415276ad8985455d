using ServiceLoop.Engine;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Changes;
using ServiceLoop.ServiceDesk.Improvements;

namespace ServiceLoop.Activities.CustomerService;

/// <summary>An activity of the improvement loop. What the desk refuses is a way to go on: a person sees why, and corrects it.</summary>
public abstract class ImprovementActivity : Activity
{
    private protected const string Refused = "Refused";

    [Output(Description = "Why it was refused.")]
    public Output<string> Refusal { get; set; } = new();

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        try
        {
            context.CompleteWithOutcomes(await DoAsync(context));
        }
        catch (DeskRefusedException refused)
        {
            Refusal.Set(context, refused.Message);
            context.CompleteWithOutcomes(Refused);
        }
    }

    private protected abstract Task<string> DoAsync(ActivityExecutionContext context);

    private protected static ImprovementDesk DeskOf(ActivityExecutionContext context) => context.GetRequiredService<ImprovementDesk>();
}

/// <summary>Makes an improvement of a finding; the same problem is worked on once.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Makes an improvement of a finding; a problem that is worked on already gets the finding too.",
    DisplayName = "Register Finding",
    Commit = CommitPoint.After
)]
[FlowNode(Refused, "Registered", "Merged")]
public sealed class RegisterFinding : ImprovementActivity
{
    [Input(DisplayName = "Finding", Description = "Id of the finding.", Order = 1)]
    public Input<string> FindingId { get; set; } = new("");

    [Input(Description = "What is wrong.", UIHint = InputHints.MultiLine, Order = 2)]
    public Input<string> Problem { get; set; } = new("");

    [Input(Description = "Category of cases.", Order = 3)]
    public Input<string> Category { get; set; } = new("");

    [Input(DisplayName = "Root cause", Description = "The cause that is suspected.", Order = 4)]
    public Input<string> RootCause { get; set; } = new("");

    [Input(DisplayName = "KPI", Description = "The indicator that it is about.", Order = 5)]
    public Input<string> Kpi { get; set; } = new("");

    [Input(Description = "Impact, frequency, ease and confidence, each 1 to 5.", UIHint = InputHints.Dictionary, Order = 6)]
    public Input<object> Score { get; set; } = new((object?)null);

    [Input(Description = "The team that works on it.", Order = 7)]
    public Input<string> Team { get; set; } = new("service");

    [Output(DisplayName = "Improvement", Description = "Id of the improvement.")]
    public Output<string> ImprovementId { get; set; } = new();

    private protected override async Task<string> DoAsync(ActivityExecutionContext context)
    {
        var request = new ImprovementRequest(
            [FindingId.Get(context) ?? ""],
            Problem.Get(context),
            Category.Get(context),
            RootCause.Get(context),
            Kpi.Get(context),
            DeskInputs.Bag<ImprovementScore>(context, Score, "Score"),
            Team.Get(context)
        );
        var key = context.ActivityInstanceId;
        var made = await DeskOf(context).RegisterAsync(request, key, context.CancellationToken);
        ImprovementId.Set(context, made.Id);
        return made.Id == key ? "Registered" : "Merged";
    }
}

/// <summary>A step of an improvement that is there already.</summary>
public abstract class ImprovementStep : ImprovementActivity
{
    [Input(DisplayName = "Improvement", Description = "Id of the improvement.", Order = 1)]
    public Input<string> ImprovementId { get; set; } = new("");

    private protected string IdOf(ActivityExecutionContext context) => ImprovementId.Get(context) ?? "";
}

/// <summary>Writes down causes with what they contribute.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Writes down the fishbone: causes on seven bones, and what each contributes by its counts.",
    DisplayName = "Analyse Cause",
    Commit = CommitPoint.After
)]
[FlowNode(Refused, "Not yet", "Analysed")]
public sealed class AnalyseCause : ImprovementStep
{
    [Input(
        Description = "The fishbone and the hypothesis: { fishbone: [{ branch, cause, isConfirmed, counts }], hypothesis }.",
        UIHint = InputHints.JsonEditor,
        Order = 2
    )]
    public Input<object> Analysis { get; set; } = new((object?)null);

    [Output(Description = "The largest share of failed cases that a confirmed cause has.")]
    public Output<double> LargestShare { get; set; } = new();

    private protected override async Task<string> DoAsync(ActivityExecutionContext context)
    {
        var request = DeskInputs.Bag<AnalysisRequest>(context, Analysis, "Analysis") ?? new(null, null);
        var row = await DeskOf(context).AnalyseAsync(IdOf(context), request, context.ActivityInstanceId, context.CancellationToken);
        LargestShare.Set(context, row.Fishbone.Where(l => l.IsConfirmed).Max(l => l.Measured?.Share) ?? 0);
        return ImprovementGates.Analysed(row).Any() ? "Not yet" : "Analysed";
    }
}

/// <summary>Says what is to be changed, asks for the change, and begins the pilot once it is approved.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Writes down what is to be changed, and the change request that allows it; with a pilot, begins it.",
    DisplayName = "Plan Improvement",
    Commit = CommitPoint.After
)]
[FlowNode(Refused, "Planned", "Piloting")]
public sealed class PlanImprovement : ImprovementStep
{
    [Input(
        Description = "What is to be changed: { what, difference, testEvidence, rollbackPlan }.",
        UIHint = InputHints.JsonEditor,
        Order = 2
    )]
    public Input<object> Design { get; set; } = new((object?)null);

    [Input(DisplayName = "Change", Description = "Id of the change request.", Order = 3)]
    public Input<string> ChangeId { get; set; } = new((string?)null);

    [Input(
        Description = "Instead: the pilot of an approved change: { kpi, cases, days, guardrails, isSupportTold }.",
        UIHint = InputHints.JsonEditor,
        Order = 4
    )]
    public Input<object> Pilot { get; set; } = new((object?)null);

    private protected override async Task<string> DoAsync(ActivityExecutionContext context)
    {
        var (id, key, ct) = (IdOf(context), context.ActivityInstanceId, context.CancellationToken);

        if (DeskInputs.Bag<PilotRequest>(context, Pilot, "Pilot") is { } pilot)
        {
            await DeskOf(context).BeginPilotAsync(id, pilot, key, ct);
            return "Piloting";
        }

        var design = DeskInputs.Bag<DesignRequest>(context, Design, "Design") ?? new(null, null, null, null);
        await DeskOf(context).PlanAsync(id, design, ChangeId.Get(context), key, ct);
        return "Planned";
    }
}

/// <summary>Looks at the numbers of a pilot and decides.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Compares before and after on the card of eight indicators, and decides: promote, extend or go back.",
    DisplayName = "Evaluate Effect",
    Commit = CommitPoint.After
)]
[FlowNode(Refused, "Extend", "Promote", "Go back")]
public sealed class EvaluateEffect : ImprovementStep
{
    [Input(
        Description = "The evaluation: { card: [{ name, before, after }], counts, look, smallestEffect, minimumCases, days, brokenGuardrails }.",
        UIHint = InputHints.JsonEditor,
        Order = 2
    )]
    public Input<object> Evaluation { get; set; } = new((object?)null);

    private protected override async Task<string> DoAsync(ActivityExecutionContext context)
    {
        var evaluation = DeskInputs.Bag<Evaluation>(context, Evaluation, "Evaluation") ?? new();
        var row = await DeskOf(context).EvaluateAsync(IdOf(context), evaluation, context.ActivityInstanceId, context.CancellationToken);
        return row.State switch
        {
            ImprovementState.Promoting => "Promote",
            ImprovementState.Extending => "Extend",
            _ => "Go back",
        };
    }
}

/// <summary>Writes down what was made of what was learned.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Writes down the article and who has read it; closes the improvement when its effect has held.",
    DisplayName = "Standardise Improvement",
    Commit = CommitPoint.After
)]
[FlowNode(Refused, "Not yet", "Closed")]
public sealed class StandardiseImprovement : ImprovementStep
{
    [Input(Description = "{ articleId, readShare, effectHeld }.", UIHint = InputHints.JsonEditor, Order = 2)]
    public Input<object> Standard { get; set; } = new((object?)null);

    private protected override async Task<string> DoAsync(ActivityExecutionContext context)
    {
        var standard = DeskInputs.Bag<StandardRequest>(context, Standard, "Standard") ?? new(null, 0, null);
        var row = await DeskOf(context).StandardiseAsync(IdOf(context), standard, context.ActivityInstanceId, context.CancellationToken);
        return row.State == ImprovementState.Closed ? "Closed" : "Not yet";
    }
}

/// <summary>Asks for a change, or goes one step on with it.</summary>
[Activity(
    "ServiceLoop",
    "Customer service",
    "Asks for a change, or goes one step on with it: assess, approve, communicate, implement, track.",
    DisplayName = "Move Change",
    Commit = CommitPoint.After
)]
[FlowNode(Refused, Outcomes.Done)]
public sealed class MoveChange : ImprovementActivity
{
    [Input(DisplayName = "Change", Description = "Id of the change request. Empty: a new one is written.", Order = 1)]
    public Input<string> ChangeId { get; set; } = new((string?)null);

    [Input(
        Description = "The step with what belongs to it: { to, assessment, plan, rollbackPlan, ways, … }; for a new one { title, kind, detail, … }.",
        UIHint = InputHints.JsonEditor,
        Order = 2
    )]
    public Input<object> Step { get; set; } = new((object?)null);

    [Input(Description = "Who does it: who answered the task.", Order = 3)]
    public Input<string> By { get; set; } = new("workflow");

    [Output(DisplayName = "Change", Description = "Id of the change request.")]
    public Output<string> NewChangeId { get; set; } = new();

    [Output(Description = "Where it stands.")]
    public Output<string> State { get; set; } = new();

    private protected override async Task<string> DoAsync(ActivityExecutionContext context)
    {
        var (desk, key, ct) = (context.GetRequiredService<ChangeDesk>(), context.ActivityInstanceId, context.CancellationToken);
        var by = By.Get(context) ?? "workflow";
        var change = ChangeId.Get(context) is { Length: > 0 } id
            ? await desk.StepAsync(id, DeskInputs.Bag<ChangeStep>(context, Step, "Step") ?? new(), key, by, ct)
            : await desk.DraftAsync(DeskInputs.Bag<ChangeDraft>(context, Step, "Step") ?? new(null), key, by, ct);
        NewChangeId.Set(context, change.Id);
        State.Set(context, Words.Of(change.State));
        return Outcomes.Done;
    }
}
