namespace ServiceLoop.Engine;

/// <summary>A change by hand that is not possible; nothing was changed.</summary>
/// <param name="instanceId">The instance.</param>
/// <param name="message">Why, as a sentence.</param>
public sealed class AlterationException(string instanceId, string message) : Exception(message)
{
    /// <summary>The instance.</summary>
    public string InstanceId { get; } = instanceId;
}
