namespace ServiceLoop.Runtime.Store;

/// <summary>Where everything durable is: instances, waiters, work to be done, definitions, history. One implementation in memory, one on PostgreSQL.</summary>
/// <remarks>
/// Safe for all threads and, on PostgreSQL, for any number of nodes. Every moment is an argument: the store has no clock. Nothing is ever half done:
/// each method is one transaction. When the store cannot be reached, is read-only, full or too busy, methods throw
/// <see cref="StoreUnavailableException"/>, and nothing was written.
/// </remarks>
public interface IWorkflowStore
{
    /// <summary>Loads an instance; null when there is none. Concurrent calls share round trips.</summary>
    Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct);

    /// <summary>Commits one burst: state, waiters, work, history and domain rows, all or nothing.</summary>
    /// <remarks>
    /// Concurrent calls share transactions; one that fails does not harm its neighbours. Completes when the commit is durable. When the connection is
    /// lost in the middle, the store finds out whether the commit happened before it answers.
    /// </remarks>
    Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct);

    /// <summary>
    /// Reserves an instance for host activities of one owner, so that their effects are not begun twice. Pure bursts need none: the version decides.
    /// While it holds, commits of others are conflicts.
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

    /// <summary>Takes a named guard that only one owner holds at a time, across all nodes: who may decide whether a singleton starts.</summary>
    /// <returns>False when another owner holds it.</returns>
    Task<bool> TryGuardAsync(string name, string owner, DateTimeOffset now, DateTimeOffset until, CancellationToken ct);

    /// <summary>Gives a guard back; one that was lost is no error.</summary>
    Task ReleaseGuardAsync(string name, string owner, CancellationToken ct);

    /// <summary>Finds those who wait for a stimulus, oldest first.</summary>
    Task<IReadOnlyList<BookmarkRow>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken ct);

    /// <summary>Whether an instance that runs stands in the way of a new one.</summary>
    /// <param name="definitionId">Only instances of this line; null means of any.</param>
    /// <param name="correlationId">Only instances with this correlation id; null means all.</param>
    /// <param name="ct">Cancels.</param>
    Task<bool> AnyRunningAsync(string? definitionId, string? correlationId, CancellationToken ct);

    /// <summary>Lists instances, newest first.</summary>
    Task<IReadOnlyList<InstanceSummary>> ListInstancesAsync(InstanceFilter filter, int skip, int take, CancellationToken ct);

    /// <summary>Lists a part of the instances in an order, and counts them.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="order">In which order.</param>
    /// <param name="skip">How many come before.</param>
    /// <param name="take">At most.</param>
    /// <param name="ct">Cancels.</param>
    /// <remarks>On PostgreSQL, a count above <see cref="InstancePage.CountedAtMost"/> may be some seconds old.</remarks>
    Task<InstancePage> PageInstancesAsync(InstanceFilter filter, InstanceOrder order, int skip, int take, CancellationToken ct);

    /// <summary>Tells where instances stand, without their state; unknown ones are left out.</summary>
    Task<IReadOnlyList<InstanceStanding>> FindStandingsAsync(IReadOnlyList<string> instanceIds, CancellationToken ct);

    /// <summary>Removes instances that have ended, with their history; ones that run are left.</summary>
    /// <returns>How many were removed.</returns>
    Task<int> DeleteInstancesAsync(IReadOnlyList<string> instanceIds, CancellationToken ct);

    /// <summary>Puts an instance in as it was elsewhere, with its waiters, their timers and its history.</summary>
    /// <returns>False when there is one of that id; nothing was written then.</returns>
    Task<bool> ImportInstanceAsync(InstanceImport import, CancellationToken ct);

    /// <summary>Puts work into the queue outside a burst. A key that is there already changes nothing.</summary>
    Task EnqueueAsync(IReadOnlyList<NewWork> work, CancellationToken ct);

    /// <summary>Leases work that is due and alive, oldest first. Each row goes to one caller until its lease ends.</summary>
    Task<IReadOnlyList<WorkRow>> LeaseDueAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct);

    /// <summary>Prolongs the leases of work that is still there and alive, and reads it.</summary>
    /// <remarks>A lease that ends at most four seconds before <paramref name="until"/> may stay as it is.</remarks>
    /// <returns>Those that are still there, in the order of their due times.</returns>
    Task<IReadOnlyList<WorkRow>> RenewWorkAsync(IReadOnlyList<long> ids, DateTimeOffset until, CancellationToken ct);

    /// <summary>When the next work is due that nobody holds, or a lease ends; null when there is none.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken ct);

    /// <summary>Removes work that was done without a burst, or given up by an operator; alive or set aside.</summary>
    /// <returns>How many were there.</returns>
    Task<int> CompleteWorkAsync(IReadOnlyList<long> ids, CancellationToken ct);

    /// <summary>Notes a failure: counts the attempt, keeps the reason, and lets nobody lease the work before the given moment.</summary>
    /// <returns>How often it has failed now; 0 when it is gone.</returns>
    Task<int> FailWorkAsync(long id, DateTimeOffset until, string error, CancellationToken ct);

    /// <summary>Sets work aside that failed too often; an operator may bring it back.</summary>
    Task BuryWorkAsync(long id, DateTimeOffset now, string error, CancellationToken ct);

    /// <summary>Brings work back that was set aside: due at the given moment, with no failures.</summary>
    /// <returns>How many came back.</returns>
    Task<int> ReviveWorkAsync(IReadOnlyList<long> ids, DateTimeOffset dueAt, CancellationToken ct);

    /// <summary>Lists work, alive or set aside, by id.</summary>
    /// <param name="isBuried">True: only what was set aside; false: only what is alive.</param>
    /// <param name="instanceId">Only of this instance; null means all.</param>
    /// <param name="after">Only ids above; 0 for the first page.</param>
    /// <param name="take">At most.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<WorkRow>> ListWorkAsync(bool isBuried, string? instanceId, long after, int take, CancellationToken ct);

    /// <summary>Counts work, for telemetry.</summary>
    Task<WorkDepths> MeasureWorkAsync(DateTimeOffset now, CancellationToken ct);

    /// <summary>Replaces one piece of work by others, in one transaction: how an event becomes a delivery for each waiter.</summary>
    /// <returns>False when the work was gone; nothing was written then.</returns>
    Task<bool> ExpandWorkAsync(long id, IReadOnlyList<NewWork> into, CancellationToken ct);

    /// <summary>Reads the history of an instance in order.</summary>
    Task<IReadOnlyList<JournalRow>> ReadJournalAsync(string instanceId, CancellationToken ct);

    /// <summary>Reads what happened to an instance after a burst, in order, without what went in.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="after">Number of the burst; 0 for all.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<HappenedRow>> ReadHappenedAsync(string instanceId, long after, CancellationToken ct);

    /// <summary>Makes room for history until a moment, so that no commit ever lacks a partition; call at start and daily.</summary>
    Task PrepareJournalAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken ct);

    /// <summary>Removes what a policy no longer keeps, in small transactions that block nobody.</summary>
    /// <returns>How many instances were removed.</returns>
    Task<int> RetainAsync(Retention policy, CancellationToken ct);

    /// <summary>All versions of a line, oldest first; of all lines when the id is null. Without content and pins. Prefer pages.</summary>
    Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(string? definitionId, CancellationToken ct);

    /// <summary>A page of versions, without content, pins and warnings.</summary>
    Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(DefinitionFilter filter, int skip, int take, CancellationToken ct);

    /// <summary>How many versions a filter finds.</summary>
    Task<long> CountDefinitionsAsync(DefinitionFilter filter, CancellationToken ct);

    /// <summary>Whether the latest version of a line has a name, without regard to case.</summary>
    /// <param name="name">The name.</param>
    /// <param name="exceptDefinitionId">A line that does not count; null for none.</param>
    /// <param name="ct">Cancels.</param>
    Task<bool> IsNameTakenAsync(string name, string? exceptDefinitionId, CancellationToken ct);

    /// <summary>Latest and published versions whose call sites name a line; without content.</summary>
    Task<IReadOnlyList<DefinitionRow>> ListConsumersAsync(string definitionId, CancellationToken ct);

    /// <summary>Published versions of other lines that were published with one of these versions, and cannot be compiled without; without content.</summary>
    Task<IReadOnlyList<DefinitionRow>> ListPinnersAsync(IReadOnlyList<string> versionIds, CancellationToken ct);

    /// <summary>The publication history of a line, newest first.</summary>
    Task<IReadOnlyList<Publication>> ListPublicationsAsync(string definitionId, int skip, int take, CancellationToken ct);

    /// <summary>The highest number of a line that was ever published; 0 for none. Numbers are not used twice, even when their version was removed.</summary>
    Task<int> FindLastNumberAsync(string definitionId, CancellationToken ct);

    /// <summary>How many instances run on each version of a line, by number; versions without are left out.</summary>
    Task<IReadOnlyList<VersionLoad>> CountRunningAsync(string definitionId, CancellationToken ct);

    /// <summary>Finds a version by its id; null when unknown.</summary>
    Task<DefinitionRow?> FindDefinitionAsync(string versionId, CancellationToken ct);

    /// <summary>Finds the version of a line with a number; 0 means the published one, -1 the latest. Null when there is none.</summary>
    Task<DefinitionRow?> FindDefinitionAsync(string definitionId, int version, CancellationToken ct);

    /// <summary>Finds the version of the line whose name, as an activity type, is this; 0 means the published one. Null when there is none.</summary>
    Task<DefinitionRow?> FindDefinitionByTypeNameAsync(string typeName, int version, CancellationToken ct);

    /// <summary>Versions of a line, or of all lines when the id is null, whose content says that they may be used as activities; drafts too, but no snapshots.</summary>
    Task<IReadOnlyList<DefinitionRow>> ListActivityDefinitionsAsync(string? definitionId, CancellationToken ct);

    /// <summary>Writes versions and flags, appends to the history and, where given, replaces the triggers of a line, in one transaction.</summary>
    /// <remarks>The content of a published version or a snapshot never changes, nor do its pins; an attempt is refused.</remarks>
    /// <exception cref="InvalidOperationException">The content of a published version would change.</exception>
    /// <exception cref="DefinitionConflictException">Two versions of a line would be latest, published or have one number.</exception>
    Task SaveDefinitionsAsync(DefinitionChange change, CancellationToken ct);

    /// <summary>Removes a version or snapshot that no instance uses, running or ended; the newest of the line that remains becomes its latest.</summary>
    /// <returns>False when instances use it; nothing was removed then.</returns>
    Task<bool> DeleteDefinitionAsync(string versionId, CancellationToken ct);

    /// <summary>Removes a line that no instance uses, with its triggers, their timers and its publication history.</summary>
    /// <returns>False when instances use it; nothing was removed then.</returns>
    Task<bool> DeleteLineAsync(string definitionId, CancellationToken ct);

    /// <summary>Triggers with a hash.</summary>
    Task<IReadOnlyList<TriggerRow>> FindTriggersAsync(string hash, CancellationToken ct);

    /// <summary>Triggers of a stimulus name, of all definitions: the routes of HTTP endpoints, for example.</summary>
    Task<IReadOnlyList<TriggerRow>> ListTriggersAsync(string name, CancellationToken ct);
}
