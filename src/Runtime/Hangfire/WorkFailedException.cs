namespace ServiceLoop.Runtime.Hangfire;

/// <summary>An attempt failed. Tells Hangfire what the policy of the work has decided, so that the job shows it.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="retryIn">When it is tried again; null when it was given up.</param>
/// <param name="inner">The cause.</param>
public sealed class WorkFailedException(string message, TimeSpan? retryIn, Exception inner) : Exception(message, inner)
{
    /// <summary>When it is tried again; null when it was given up.</summary>
    public TimeSpan? RetryIn { get; } = retryIn;
}
