using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Changes;

/// <summary>A change as it is asked for.</summary>
/// <param name="Title">One line.</param>
/// <param name="Kind"><c>process</c> (when null), <c>system</c> or <c>people</c>.</param>
/// <param name="Detail">More about it.</param>
/// <param name="ImprovementId">The improvement that it belongs to.</param>
/// <param name="Plan">The plan.</param>
/// <param name="RollbackPlan">How to go back.</param>
public sealed record ChangeDraft(
    string? Title,
    string? Kind = null,
    string? Detail = null,
    string? ImprovementId = null,
    ChangePlan? Plan = null,
    string? RollbackPlan = null
)
{
    internal ChangeRequest Read(string id, string author, DateTimeOffset now) =>
        new()
        {
            Id = id,
            Author = author,
            Title = TextRules.Required(Title, "title", 300),
            Kind = Kind is null ? ChangeKind.Process : Words.Read<ChangeKind>(Kind, "kind"),
            Detail = TextRules.Optional(Detail, "detail", 4000),
            ImprovementId = TextRules.Optional(ImprovementId, "improvementId", 100),
            Plan = Plan is null ? null : Checked(Plan),
            RollbackPlan = TextRules.Optional(RollbackPlan, "rollbackPlan", 4000),
            MadeAt = now,
            ChangedAt = now,
        };

    internal static ChangePlan Checked(ChangePlan plan) =>
        new(
            TextRules.Required(plan.Steps, "plan.steps", 4000),
            TextRules.Required(plan.Times, "plan.times", 1000),
            TextRules.Required(plan.Owner, "plan.owner", 200),
            TextRules.Required(plan.TestEvidence, "plan.testEvidence", 4000),
            TextRules.Required(plan.PilotShare, "plan.pilotShare", 200),
            TextRules.Required(plan.RollbackTrigger, "plan.rollbackTrigger", 1000)
        );
}

/// <summary>One step of a change, with what it says. Only what belongs to the step counts.</summary>
public sealed record ChangeStep
{
    /// <summary>Where to: <c>assessed</c>, <c>approved</c>, <c>communicated</c>, <c>implemented</c>, <c>tracked</c>, <c>closed</c>, <c>rejected</c>, <c>rolled-back</c>.</summary>
    public string? To { get; init; }

    /// <summary>For assessed.</summary>
    public Assessment? Assessment { get; init; }

    /// <summary>For assessed and approved: the plan, where it was not there before.</summary>
    public ChangePlan? Plan { get; init; }

    /// <summary>For assessed and approved: how to go back.</summary>
    public string? RollbackPlan { get; init; }

    /// <summary>For communicated: notice, meeting, training, message.</summary>
    public IReadOnlyList<string>? Ways { get; init; }

    /// <summary>For communicated: share of those concerned who know.</summary>
    public double Coverage { get; init; }

    /// <summary>For tracked: days after it came into force.</summary>
    public int Day { get; init; }

    /// <summary>For tracked: what it did.</summary>
    public string? Effect { get; init; }

    /// <summary>For tracked: what went wrong.</summary>
    public string? Problems { get; init; }

    /// <summary>For tracked: what to make better.</summary>
    public string? Next { get; init; }

    /// <summary>For approved, rejected and rolled back: why.</summary>
    public string? Reason { get; init; }

    /// <summary>The change after the step.</summary>
    /// <param name="change">As it was.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="DeskRefusedException">A field is wrong, something is missing, or the step does not follow.</exception>
    internal ChangeRequest Apply(ChangeRequest change, string by, DateTimeOffset now)
    {
        var to = Words.Read<ChangeState>(To, "to");

        // Further looks at the effect change no state.
        if (!ChangeRules.Allows(change.State, to) && !(to == ChangeState.Tracked && change.State == to))
            throw DeskRefusedException.Conflict(
                "change.state",
                $"Change '{change.Id}' stands at {Words.Of(change.State)}, and cannot go to {Words.Of(to)} from there."
            );

        var after = Said(change, to, by, now);

        if (ChangeRules.Missing(after, to) is { IsEmpty: false } missing)
            throw DeskRefusedException.Conflict(
                "change.gate",
                $"Change '{change.Id}' cannot go to {Words.Of(to)} yet. It lacks: {string.Join("; ", missing)}."
            );

        return after with
        {
            State = to,
            ChangedAt = now,
        };
    }

    private ChangeRequest Said(ChangeRequest change, ChangeState to, string by, DateTimeOffset now)
    {
        var planned = to is ChangeState.Assessed or ChangeState.Approved
            ? change with
            {
                Plan = Plan is null ? change.Plan : ChangeDraft.Checked(Plan),
                RollbackPlan = TextRules.Optional(RollbackPlan, "rollbackPlan", 4000) ?? change.RollbackPlan,
            }
            : change;
        return to switch
        {
            ChangeState.Assessed => planned with { Assessment = Assessment is null ? change.Assessment : Checked(Assessment) },
            ChangeState.Approved => planned with
            {
                Approvals = planned.Approvals.Add(new(by, now, TextRules.Optional(Reason, "reason", 500))),
            },
            ChangeState.Communicated => planned with { Communication = new(WaysChecked(), Share()) },
            ChangeState.Implemented => planned with { ImplementedAt = now },
            ChangeState.Tracked => planned with { Reviews = planned.Reviews.Add(Review(now)) },
            ChangeState.Rejected or ChangeState.RolledBack => planned with { Reason = TextRules.Required(Reason, "reason", 500) },
            _ => planned,
        };
    }

    private ChangeReview Review(DateTimeOffset now) =>
        new(
            Day is >= 0 and <= 366 ? Day : throw Wrong("day", Day, "0 to 366"),
            TextRules.Required(Effect, "effect", 2000),
            TextRules.Optional(Problems, "problems", 2000),
            TextRules.Optional(Next, "next", 2000),
            now
        );

    private ImmutableArray<string> WaysChecked() => [.. (Ways ?? []).Take(10).Select((w, i) => TextRules.Required(w, $"ways[{i}]", 100))];

    private double Share() => Coverage is >= 0 and <= 1 ? Coverage : throw Wrong("coverage", Coverage, "0 to 1");

    private static Assessment Checked(Assessment assessment)
    {
        foreach (
            var (name, value) in new[]
            {
                ("necessity", assessment.Necessity),
                ("impact", assessment.Impact),
                ("feasibility", assessment.Feasibility),
            }
        )
            if (value is < 1 or > 5)
                throw Wrong($"assessment.{name}", value, "1 to 5");

        return assessment with
        {
            Reason = TextRules.Required(assessment.Reason, "assessment.reason", 2000),
        };
    }

    private static DeskRefusedException Wrong(string field, double value, string allowed) =>
        DeskRefusedException.Invalid("change.value", field, $"'{field}' is {value}, and must be {allowed}.");
}
