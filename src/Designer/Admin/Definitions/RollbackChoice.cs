namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>What those do who run on the version that is replaced.</summary>
public enum RunningInstances
{
    /// <summary>They end on their version.</summary>
    Drain,

    /// <summary>They are moved.</summary>
    Migrate,

    /// <summary>They begin again on the new version, at a stage.</summary>
    Restart,
}

/// <summary>How a rollback is wanted.</summary>
/// <param name="Note">What is said about it; may be empty.</param>
/// <param name="Running">What running instances do.</param>
public sealed record RollbackChoice(string Note, RunningInstances Running);
