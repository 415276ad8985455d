using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Improvements;

/// <summary>What is to be changed.</summary>
/// <param name="What">The draft: a definition with its version, a policy or an article.</param>
/// <param name="Difference">How it differs from what is in force.</param>
/// <param name="TestEvidence">What shows that it works.</param>
/// <param name="RollbackPlan">How to go back.</param>
public sealed record ImprovementDesign(string What, string Difference, string TestEvidence, string RollbackPlan);

/// <summary>How the change is tried.</summary>
/// <param name="Kpi">The indicator that decides; it does not change any more.</param>
/// <param name="Cases">Cases that are needed on each way.</param>
/// <param name="Days">Days that this takes.</param>
/// <param name="Guardrails">What must not get worse.</param>
/// <param name="IsSupportTold">True when those who answer customers know of it.</param>
public sealed record PilotPlan(string Kpi, long Cases, int Days, ImmutableArray<string> Guardrails, bool IsSupportTold);

/// <summary>What was made of what was learned.</summary>
/// <param name="ArticleId">The published article.</param>
/// <param name="ReadShare">Share of those concerned who have confirmed that they read it, 0 to 1.</param>
/// <param name="EffectHeld">Share of the pilot's effect that is still there 30 days later; null before.</param>
public sealed record Standard(string ArticleId, double ReadShare, double? EffectHeld);

/// <summary>One cycle of improvement (PDCA).</summary>
public sealed record Improvement
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>Rises with each change.</summary>
    public long Rev { get; init; } = 1;

    /// <summary>Where it stands.</summary>
    public ImprovementState State { get; init; }

    /// <summary>For a parked one: where it stood.</summary>
    public ImprovementState? ParkedFrom { get; init; }

    /// <summary>For a parked one: until when, UTC.</summary>
    public DateTimeOffset? ParkedUntil { get; init; }

    /// <summary>Why it stands there, where that needs a reason.</summary>
    public string? Reason { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Problem { get; init; }

    /// <summary>The team.</summary>
    public required string Team { get; init; }

    /// <summary>Who looks after it.</summary>
    public string? Owner { get; init; }

    /// <summary>Category of cases.</summary>
    public required string Category { get; init; }

    /// <summary>The cause, as it is named on the bone.</summary>
    public required string RootCause { get; init; }

    /// <summary>The indicator.</summary>
    public required string Kpi { get; init; }

    /// <summary>How bad it would be to leave it.</summary>
    public RiskClass Risk { get; init; }

    /// <summary>Signals that it comes from.</summary>
    public ImmutableArray<string> FindingIds { get; init; } = [];

    /// <summary>What it is worth.</summary>
    public required ImprovementScore Score { get; init; }

    /// <summary>Causes.</summary>
    public ImmutableArray<FishboneLeaf> Fishbone { get; init; } = [];

    /// <summary>If this is changed, that indicator moves by so much.</summary>
    public string? Hypothesis { get; init; }

    /// <summary>What is to be changed.</summary>
    public ImprovementDesign? Design { get; init; }

    /// <summary>The change request.</summary>
    public string? ChangeId { get; init; }

    /// <summary>How it is tried.</summary>
    public PilotPlan? Pilot { get; init; }

    /// <summary>The last evaluation.</summary>
    public Evaluation? Evaluation { get; init; }

    /// <summary>What was made of it.</summary>
    public Standard? Standard { get; init; }

    /// <summary>When it was registered, UTC.</summary>
    public DateTimeOffset MadeAt { get; init; }

    /// <summary>When it was changed last, UTC.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>What must be there before an improvement goes on; each answers with what is missing, and nothing when it may.</summary>
public static class ImprovementGates
{
    private const double ReadByNearlyAll = 0.95;
    private const double HeldByHalf = 0.5;

    /// <summary>What the state that it is to have asks for.</summary>
    /// <param name="improvement">As it is to be.</param>
    /// <param name="after">The state.</param>
    /// <param name="isChangeApproved">Whether its change request is approved.</param>
    public static ImmutableArray<string> Missing(Improvement improvement, ImprovementState after, bool isChangeApproved) =>
        [
            .. (
                after switch
                {
                    ImprovementState.Registered => Registered(improvement),
                    ImprovementState.Designed => Analysed(improvement).Concat(Designed(improvement)),
                    ImprovementState.ChangeApproved => isChangeApproved ? [] : ["an approved change request"],
                    ImprovementState.Piloting => Piloting(improvement.Pilot),
                    ImprovementState.Evaluating => improvement.Evaluation is null ? ["an evaluation"] : [],
                    ImprovementState.Closed => Closed(improvement.Standard),
                    ImprovementState.Rejected or ImprovementState.Parked => improvement.Reason is null ? ["a reason"] : [],
                    _ => [],
                }
            ),
        ];

    /// <summary>What the analysis lacks.</summary>
    public static IEnumerable<string> Analysed(Improvement improvement)
    {
        var confirmed = improvement.Fishbone.Where(l => l.IsConfirmed).ToList();

        if (confirmed.Count == 0)
            yield return "a confirmed cause on the fishbone";

        if (confirmed.Exists(l => l.Measured is null))
            yield return "a measured contribution of each confirmed cause";

        if (improvement.Hypothesis is null)
            yield return "a hypothesis: what is changed, and which indicator moves by how much";
    }

    private static IEnumerable<string> Registered(Improvement improvement)
    {
        if (improvement.FindingIds.IsEmpty)
            yield return "a finding";
    }

    private static IEnumerable<string> Designed(Improvement improvement)
    {
        if (improvement.Design is null)
            yield return "a design with draft, difference, test evidence and rollback plan";
    }

    private static IEnumerable<string> Piloting(PilotPlan? pilot)
    {
        if (pilot is null)
            yield return "a plan of the pilot: indicator, cases, days";
        else if (pilot.Guardrails.IsEmpty)
            yield return "guardrails";
        else if (!pilot.IsSupportTold)
            yield return "that those who answer customers are told";
    }

    private static IEnumerable<string> Closed(Standard? standard)
    {
        if (standard is null)
        {
            yield return "a published article";
            yield break;
        }

        if (standard.ReadShare < ReadByNearlyAll)
            yield return "confirmations of reading by 95 % of those concerned";

        if (standard.EffectHeld is null or < HeldByHalf)
            yield return "half of the effect still there after 30 days";
    }
}
