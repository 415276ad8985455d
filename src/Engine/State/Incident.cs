namespace ServiceLoop.Engine.State;

/// <summary>What kind of repair an incident needs.</summary>
public enum IncidentKind
{
    /// <summary>An activity failed.</summary>
    Fault,

    /// <summary>The instance is alive and nothing can wake it.</summary>
    Stuck,

    /// <summary>Too many activities in one burst: most likely an endless loop.</summary>
    Runaway,

    /// <summary>The host died while it ran an activity that must not repeat.</summary>
    Interrupted,
}

/// <summary>A fault, and where it can be repaired.</summary>
public sealed record Incident
{
    /// <summary>Number within the instance.</summary>
    public required long Id { get; init; }

    /// <summary>What kind of repair it needs.</summary>
    public IncidentKind Kind { get; init; }

    /// <summary>The execution that failed; 0 when none did.</summary>
    public long FrameId { get; init; }

    /// <summary>Index of the node.</summary>
    public int Node { get; init; }

    /// <summary>Id of the activity.</summary>
    public required string ActivityId { get; init; }

    /// <summary>Path of ids from the workflow down.</summary>
    public required string ActivityNodeId { get; init; }

    /// <summary>Type of the activity.</summary>
    public required string ActivityType { get; init; }

    /// <summary>What went wrong, as a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>More: the expression and the position, the inner message.</summary>
    public string? Detail { get; init; }

    /// <summary>Name of the exception type.</summary>
    public string? ExceptionType { get; init; }

    /// <summary>Stable code given by the activity.</summary>
    public string? Code { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At { get; init; }
}
