namespace ServiceLoop.Runtime.Tasks;

/// <summary>How a task of the service desk ended.</summary>
public enum DeskTaskEnding
{
    /// <summary>Nobody waits for it any more, whatever the reason; an other end of the same task counts more.</summary>
    Left,

    /// <summary>Its workflow took the answer.</summary>
    Completed,

    /// <summary>Its time was over.</summary>
    TimedOut,

    /// <summary>It was given up.</summary>
    Cancelled,
}

/// <summary>The end of a task of the service desk, recorded by the burst that decided it.</summary>
/// <param name="TaskId">Which: <c>{instance}:{execution}</c>.</param>
/// <param name="Ending">How.</param>
public sealed record DeskTaskEnd(string TaskId, DeskTaskEnding Ending)
{
    /// <summary>Name of the stimulus that the workflow of a task waits for.</summary>
    public const string BookmarkName = "ServiceLoop.Task";
}
