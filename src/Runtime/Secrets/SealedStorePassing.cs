using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Secrets;

// What holds no values of instances.
public sealed partial class SealedStore
{
    /// <inheritdoc/>
    public Task<bool> TryLeaseAsync(
        string instanceId,
        long rowVersion,
        string owner,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    ) => store.TryLeaseAsync(instanceId, rowVersion, owner, now, until, ct);

    /// <inheritdoc/>
    public Task ReleaseAsync(string instanceId, string owner, CancellationToken ct) => store.ReleaseAsync(instanceId, owner, ct);

    /// <inheritdoc/>
    public Task<bool> TryGuardAsync(string name, string owner, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        store.TryGuardAsync(name, owner, now, until, ct);

    /// <inheritdoc/>
    public Task ReleaseGuardAsync(string name, string owner, CancellationToken ct) => store.ReleaseGuardAsync(name, owner, ct);

    /// <inheritdoc/>
    public Task<bool> AnyRunningAsync(string? definitionId, string? correlationId, CancellationToken ct) =>
        store.AnyRunningAsync(definitionId, correlationId, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<InstanceSummary>> ListInstancesAsync(InstanceFilter filter, int skip, int take, CancellationToken ct) =>
        store.ListInstancesAsync(filter, skip, take, ct);

    /// <inheritdoc/>
    public Task<InstancePage> PageInstancesAsync(InstanceFilter filter, InstanceOrder order, int skip, int take, CancellationToken ct) =>
        store.PageInstancesAsync(filter, order, skip, take, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<InstanceStanding>> FindStandingsAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        store.FindStandingsAsync(instanceIds, ct);

    /// <inheritdoc/>
    public Task<int> DeleteInstancesAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        store.DeleteInstancesAsync(instanceIds, ct);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> NextDueAsync(CancellationToken ct) => store.NextDueAsync(ct);

    /// <inheritdoc/>
    public Task<int> CompleteWorkAsync(IReadOnlyList<long> ids, CancellationToken ct) => store.CompleteWorkAsync(ids, ct);

    /// <inheritdoc/>
    public Task<int> FailWorkAsync(long id, DateTimeOffset until, string error, CancellationToken ct) =>
        store.FailWorkAsync(id, until, error, ct);

    /// <inheritdoc/>
    public Task BuryWorkAsync(long id, DateTimeOffset now, string error, CancellationToken ct) => store.BuryWorkAsync(id, now, error, ct);

    /// <inheritdoc/>
    public Task<int> ReviveWorkAsync(IReadOnlyList<long> ids, DateTimeOffset dueAt, CancellationToken ct) =>
        store.ReviveWorkAsync(ids, dueAt, ct);

    /// <inheritdoc/>
    public Task<WorkDepths> MeasureWorkAsync(DateTimeOffset now, CancellationToken ct) => store.MeasureWorkAsync(now, ct);

    /// <inheritdoc/>
    public Task PrepareJournalAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        store.PrepareJournalAsync(now, until, ct);

    /// <inheritdoc/>
    public Task<int> RetainAsync(Retention policy, CancellationToken ct) => store.RetainAsync(policy, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(string? definitionId, CancellationToken ct) =>
        store.ListDefinitionsAsync(definitionId, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(DefinitionFilter filter, int skip, int take, CancellationToken ct) =>
        store.ListDefinitionsAsync(filter, skip, take, ct);

    /// <inheritdoc/>
    public Task<long> CountDefinitionsAsync(DefinitionFilter filter, CancellationToken ct) => store.CountDefinitionsAsync(filter, ct);

    /// <inheritdoc/>
    public Task<bool> IsNameTakenAsync(string name, string? exceptDefinitionId, CancellationToken ct) =>
        store.IsNameTakenAsync(name, exceptDefinitionId, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListConsumersAsync(string definitionId, CancellationToken ct) =>
        store.ListConsumersAsync(definitionId, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListPinnersAsync(IReadOnlyList<string> versionIds, CancellationToken ct) =>
        store.ListPinnersAsync(versionIds, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Publication>> ListPublicationsAsync(string definitionId, int skip, int take, CancellationToken ct) =>
        store.ListPublicationsAsync(definitionId, skip, take, ct);

    /// <inheritdoc/>
    public Task<int> FindLastNumberAsync(string definitionId, CancellationToken ct) => store.FindLastNumberAsync(definitionId, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<VersionLoad>> CountRunningAsync(string definitionId, CancellationToken ct) =>
        store.CountRunningAsync(definitionId, ct);

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionAsync(string versionId, CancellationToken ct) => store.FindDefinitionAsync(versionId, ct);

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionAsync(string definitionId, int version, CancellationToken ct) =>
        store.FindDefinitionAsync(definitionId, version, ct);

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionByTypeNameAsync(string typeName, int version, CancellationToken ct) =>
        store.FindDefinitionByTypeNameAsync(typeName, version, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListActivityDefinitionsAsync(string? definitionId, CancellationToken ct) =>
        store.ListActivityDefinitionsAsync(definitionId, ct);

    /// <inheritdoc/>
    public Task SaveDefinitionsAsync(DefinitionChange change, CancellationToken ct) => store.SaveDefinitionsAsync(change, ct);

    /// <inheritdoc/>
    public Task<bool> DeleteDefinitionAsync(string versionId, CancellationToken ct) => store.DeleteDefinitionAsync(versionId, ct);

    /// <inheritdoc/>
    public Task<bool> DeleteLineAsync(string definitionId, CancellationToken ct) => store.DeleteLineAsync(definitionId, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TriggerRow>> FindTriggersAsync(string hash, CancellationToken ct) => store.FindTriggersAsync(hash, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TriggerRow>> ListTriggersAsync(string name, CancellationToken ct) => store.ListTriggersAsync(name, ct);
}
