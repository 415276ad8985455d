namespace ServiceLoop.Identity.Audit;

/// <summary>A note on its way into the chain, and the promise to who waits for it.</summary>
/// <param name="draft">The entry without number and hashes.</param>
/// <param name="isAwaited">True when a caller waits for its number.</param>
internal sealed class WaitingNote(AuditEntry draft, bool isAwaited)
{
    private readonly TaskCompletionSource<long>? promise = isAwaited ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    public AuditEntry Draft => draft;

    /// <summary>Number of the entry, for a note that is awaited.</summary>
    public Task<long> Number => promise!.Task;

    /// <summary>True while a caller waits.</summary>
    public bool IsAwaited => promise is { Task.IsCompleted: false };

    /// <summary>True when a caller waited and was told that it failed.</summary>
    public bool IsGivenUp => promise is { Task.IsFaulted: true };

    public void Written(long number) => promise?.TrySetResult(number);

    public void Fail(Exception error) => promise?.TrySetException(error);
}
