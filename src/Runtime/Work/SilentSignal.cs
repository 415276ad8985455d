namespace ServiceLoop.Runtime.Work;

/// <summary>Nobody listens: work is found when somebody looks.</summary>
public sealed class SilentSignal : IWorkSignal
{
    /// <inheritdoc/>
    public void Ring(DateTimeOffset dueAt) { }
}
