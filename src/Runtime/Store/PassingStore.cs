namespace ServiceLoop.Runtime.Store;

/// <summary>A store that passes all on to another one, except what who derives from it does otherwise.</summary>
/// <param name="store">The other one.</param>
public abstract class PassingStore(IWorkflowStore store) : IWorkflowStore
{
    /// <summary>The other one.</summary>
    protected virtual IWorkflowStore Inner => store;

    /// <inheritdoc/>
    public virtual Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct) => Inner.FindInstanceAsync(instanceId, ct);

    /// <inheritdoc/>
    public virtual Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct) => Inner.CommitAsync(commit, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<BookmarkRow>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken ct) =>
        Inner.FindBookmarksAsync(filter, ct);

    /// <inheritdoc/>
    public virtual Task<bool> ImportInstanceAsync(InstanceImport import, CancellationToken ct) => Inner.ImportInstanceAsync(import, ct);

    /// <inheritdoc/>
    public virtual Task EnqueueAsync(IReadOnlyList<NewWork> work, CancellationToken ct) => Inner.EnqueueAsync(work, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<WorkRow>> LeaseDueAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct) =>
        Inner.LeaseDueAsync(now, until, most, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<WorkRow>> RenewWorkAsync(IReadOnlyList<long> ids, DateTimeOffset until, CancellationToken ct) =>
        Inner.RenewWorkAsync(ids, until, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<WorkRow>> ListWorkAsync(
        bool isBuried,
        string? instanceId,
        long after,
        int take,
        CancellationToken ct
    ) => Inner.ListWorkAsync(isBuried, instanceId, after, take, ct);

    /// <inheritdoc/>
    public virtual Task<bool> ExpandWorkAsync(long id, IReadOnlyList<NewWork> into, CancellationToken ct) =>
        Inner.ExpandWorkAsync(id, into, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<JournalRow>> ReadJournalAsync(string instanceId, CancellationToken ct) =>
        Inner.ReadJournalAsync(instanceId, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<HappenedRow>> ReadHappenedAsync(string instanceId, long after, CancellationToken ct) =>
        Inner.ReadHappenedAsync(instanceId, after, ct);

    /// <inheritdoc/>
    public virtual Task<bool> TryLeaseAsync(
        string instanceId,
        long rowVersion,
        string owner,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    ) => Inner.TryLeaseAsync(instanceId, rowVersion, owner, now, until, ct);

    /// <inheritdoc/>
    public virtual Task ReleaseAsync(string instanceId, string owner, CancellationToken ct) => Inner.ReleaseAsync(instanceId, owner, ct);

    /// <inheritdoc/>
    public virtual Task<bool> TryGuardAsync(string name, string owner, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        Inner.TryGuardAsync(name, owner, now, until, ct);

    /// <inheritdoc/>
    public virtual Task ReleaseGuardAsync(string name, string owner, CancellationToken ct) => Inner.ReleaseGuardAsync(name, owner, ct);

    /// <inheritdoc/>
    public virtual Task<bool> AnyRunningAsync(string? definitionId, string? correlationId, CancellationToken ct) =>
        Inner.AnyRunningAsync(definitionId, correlationId, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<InstanceSummary>> ListInstancesAsync(
        InstanceFilter filter,
        int skip,
        int take,
        CancellationToken ct
    ) => Inner.ListInstancesAsync(filter, skip, take, ct);

    /// <inheritdoc/>
    public virtual Task<InstancePage> PageInstancesAsync(
        InstanceFilter filter,
        InstanceOrder order,
        int skip,
        int take,
        CancellationToken ct
    ) => Inner.PageInstancesAsync(filter, order, skip, take, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<InstanceStanding>> FindStandingsAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        Inner.FindStandingsAsync(instanceIds, ct);

    /// <inheritdoc/>
    public virtual Task<int> DeleteInstancesAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        Inner.DeleteInstancesAsync(instanceIds, ct);

    /// <inheritdoc/>
    public virtual Task<DateTimeOffset?> NextDueAsync(CancellationToken ct) => Inner.NextDueAsync(ct);

    /// <inheritdoc/>
    public virtual Task<int> CompleteWorkAsync(IReadOnlyList<long> ids, CancellationToken ct) => Inner.CompleteWorkAsync(ids, ct);

    /// <inheritdoc/>
    public virtual Task<int> FailWorkAsync(long id, DateTimeOffset until, string error, CancellationToken ct) =>
        Inner.FailWorkAsync(id, until, error, ct);

    /// <inheritdoc/>
    public virtual Task BuryWorkAsync(long id, DateTimeOffset now, string error, CancellationToken ct) =>
        Inner.BuryWorkAsync(id, now, error, ct);

    /// <inheritdoc/>
    public virtual Task<int> ReviveWorkAsync(IReadOnlyList<long> ids, DateTimeOffset dueAt, CancellationToken ct) =>
        Inner.ReviveWorkAsync(ids, dueAt, ct);

    /// <inheritdoc/>
    public virtual Task<WorkDepths> MeasureWorkAsync(DateTimeOffset now, CancellationToken ct) => Inner.MeasureWorkAsync(now, ct);

    /// <inheritdoc/>
    public virtual Task PrepareJournalAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        Inner.PrepareJournalAsync(now, until, ct);

    /// <inheritdoc/>
    public virtual Task<int> RetainAsync(Retention policy, CancellationToken ct) => Inner.RetainAsync(policy, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(string? definitionId, CancellationToken ct) =>
        Inner.ListDefinitionsAsync(definitionId, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(
        DefinitionFilter filter,
        int skip,
        int take,
        CancellationToken ct
    ) => Inner.ListDefinitionsAsync(filter, skip, take, ct);

    /// <inheritdoc/>
    public virtual Task<long> CountDefinitionsAsync(DefinitionFilter filter, CancellationToken ct) =>
        Inner.CountDefinitionsAsync(filter, ct);

    /// <inheritdoc/>
    public virtual Task<bool> IsNameTakenAsync(string name, string? exceptDefinitionId, CancellationToken ct) =>
        Inner.IsNameTakenAsync(name, exceptDefinitionId, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<DefinitionRow>> ListConsumersAsync(string definitionId, CancellationToken ct) =>
        Inner.ListConsumersAsync(definitionId, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<DefinitionRow>> ListPinnersAsync(IReadOnlyList<string> versionIds, CancellationToken ct) =>
        Inner.ListPinnersAsync(versionIds, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<Publication>> ListPublicationsAsync(string definitionId, int skip, int take, CancellationToken ct) =>
        Inner.ListPublicationsAsync(definitionId, skip, take, ct);

    /// <inheritdoc/>
    public virtual Task<int> FindLastNumberAsync(string definitionId, CancellationToken ct) => Inner.FindLastNumberAsync(definitionId, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<VersionLoad>> CountRunningAsync(string definitionId, CancellationToken ct) =>
        Inner.CountRunningAsync(definitionId, ct);

    /// <inheritdoc/>
    public virtual Task<DefinitionRow?> FindDefinitionAsync(string versionId, CancellationToken ct) =>
        Inner.FindDefinitionAsync(versionId, ct);

    /// <inheritdoc/>
    public virtual Task<DefinitionRow?> FindDefinitionAsync(string definitionId, int version, CancellationToken ct) =>
        Inner.FindDefinitionAsync(definitionId, version, ct);

    /// <inheritdoc/>
    public virtual Task<DefinitionRow?> FindDefinitionByTypeNameAsync(string typeName, int version, CancellationToken ct) =>
        Inner.FindDefinitionByTypeNameAsync(typeName, version, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<DefinitionRow>> ListActivityDefinitionsAsync(string? definitionId, CancellationToken ct) =>
        Inner.ListActivityDefinitionsAsync(definitionId, ct);

    /// <inheritdoc/>
    public virtual Task SaveDefinitionsAsync(DefinitionChange change, CancellationToken ct) => Inner.SaveDefinitionsAsync(change, ct);

    /// <inheritdoc/>
    public virtual Task<bool> DeleteDefinitionAsync(string versionId, CancellationToken ct) => Inner.DeleteDefinitionAsync(versionId, ct);

    /// <inheritdoc/>
    public virtual Task<bool> DeleteLineAsync(string definitionId, CancellationToken ct) => Inner.DeleteLineAsync(definitionId, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<TriggerRow>> FindTriggersAsync(string hash, CancellationToken ct) =>
        Inner.FindTriggersAsync(hash, ct);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<TriggerRow>> ListTriggersAsync(string name, CancellationToken ct) =>
        Inner.ListTriggersAsync(name, ct);
}
