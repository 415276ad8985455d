namespace ServiceLoop.Designer.Admin.People;

/// <summary>What can be done to a person from the list.</summary>
public enum PersonAct
{
    /// <summary>End the lock for wrong passwords.</summary>
    Unlock,

    /// <summary>Let them in again.</summary>
    Enable,

    /// <summary>Lock them out until further notice.</summary>
    Disable,

    /// <summary>Give them a new random password.</summary>
    ResetPassword,

    /// <summary>Take the second factor away.</summary>
    RemoveFactor,

    /// <summary>End all their sessions.</summary>
    EndSessions,

    /// <summary>Remove them.</summary>
    Delete,
}
