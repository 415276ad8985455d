namespace ServiceLoop.ServiceDesk.Improvements;

/// <summary>Where an improvement stands in its cycle: plan, do, check, act.</summary>
public enum ImprovementState
{
    /// <summary>It waits for its turn.</summary>
    Registered,

    /// <summary>Plan: its causes are looked for.</summary>
    Analysing,

    /// <summary>Plan: what is to be changed is drawn.</summary>
    Designed,

    /// <summary>The change may be made.</summary>
    ChangeApproved,

    /// <summary>Do: a share of the cases goes the new way.</summary>
    Piloting,

    /// <summary>Check: before and after are compared.</summary>
    Evaluating,

    /// <summary>Act: the new way becomes that of all.</summary>
    Promoting,

    /// <summary>Check: not sure yet, the pilot goes on.</summary>
    Extending,

    /// <summary>Act: the old way is taken again.</summary>
    RevertingPilot,

    /// <summary>Act: what was learned is written and taught.</summary>
    Standardising,

    /// <summary>The effect has held.</summary>
    Closed,

    /// <summary>Put aside until a moment.</summary>
    Parked,

    /// <summary>Not done, for a reason.</summary>
    Rejected,

    /// <summary>Another improvement does it.</summary>
    Merged,
}

/// <summary>Which state may follow which.</summary>
public static class ImprovementCycle
{
    /// <summary>Most improvements that a team works on at once, unless told otherwise.</summary>
    public const int UsualLimit = 3;

    private static readonly Dictionary<ImprovementState, ImprovementState[]> Next = new()
    {
        [ImprovementState.Registered] = [ImprovementState.Analysing, ImprovementState.Merged],
        [ImprovementState.Analysing] = [ImprovementState.Designed, ImprovementState.Merged],
        [ImprovementState.Designed] = [ImprovementState.ChangeApproved, ImprovementState.Analysing],
        [ImprovementState.ChangeApproved] = [ImprovementState.Piloting],
        [ImprovementState.Piloting] = [ImprovementState.Evaluating],
        [ImprovementState.Evaluating] = [ImprovementState.Promoting, ImprovementState.Extending, ImprovementState.RevertingPilot],
        [ImprovementState.Extending] = [ImprovementState.Evaluating],
        [ImprovementState.RevertingPilot] = [ImprovementState.Analysing],
        [ImprovementState.Promoting] = [ImprovementState.Standardising],
        [ImprovementState.Standardising] = [ImprovementState.Closed],
        // The effect did not hold.
        [ImprovementState.Closed] = [ImprovementState.Analysing],
        [ImprovementState.Parked] = [],
        [ImprovementState.Rejected] = [],
        [ImprovementState.Merged] = [],
    };

    /// <summary>True for those that nothing follows, but that a closed one may be opened again.</summary>
    public static bool IsOver(this ImprovementState state) =>
        state is ImprovementState.Closed or ImprovementState.Rejected or ImprovementState.Merged;

    /// <summary>True while a team works on it: these count for its limit.</summary>
    public static bool IsInWork(this ImprovementState state) =>
        !state.IsOver() && state is not (ImprovementState.Registered or ImprovementState.Parked);

    /// <summary>True when one may follow the other.</summary>
    /// <param name="before">Where it stands.</param>
    /// <param name="after">Where it is to stand.</param>
    /// <param name="parkedFrom">For a parked one: where it stood before.</param>
    public static bool Allows(ImprovementState before, ImprovementState after, ImprovementState? parkedFrom = null) =>
        Next[before].Contains(after)
        || after switch
        {
            ImprovementState.Rejected => !before.IsOver(),
            // A pilot cannot be put aside: its cases go on.
            ImprovementState.Parked => before
                is ImprovementState.Registered
                    or ImprovementState.Analysing
                    or ImprovementState.Designed
                    or ImprovementState.ChangeApproved,
            _ => before == ImprovementState.Parked && after == parkedFrom,
        };
}
