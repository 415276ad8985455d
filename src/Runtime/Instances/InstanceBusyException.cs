namespace ServiceLoop.Runtime.Instances;

/// <summary>An instance was changed again and again by others, or somebody holds it for long. Nothing was changed; the same call may succeed later.</summary>
/// <param name="instanceId">The instance.</param>
public sealed class InstanceBusyException(string instanceId)
    : Exception($"Instance '{instanceId}' is busy: others change it all the time, or one of its activities runs. Try again in a moment.")
{
    /// <summary>The instance.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>When a caller should try again.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>There is no such instance.</summary>
/// <param name="instanceId">The instance.</param>
public sealed class InstanceNotFoundException(string instanceId) : Exception($"There is no instance '{instanceId}'.")
{
    /// <summary>The instance.</summary>
    public string InstanceId { get; } = instanceId;
}
