namespace ServiceLoop.Designer.Admin.Instances;

/// <summary>What can be done to many instances.</summary>
public enum BulkAction
{
    /// <summary>Run what failed again.</summary>
    Retry,

    /// <summary>End those that run.</summary>
    Cancel,

    /// <summary>Remove those that have ended.</summary>
    Delete,

    /// <summary>End those that run, and begin again on another version.</summary>
    Restart,
}
