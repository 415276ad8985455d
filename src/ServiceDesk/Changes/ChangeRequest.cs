using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Changes;

/// <summary>What is changed.</summary>
public enum ChangeKind
{
    /// <summary>How we work.</summary>
    Process,

    /// <summary>What we work with.</summary>
    System,

    /// <summary>Who does what.</summary>
    People,
}

/// <summary>Where a change request stands: assess, communicate, implement, track.</summary>
public enum ChangeState
{
    /// <summary>It is written.</summary>
    Draft,

    /// <summary>Necessity, impact and feasibility are known.</summary>
    Assessed,

    /// <summary>It may be made.</summary>
    Approved,

    /// <summary>Those concerned know.</summary>
    Communicated,

    /// <summary>It is in force.</summary>
    Implemented,

    /// <summary>Its effect is looked at.</summary>
    Tracked,

    /// <summary>It is done.</summary>
    Closed,

    /// <summary>It is not made.</summary>
    Rejected,

    /// <summary>It was taken back.</summary>
    RolledBack,
}

/// <summary>An assessment, each from 1 to 5 with the reason.</summary>
/// <param name="Necessity">How much it is needed.</param>
/// <param name="Impact">How much it touches.</param>
/// <param name="Feasibility">How well it can be done.</param>
/// <param name="Reason">Why so.</param>
public sealed record Assessment(int Necessity, int Impact, int Feasibility, string Reason);

/// <summary>The plan with its six items.</summary>
/// <param name="Steps">What is done, in order.</param>
/// <param name="Times">When.</param>
/// <param name="Owner">Who is responsible.</param>
/// <param name="TestEvidence">What shows that it works.</param>
/// <param name="PilotShare">Which share of the cases goes first.</param>
/// <param name="RollbackTrigger">What makes us go back.</param>
public sealed record ChangePlan(string Steps, string Times, string Owner, string TestEvidence, string PilotShare, string RollbackTrigger);

/// <summary>A yes.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Note">What was said to it.</param>
public sealed record Approval(string By, DateTimeOffset At, string? Note);

/// <summary>How those concerned were told.</summary>
/// <param name="Ways">Notice, meeting, training, message.</param>
/// <param name="Coverage">Share of those concerned who know, 0 to 1.</param>
public sealed record Communication(ImmutableArray<string> Ways, double Coverage);

/// <summary>A look at the effect.</summary>
/// <param name="Day">Days after it came into force: 1, 7 and 30 are planned.</param>
/// <param name="Effect">What it did.</param>
/// <param name="Problems">What went wrong.</param>
/// <param name="Next">What to make better.</param>
/// <param name="At">When, UTC.</param>
public sealed record ChangeReview(int Day, string Effect, string? Problems, string? Next, DateTimeOffset At);

/// <summary>Permission to change something, and what became of it.</summary>
public sealed record ChangeRequest
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Rises with each change.</summary>
    public long Rev { get; init; } = 1;

    /// <summary>Where it stands.</summary>
    public ChangeState State { get; init; }

    /// <summary>What is changed.</summary>
    public ChangeKind Kind { get; init; }

    /// <summary>One line.</summary>
    public required string Title { get; init; }

    /// <summary>More about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The improvement that it belongs to.</summary>
    public string? ImprovementId { get; init; }

    /// <summary>Who asks for it; somebody else must approve it.</summary>
    public required string Author { get; init; }

    /// <summary>Necessity, impact, feasibility.</summary>
    public Assessment? Assessment { get; init; }

    /// <summary>The plan.</summary>
    public ChangePlan? Plan { get; init; }

    /// <summary>How to go back.</summary>
    public string? RollbackPlan { get; init; }

    /// <summary>Who said yes.</summary>
    public ImmutableArray<Approval> Approvals { get; init; } = [];

    /// <summary>How those concerned were told.</summary>
    public Communication? Communication { get; init; }

    /// <summary>When it came into force, UTC.</summary>
    public DateTimeOffset? ImplementedAt { get; init; }

    /// <summary>Looks at its effect.</summary>
    public ImmutableArray<ChangeReview> Reviews { get; init; } = [];

    /// <summary>Why it was rejected or taken back.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public DateTimeOffset MadeAt { get; init; }

    /// <summary>When it was changed last, UTC.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>Which state may follow which, and what must be there.</summary>
public static class ChangeRules
{
    /// <summary>Days after which the effect is looked at.</summary>
    public static readonly ImmutableArray<int> ReviewDays = [1, 7, 30];

    /// <summary>True for those that nothing follows.</summary>
    public static bool IsOver(this ChangeState state) => state is ChangeState.Closed or ChangeState.Rejected or ChangeState.RolledBack;

    /// <summary>True when one may follow the other.</summary>
    public static bool Allows(ChangeState before, ChangeState after) =>
        after switch
        {
            ChangeState.Assessed => before is ChangeState.Draft,
            ChangeState.Approved => before is ChangeState.Assessed,
            ChangeState.Communicated => before is ChangeState.Approved,
            ChangeState.Implemented => before is ChangeState.Communicated,
            ChangeState.Tracked => before is ChangeState.Implemented,
            ChangeState.Closed => before is ChangeState.Tracked,
            ChangeState.Rejected => before is ChangeState.Draft or ChangeState.Assessed or ChangeState.Approved or ChangeState.Communicated,
            ChangeState.RolledBack => before is ChangeState.Implemented or ChangeState.Tracked,
            _ => false,
        };

    /// <summary>What a change lacks to be in a state.</summary>
    public static ImmutableArray<string> Missing(ChangeRequest change, ChangeState after) => [.. Lacking(change, after)];

    private static IEnumerable<string> Lacking(ChangeRequest change, ChangeState after)
    {
        if (after is ChangeState.Assessed && change.Assessment is null)
            yield return "an assessment of necessity, impact and feasibility";

        if (after is ChangeState.Approved)
        {
            if (change.Plan is null)
                yield return "a plan with its six items";

            if (change.RollbackPlan is null)
                yield return "a rollback plan";

            if (!change.Approvals.Any(a => FourEyes.Are(a.By, change.Author)))
                yield return "a yes of somebody else than its author";
        }

        if (after is ChangeState.Communicated && change.Communication is not { Ways.IsEmpty: false })
            yield return "how those concerned were told";

        if (after is ChangeState.Tracked && change.Reviews.IsEmpty)
            yield return "a look at its effect";

        if (after is ChangeState.Closed && !change.Reviews.Any(r => r.Day >= ReviewDays[^1]))
            yield return "the look at its effect after 30 days";

        if (after is ChangeState.Rejected or ChangeState.RolledBack && change.Reason is null)
            yield return "a reason";
    }
}
