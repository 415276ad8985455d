namespace ServiceLoop.Runtime.Store;

/// <summary>The store could not be reached, is read-only, full or too busy. Nothing was written; the same call may succeed later.</summary>
/// <param name="message">What is wrong, as a sentence for operators.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When a caller should try again. Default: one second.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
