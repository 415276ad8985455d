using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>The store of one process, for tests and trials: same rules as on PostgreSQL, gone with the process.</summary>
/// <remarks>One lock for everything: each method is one transaction.</remarks>
public sealed partial class InMemoryStore : IWorkflowStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, StoredInstance> instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<JournalRow>> journal = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Hold> guards = new(StringComparer.Ordinal);
    private readonly List<RecordedRow> records = [];

    private readonly record struct Hold(string Owner, DateTimeOffset Until)
    {
        public bool IsFreeFor(string? owner, DateTimeOffset now) => Until <= now || Owner == owner;
    }

    /// <summary>All domain rows written so far, in order.</summary>
    public IReadOnlyList<RecordedRow> Records
    {
        get
        {
            lock (gate)
                return [.. records];
        }
    }

    /// <inheritdoc/>
    public Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult(instances.GetValueOrDefault(instanceId)?.ToRow());
    }

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult(Commit(commit));
    }

    /// <inheritdoc/>
    public Task<bool> TryLeaseAsync(
        string instanceId,
        long rowVersion,
        string owner,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    )
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            if (!instances.TryGetValue(instanceId, out var instance) || instance.RowVersion != rowVersion)
                return Task.FromResult(false);

            if (instance.Lease is { } lease && !lease.IsFreeFor(owner, now))
                return Task.FromResult(false);

            instance.Lease = new Hold(owner, until);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(string instanceId, string owner, CancellationToken ct)
    {
        lock (gate)
            if (instances.TryGetValue(instanceId, out var instance) && instance.Lease?.Owner == owner)
                instance.Lease = null;

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> TryGuardAsync(string name, string owner, DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            if (guards.TryGetValue(name, out var guard) && !guard.IsFreeFor(owner, now))
                return Task.FromResult(false);

            guards[name] = new Hold(owner, until);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task ReleaseGuardAsync(string name, string owner, CancellationToken ct)
    {
        lock (gate)
            if (guards.TryGetValue(name, out var guard) && guard.Owner == owner)
                guards.Remove(name);

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRow>> ReadJournalAsync(string instanceId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<JournalRow>>([.. journal.GetValueOrDefault(instanceId, []).OrderBy(j => j.Sequence)]);
    }

    /// <inheritdoc/>
    public Task PrepareJournalAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<int> RetainAsync(Retention policy, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            var old = instances.Values.Where(i => i.FinishedAt < policy.FinishedBefore).Select(i => i.Id).ToList();
            old.ForEach(Remove);

            if (policy.JournalBefore is { } end)
                foreach (var rows in journal.Values)
                    rows.RemoveAll(r => EndOfMonth(r.At) <= end);

            if (policy.BuriedBefore is { } buried)
                foreach (var item in work.Values.Where(w => w.Row.BuriedAt < buried).ToList())
                    Remove(item);

            if (policy.SnapshotsBefore is { } used)
                foreach (
                    var unused in definitions
                        .Values.Where(d =>
                            d.IsSnapshot && d.CreatedAt < used && !instances.Values.Any(i => i.Uses(d.Id)) && !IsAwaited(d.Id)
                        )
                        .ToList()
                )
                    definitions.Remove(unused.Id);

            return Task.FromResult(old.Count);
        }
    }

    private bool IsAwaited(string snapshotId) =>
        Snapshots.NumberOf(snapshotId) is not 0 and var number
        && work.Values.Any(w => w.Row.Kind == WorkKind.Start && w.Row.Target == number);

    private static DateTimeOffset EndOfMonth(DateTimeOffset at) =>
        new DateTimeOffset(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

    private CommitResult Commit(InstanceCommit commit)
    {
        // Work that is gone is final whatever became of the instance; so it is asked for first.
        if (commit.DoneWorkId != 0 && !work.ContainsKey(commit.DoneWorkId))
            return CommitResult.WorkGone;

        var instance = instances.GetValueOrDefault(commit.InstanceId);

        if (commit.ExpectedVersion == 0 ? instance is not null : instance is null || !instance.MayBeChangedBy(commit))
            return CommitResult.Conflict;

        if (instance is null)
            instances.Add(commit.InstanceId, instance = new StoredInstance(commit.InstanceId, commit.Now));

        instance.Take(commit);

        foreach (var bookmark in commit.Burned)
            Burn(instance, bookmark);

        foreach (var bookmark in commit.Added)
            Add(instance, bookmark, commit.Now);

        // A timer that fired went already, with the waiter that it burned.
        if (work.TryGetValue(commit.DoneWorkId, out var done))
            Remove(done);

        foreach (var key in commit.Dropped)
            if (workByKey.TryGetValue(key, out var dropped))
                Remove(dropped);

        foreach (var item in commit.Work)
            Add(item);

        if (commit.Journal is { } entry)
        {
            if (!journal.TryGetValue(commit.InstanceId, out var rows))
                journal.Add(commit.InstanceId, rows = []);

            rows.Add(new JournalRow(entry.Sequence, commit.Now, entry.Stimuli, entry.Entries, entry.StateHash));
        }

        records.AddRange(commit.Records);
        return CommitResult.Committed;
    }

    private void Remove(string instanceId)
    {
        if (!instances.Remove(instanceId, out var instance))
            return;

        foreach (var bookmark in instance.Bookmarks.Keys.ToList())
            Burn(instance, bookmark);

        journal.Remove(instanceId);
    }

    /// <summary>An instance as it stands in the store.</summary>
    private sealed class StoredInstance(string id, DateTimeOffset createdAt)
    {
        private InstanceCommit last = null!;

        public string Id => id;

        public long RowVersion { get; private set; }

        public Hold? Lease { get; set; }

        public DateTimeOffset? FinishedAt { get; private set; }

        public Dictionary<long, BookmarkRow> Bookmarks { get; } = [];

        public string? CorrelationId => last.CorrelationId;

        public bool IsRunning => FinishedAt is null;

        public bool MayBeChangedBy(InstanceCommit commit) =>
            RowVersion == commit.ExpectedVersion && (Lease is not { } lease || lease.IsFreeFor(commit.Owner, commit.Now));

        public void Take(InstanceCommit commit)
        {
            RowVersion = commit.ExpectedVersion + 1;
            Lease = commit is { KeepsLeaseUntil: { } until, Owner: { } owner } ? new Hold(owner, until) : null;
            FinishedAt = WorkflowState.StatusOf(commit.SubStatus) == WorkflowStatus.Running ? null : commit.Now;
            last = commit;
        }

        public bool Is(InstanceFilter filter) =>
            (filter.DefinitionId is null || filter.DefinitionId == last.DefinitionId)
            && (filter.DefinitionIds.IsDefaultOrEmpty || filter.DefinitionIds.Contains(last.DefinitionId))
            && (filter.VersionId is null || filter.VersionId == last.VersionId)
            && (filter.Version is null || filter.Version == last.Version)
            && filter.Allowed().Contains(last.SubStatus)
            && (filter.CorrelationId is null || filter.CorrelationId == last.CorrelationId)
            && (filter.ParentId is null || filter.ParentId == last.ParentId)
            && (filter.HasIncidents is null || filter.HasIncidents == (last.IncidentCount > 0))
            && filter.Created.Has(createdAt)
            && filter.Updated.Has(last.Now)
            && filter.Finished.Has(FinishedAt)
            && (filter.Before is not { } before || IsBefore(before.CreatedAt, before.Id));

        public string VersionId => last.VersionId;

        public bool Uses(string versionId) => last.VersionId == versionId;

        public InstanceRow ToRow() =>
            new(id, last.DefinitionId, last.VersionId, RowVersion, last.State, createdAt, last.Now, Lease?.Owner, Lease?.Until);

        public InstanceSummary ToSummary() =>
            new(
                id,
                last.DefinitionId,
                last.VersionId,
                last.Version,
                last.SubStatus,
                last.CorrelationId,
                last.Name,
                last.ParentId,
                last.IncidentCount,
                createdAt,
                last.Now,
                FinishedAt
            );

        private bool IsBefore(DateTimeOffset moment, string other) =>
            createdAt < moment || (createdAt == moment && string.CompareOrdinal(id, other) < 0);
    }
}
