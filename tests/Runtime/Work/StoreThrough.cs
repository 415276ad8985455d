using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Work;

/// <summary>The process died here.</summary>
internal sealed class DeathException() : Exception("The process died here.");

/// <summary>A store that passes all on to another one, except where a test stands in the way.</summary>
internal sealed class StoreThrough(IWorkflowStore store) : IWorkflowStore
{
    private bool isDead;

    private IWorkflowStore Alive => isDead ? throw new DeathException() : store;

    /// <summary>Called before each commit; may throw, or change the store.</summary>
    public Func<InstanceCommit, Task> BeforeCommit { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Called after each commit; may throw.</summary>
    public Func<InstanceCommit, CommitResult, Task> AfterCommit { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Called before each change of definitions.</summary>
    public Func<Task> BeforeSave { get; set; } = static () => Task.CompletedTask;

    /// <summary>Called after each expansion of work; may throw.</summary>
    public Func<Task> AfterExpand { get; set; } = static () => Task.CompletedTask;

    /// <summary>Released once for each lease that was taken or renewed.</summary>
    public SemaphoreSlim Leased { get; } = new(0);

    public int Loads { get; private set; }

    public int Commits { get; private set; }

    /// <summary>Dies before or after the commit with a number, counted from 1.</summary>
    public StoreThrough DieAt(int number, bool after)
    {
        BeforeCommit = _ => !after && Commits == number ? Die() : Task.CompletedTask;
        AfterCommit = (_, _) => after && Commits == number ? Die() : Task.CompletedTask;
        return this;
    }

    /// <summary>From now on the node reaches nothing any more.</summary>
    public void Kill() => isDead = true;

    private Task Die()
    {
        Kill();
        throw new DeathException();
    }

    public Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct)
    {
        Loads++;
        return Alive.FindInstanceAsync(instanceId, ct);
    }

    public async Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct)
    {
        Commits++;
        await BeforeCommit(commit);
        var result = await Alive.CommitAsync(commit, ct);
        await AfterCommit(commit, result);
        return result;
    }

    public async Task<bool> ExpandWorkAsync(long id, IReadOnlyList<NewWork> into, CancellationToken ct)
    {
        var done = await Alive.ExpandWorkAsync(id, into, ct);
        await AfterExpand();
        return done;
    }

    public async Task<bool> TryLeaseAsync(
        string instanceId,
        long rowVersion,
        string owner,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    )
    {
        var done = await Alive.TryLeaseAsync(instanceId, rowVersion, owner, now, until, ct);
        Leased.Release();
        return done;
    }

    public Task ReleaseAsync(string instanceId, string owner, CancellationToken ct) => Alive.ReleaseAsync(instanceId, owner, ct);

    public Task<bool> TryGuardAsync(string name, string owner, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        Alive.TryGuardAsync(name, owner, now, until, ct);

    public Task ReleaseGuardAsync(string name, string owner, CancellationToken ct) => Alive.ReleaseGuardAsync(name, owner, ct);

    public Task<IReadOnlyList<BookmarkRow>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken ct) =>
        Alive.FindBookmarksAsync(filter, ct);

    public Task<bool> AnyRunningAsync(string? definitionId, string? correlationId, CancellationToken ct) =>
        Alive.AnyRunningAsync(definitionId, correlationId, ct);

    public Task<IReadOnlyList<InstanceSummary>> ListInstancesAsync(InstanceFilter filter, int skip, int take, CancellationToken ct) =>
        Alive.ListInstancesAsync(filter, skip, take, ct);

    public Task<InstancePage> PageInstancesAsync(InstanceFilter filter, InstanceOrder order, int skip, int take, CancellationToken ct) =>
        Alive.PageInstancesAsync(filter, order, skip, take, ct);

    public Task<IReadOnlyList<InstanceStanding>> FindStandingsAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        Alive.FindStandingsAsync(instanceIds, ct);

    public Task<IReadOnlyList<HappenedRow>> ReadHappenedAsync(string instanceId, long after, CancellationToken ct) =>
        Alive.ReadHappenedAsync(instanceId, after, ct);

    public Task<int> DeleteInstancesAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        Alive.DeleteInstancesAsync(instanceIds, ct);

    public Task<bool> ImportInstanceAsync(InstanceImport import, CancellationToken ct) => Alive.ImportInstanceAsync(import, ct);

    public Task EnqueueAsync(IReadOnlyList<NewWork> work, CancellationToken ct) => Alive.EnqueueAsync(work, ct);

    public Task<IReadOnlyList<WorkRow>> LeaseDueAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct) =>
        Alive.LeaseDueAsync(now, until, most, ct);

    public Task<IReadOnlyList<WorkRow>> RenewWorkAsync(IReadOnlyList<long> ids, DateTimeOffset until, CancellationToken ct) =>
        Alive.RenewWorkAsync(ids, until, ct);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken ct) => Alive.NextDueAsync(ct);

    public Task<int> CompleteWorkAsync(IReadOnlyList<long> ids, CancellationToken ct) => Alive.CompleteWorkAsync(ids, ct);

    public Task<int> FailWorkAsync(long id, DateTimeOffset until, string error, CancellationToken ct) =>
        Alive.FailWorkAsync(id, until, error, ct);

    public Task BuryWorkAsync(long id, DateTimeOffset now, string error, CancellationToken ct) => Alive.BuryWorkAsync(id, now, error, ct);

    public Task<int> ReviveWorkAsync(IReadOnlyList<long> ids, DateTimeOffset dueAt, CancellationToken ct) =>
        Alive.ReviveWorkAsync(ids, dueAt, ct);

    public Task<IReadOnlyList<WorkRow>> ListWorkAsync(bool isBuried, string? instanceId, long after, int take, CancellationToken ct) =>
        Alive.ListWorkAsync(isBuried, instanceId, after, take, ct);

    public Task<WorkDepths> MeasureWorkAsync(DateTimeOffset now, CancellationToken ct) => Alive.MeasureWorkAsync(now, ct);

    public Task<IReadOnlyList<JournalRow>> ReadJournalAsync(string instanceId, CancellationToken ct) =>
        Alive.ReadJournalAsync(instanceId, ct);

    public Task PrepareJournalAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        Alive.PrepareJournalAsync(now, until, ct);

    public Task<int> RetainAsync(Retention policy, CancellationToken ct) => Alive.RetainAsync(policy, ct);

    public Task<IReadOnlyList<DefinitionRow>> ListActivityDefinitionsAsync(string? definitionId, CancellationToken ct) =>
        Alive.ListActivityDefinitionsAsync(definitionId, ct);

    public Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(string? definitionId, CancellationToken ct) =>
        Alive.ListDefinitionsAsync(definitionId, ct);

    public Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(DefinitionFilter filter, int skip, int take, CancellationToken ct) =>
        Alive.ListDefinitionsAsync(filter, skip, take, ct);

    public Task<long> CountDefinitionsAsync(DefinitionFilter filter, CancellationToken ct) => Alive.CountDefinitionsAsync(filter, ct);

    public Task<bool> IsNameTakenAsync(string name, string? exceptDefinitionId, CancellationToken ct) =>
        Alive.IsNameTakenAsync(name, exceptDefinitionId, ct);

    public Task<IReadOnlyList<DefinitionRow>> ListConsumersAsync(string definitionId, CancellationToken ct) =>
        Alive.ListConsumersAsync(definitionId, ct);

    public Task<IReadOnlyList<DefinitionRow>> ListPinnersAsync(IReadOnlyList<string> versionIds, CancellationToken ct) =>
        Alive.ListPinnersAsync(versionIds, ct);

    public Task<IReadOnlyList<Publication>> ListPublicationsAsync(string definitionId, int skip, int take, CancellationToken ct) =>
        Alive.ListPublicationsAsync(definitionId, skip, take, ct);

    public Task<int> FindLastNumberAsync(string definitionId, CancellationToken ct) => Alive.FindLastNumberAsync(definitionId, ct);

    public Task<IReadOnlyList<VersionLoad>> CountRunningAsync(string definitionId, CancellationToken ct) =>
        Alive.CountRunningAsync(definitionId, ct);

    public Task<bool> DeleteLineAsync(string definitionId, CancellationToken ct) => Alive.DeleteLineAsync(definitionId, ct);

    public Task<DefinitionRow?> FindDefinitionAsync(string versionId, CancellationToken ct) => Alive.FindDefinitionAsync(versionId, ct);

    public Task<DefinitionRow?> FindDefinitionAsync(string definitionId, int version, CancellationToken ct) =>
        Alive.FindDefinitionAsync(definitionId, version, ct);

    public Task<DefinitionRow?> FindDefinitionByTypeNameAsync(string typeName, int version, CancellationToken ct) =>
        Alive.FindDefinitionByTypeNameAsync(typeName, version, ct);

    public async Task SaveDefinitionsAsync(DefinitionChange change, CancellationToken ct)
    {
        await BeforeSave();
        await Alive.SaveDefinitionsAsync(change, ct);
    }

    public Task<bool> DeleteDefinitionAsync(string versionId, CancellationToken ct) => Alive.DeleteDefinitionAsync(versionId, ct);

    public Task<IReadOnlyList<TriggerRow>> FindTriggersAsync(string hash, CancellationToken ct) => Alive.FindTriggersAsync(hash, ct);

    public Task<IReadOnlyList<TriggerRow>> ListTriggersAsync(string name, CancellationToken ct) => Alive.ListTriggersAsync(name, ct);
}
