namespace ServiceLoop.Engine.State;

/// <summary>Whether an instance is alive.</summary>
public enum WorkflowStatus
{
    /// <summary>It goes on, or waits.</summary>
    Running,

    /// <summary>It has ended; see the sub-status.</summary>
    Finished,
}

/// <summary>Where an instance stands; Elsa's words.</summary>
public enum WorkflowSubStatus
{
    /// <summary>Created, not yet run.</summary>
    Pending,

    /// <summary>Inside a burst.</summary>
    Executing,

    /// <summary>The burst has ended and something is not finished.</summary>
    Suspended,

    /// <summary>Every branch has ended.</summary>
    Finished,

    /// <summary>An activity failed; what was alive is kept for a repair.</summary>
    Faulted,

    /// <summary>Cancelled.</summary>
    Cancelled,
}

/// <summary>Where one execution of an activity stands; Elsa's words.</summary>
public enum ActivityStatus
{
    /// <summary>Asked to run, but its precondition said no.</summary>
    Pending,

    /// <summary>Runs or waits.</summary>
    Running,

    /// <summary>Ended well.</summary>
    Completed,

    /// <summary>Ended by somebody else.</summary>
    Canceled,

    /// <summary>Failed.</summary>
    Faulted,
}
