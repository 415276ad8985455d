namespace ServiceLoop.Runtime.Store;

/// <summary>Where everything durable is: instances, waiters, work to be done, definitions, history. One implementation in memory, one on PostgreSQL.</summary>
/// <remarks>
/// Safe for all threads and, on PostgreSQL, for any number of nodes. Every moment is an argument: the store has no clock. Nothing is ever half done:
/// each method is one transaction.
/// </remarks>
public interface IWorkflowStore
{
    /// <summary>Loads an instance; null when there is none.</summary>
    Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct);

    /// <summary>Commits one burst: state, waiters, work, history and domain rows, all or nothing.</summary>
    /// <remarks>Concurrent calls share transactions. Completes when the commit is durable.</remarks>
    /// <returns>False when the instance was changed by somebody else since it was loaded; nothing was written then.</returns>
    Task<bool> CommitAsync(InstanceCommit commit, CancellationToken ct);

    /// <summary>
    /// Reserves an instance for host activities of one node, so that their effects are not begun twice. Pure bursts need none: the version decides.
    /// </summary>
    /// <returns>False when another owner holds it, or the version is another.</returns>
    Task<bool> TryLeaseAsync(
        string instanceId,
        long rowVersion,
        string owner,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    );

    /// <summary>Gives a lease back early; one that was lost is no error.</summary>
    Task ReleaseAsync(string instanceId, string owner, CancellationToken ct);

    /// <summary>Finds those who wait for a stimulus, oldest first.</summary>
    Task<IReadOnlyList<BookmarkRow>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken ct);

    /// <summary>Whether an instance that runs stands in the way of a new one.</summary>
    /// <param name="definitionId">Only instances of this line; null means of any.</param>
    /// <param name="correlationId">Only instances with this correlation id; null means all.</param>
    /// <param name="ct">Cancels.</param>
    Task<bool> AnyRunningAsync(string? definitionId, string? correlationId, CancellationToken ct);

    /// <summary>Lists instances, newest first.</summary>
    Task<IReadOnlyList<InstanceSummary>> ListInstancesAsync(InstanceFilter filter, int skip, int take, CancellationToken ct);

    /// <summary>Puts work into the queue outside a burst. A key that is there already changes nothing.</summary>
    Task EnqueueAsync(IReadOnlyList<NewWork> work, CancellationToken ct);

    /// <summary>Leases work that is due, oldest first. Each row goes to one caller until its lease ends.</summary>
    Task<IReadOnlyList<WorkRow>> LeaseDueAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct);

    /// <summary>When the next work is due that nobody holds; null when there is none.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken ct);

    /// <summary>Removes work that was done without a burst.</summary>
    Task CompleteWorkAsync(IReadOnlyList<long> ids, CancellationToken ct);

    /// <summary>Gives work back to be done later, with the reason of the failure.</summary>
    Task RetryWorkAsync(long id, DateTimeOffset dueAt, string error, CancellationToken ct);

    /// <summary>Sets work aside that failed too often; an operator may bring it back.</summary>
    Task BuryWorkAsync(long id, DateTimeOffset now, string error, CancellationToken ct);

    /// <summary>Replaces one piece of work by others, in one transaction: how an event becomes a delivery for each waiter.</summary>
    /// <returns>False when the work was gone; nothing was written then.</returns>
    Task<bool> ExpandWorkAsync(long id, IReadOnlyList<NewWork> into, CancellationToken ct);

    /// <summary>Reads the history of an instance in order.</summary>
    Task<IReadOnlyList<JournalRow>> ReadJournalAsync(string instanceId, CancellationToken ct);

    /// <summary>All versions of a line, oldest first; of all lines when the id is null.</summary>
    Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(string? definitionId, CancellationToken ct);

    /// <summary>Finds a version by its id; null when unknown.</summary>
    Task<DefinitionRow?> FindDefinitionAsync(string versionId, CancellationToken ct);

    /// <summary>Writes versions and, where given, replaces the triggers of their line, in one transaction.</summary>
    /// <remarks>A published version's content never changes; an attempt is refused.</remarks>
    /// <exception cref="InvalidOperationException">The content of a published version would change.</exception>
    Task SaveDefinitionsAsync(DefinitionChange change, CancellationToken ct);

    /// <summary>Triggers with a hash.</summary>
    Task<IReadOnlyList<TriggerRow>> FindTriggersAsync(string hash, CancellationToken ct);
}
