namespace ServiceLoop.Runtime.Instances;

/// <summary>Hears of every burst that this node committed: for those who look at an instance while it runs.</summary>
/// <remarks>Safe for all threads, cheap where nobody looks, and never throws. A call that is lost costs time only: who looks also asks from time to time.</remarks>
public interface IInstanceSignal
{
    /// <summary>Says that an instance was committed.</summary>
    void Moved(string instanceId);
}

/// <summary>Nobody looks.</summary>
public sealed class SilentInstanceSignal : IInstanceSignal
{
    /// <inheritdoc/>
    public void Moved(string instanceId) { }
}
