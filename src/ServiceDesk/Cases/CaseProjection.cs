namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>What happened to a case: one line of its history.</summary>
/// <param name="Status">Where its workflow went.</param>
/// <param name="At">When, UTC.</param>
/// <param name="IsReopening">True when the customer came back.</param>
/// <param name="MergedInto">The case that goes on, for <see cref="CaseStatus.Merged"/>.</param>
public sealed record CasePosition(CaseStatus Status, DateTimeOffset At, bool IsReopening = false, string? MergedInto = null);

/// <summary>What a case is, told by its history alone.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="ResolvedAt">When it was settled last, UTC.</param>
/// <param name="ClosedAt">When it ended, UTC.</param>
/// <param name="ReopenCount">How often the customer came back.</param>
/// <param name="MergedInto">The case that goes on with it.</param>
public sealed record CaseStanding(
    CaseStatus Status,
    DateTimeOffset? ResolvedAt,
    DateTimeOffset? ClosedAt,
    int ReopenCount,
    string? MergedInto
)
{
    /// <summary>A case that has just come in.</summary>
    public static readonly CaseStanding Fresh = new(CaseStatus.New, null, null, 0, null);

    /// <summary>What it is after one more line. A line that may not follow changes nothing: a late step of a workflow does not wake a closed case.</summary>
    public CaseStanding After(CasePosition position)
    {
        if (position.IsReopening)
            return CaseTransitions.CanReopen(Status) ? this with { Status = position.Status, ReopenCount = ReopenCount + 1 } : this;

        if (!CaseTransitions.Allows(Status, position.Status))
            return this;

        return this with
        {
            Status = position.Status,
            ResolvedAt = position.Status == CaseStatus.Resolved ? position.At : ResolvedAt,
            ClosedAt = position.Status.IsTerminal() ? position.At : ClosedAt,
            MergedInto = position.MergedInto ?? MergedInto,
        };
    }

    /// <summary>What a case is after all of its history.</summary>
    public static CaseStanding Of(IEnumerable<CasePosition> history) =>
        history.Aggregate(Fresh, (standing, position) => standing.After(position));
}
