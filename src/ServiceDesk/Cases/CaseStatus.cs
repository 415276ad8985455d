using System.Collections.Frozen;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>Where a case stands. Projected from where its workflow is; nobody sets it.</summary>
public enum CaseStatus
{
    /// <summary>It has come in.</summary>
    New,

    /// <summary>Category, priority and queue are known.</summary>
    Triaged,

    /// <summary>The cause is being looked for.</summary>
    InDiagnosis,

    /// <summary>A solution is being worked out.</summary>
    InSolution,

    /// <summary>A solution is being carried out.</summary>
    InTracking,

    /// <summary>Settled; the customer may come back for some days.</summary>
    Resolved,

    /// <summary>The customer is being asked.</summary>
    InFollowUp,

    /// <summary>Over; nothing changes any more.</summary>
    Closed,

    /// <summary>The customer must answer first.</summary>
    PendingCustomer,

    /// <summary>Somebody outside must act first.</summary>
    PendingThirdParty,

    /// <summary>Put aside for a reason until a moment.</summary>
    OnHold,

    /// <summary>Ended without being settled.</summary>
    Cancelled,

    /// <summary>Another case goes on with it.</summary>
    Merged,
}

/// <summary>Which status may follow which.</summary>
public static class CaseTransitions
{
    private static readonly FrozenSet<CaseStatus> Working = FrozenSet.Create(
        CaseStatus.New,
        CaseStatus.Triaged,
        CaseStatus.InDiagnosis,
        CaseStatus.InSolution,
        CaseStatus.InTracking,
        CaseStatus.PendingCustomer,
        CaseStatus.PendingThirdParty,
        CaseStatus.OnHold
    );

    /// <summary>All that are allowed, as words: from and to.</summary>
    public static IReadOnlyList<(CaseStatus From, CaseStatus To)> All { get; } =
    [
        .. from before in Enum.GetValues<CaseStatus>()
        from after in Enum.GetValues<CaseStatus>()
        where Allows(before, after)
        select (before, after),
    ];

    /// <summary>True for those after which nothing follows.</summary>
    public static bool IsTerminal(this CaseStatus status) => status is CaseStatus.Closed or CaseStatus.Cancelled or CaseStatus.Merged;

    /// <summary>True while somebody has to act on it.</summary>
    public static bool IsOpen(this CaseStatus status) => Working.Contains(status);

    /// <summary>
    /// True when one may follow the other. Among the working ones a case goes forward, leaves steps out that it does not need, and goes back to do one
    /// again; never back to <see cref="CaseStatus.New"/>. A settled case is worked on again only by being reopened.
    /// </summary>
    public static bool Allows(CaseStatus before, CaseStatus after) =>
        before != after
        && !before.IsTerminal()
        && after switch
        {
            CaseStatus.New => false,
            CaseStatus.Resolved => Working.Contains(before),
            CaseStatus.InFollowUp => before is CaseStatus.Resolved,
            CaseStatus.Closed => before is CaseStatus.Resolved or CaseStatus.InFollowUp,
            CaseStatus.Cancelled or CaseStatus.Merged => true,
            _ => Working.Contains(before),
        };

    /// <summary>True when a case may be reopened.</summary>
    public static bool CanReopen(CaseStatus status) => status is CaseStatus.Resolved or CaseStatus.InFollowUp;
}

/// <summary>How a case ended.</summary>
public enum ResolutionCode
{
    /// <summary>The problem is gone.</summary>
    Solved,

    /// <summary>The customer can go on; the cause is still there.</summary>
    Workaround,

    /// <summary>Another case is about the same.</summary>
    Duplicate,

    /// <summary>Nothing was wrong.</summary>
    NoFault,

    /// <summary>The customer wants nothing any more.</summary>
    CustomerWithdrew,

    /// <summary>The customer could not be reached.</summary>
    Unreachable,

    /// <summary>Somebody else takes care of it.</summary>
    Referred,

    /// <summary>The wish was turned down.</summary>
    Rejected,
}

/// <summary>Who settled a case.</summary>
public enum ResolutionMode
{
    /// <summary>Nobody: the workflow did.</summary>
    Auto,

    /// <summary>A bot with a person's help, or the reverse.</summary>
    Assisted,

    /// <summary>A person.</summary>
    Human,
}
