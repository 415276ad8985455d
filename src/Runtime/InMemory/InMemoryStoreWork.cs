using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.InMemory;

// Work: timers, outbox and inbox.
public sealed partial class InMemoryStore
{
    private readonly SortedDictionary<long, StoredWork> work = [];
    private readonly Dictionary<string, StoredWork> workByKey = new(StringComparer.Ordinal);

    // Alive work by the moment at which somebody may take it.
    private readonly SortedSet<(DateTimeOffset At, long Id)> takeable = [];
    private long lastWorkId;

    /// <inheritdoc/>
    public Task EnqueueAsync(IReadOnlyList<NewWork> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            foreach (var item in work)
                Add(item);

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkRow>> LeaseDueAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            var due = takeable
                .TakeWhile(t => t.At <= now)
                .Select(t => work[t.Id])
                .OrderBy(w => w.Row.DueAt)
                .ThenBy(w => w.Row.Id)
                .Take(most)
                .ToList();

            foreach (var item in due)
                Change(item, item.Row, until);

            return Task.FromResult<IReadOnlyList<WorkRow>>([.. due.Select(w => w.Row)]);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkRow>> RenewWorkAsync(IReadOnlyList<long> ids, DateTimeOffset until, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            var alive = Alive(ids).OrderBy(w => w.Row.DueAt).ThenBy(w => w.Row.Id).ToList();

            foreach (var item in alive)
                Change(item, item.Row, until);

            return Task.FromResult<IReadOnlyList<WorkRow>>([.. alive.Select(w => w.Row)]);
        }
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset?> NextDueAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<DateTimeOffset?>(takeable.Count == 0 ? null : takeable.Min.At);
    }

    /// <inheritdoc/>
    public Task<int> CompleteWorkAsync(IReadOnlyList<long> ids, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            var there = ids.Distinct().Select(work.GetValueOrDefault).OfType<StoredWork>().ToList();
            there.ForEach(Remove);
            return Task.FromResult(there.Count);
        }
    }

    /// <inheritdoc/>
    public Task<int> FailWorkAsync(long id, DateTimeOffset until, string error, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            if (!work.TryGetValue(id, out var item) || item.Row.BuriedAt is not null)
                return Task.FromResult(0);

            Change(item, item.Row with { Attempts = item.Row.Attempts + 1, Error = error }, until);
            return Task.FromResult(item.Row.Attempts);
        }
    }

    /// <inheritdoc/>
    public Task BuryWorkAsync(long id, DateTimeOffset now, string error, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            if (work.TryGetValue(id, out var item) && item.Row.BuriedAt is null)
                Change(item, item.Row with { BuriedAt = now, Error = error }, null);

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<int> ReviveWorkAsync(IReadOnlyList<long> ids, DateTimeOffset dueAt, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            var buried = ids.Distinct().Select(work.GetValueOrDefault).OfType<StoredWork>().Where(w => w.Row.BuriedAt is not null).ToList();

            foreach (var item in buried)
                Change(item, item.Row with { BuriedAt = null, Attempts = 0, Error = null, DueAt = dueAt }, null);

            return Task.FromResult(buried.Count);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<WorkRow>> ListWorkAsync(bool isBuried, string? instanceId, long after, int take, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<WorkRow>>([
                .. work
                    .Values.Select(w => w.Row)
                    .Where(w => w.Id > after && w.BuriedAt is not null == isBuried && (instanceId is null || w.InstanceId == instanceId))
                    .Take(take),
            ]);
    }

    /// <inheritdoc/>
    public Task<WorkDepths> MeasureWorkAsync(DateTimeOffset now, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            var alive = work.Values.Select(w => w.Row).Where(w => w.BuriedAt is null).ToList();
            var due = alive.Where(w => w.DueAt <= now).ToList();

            return Task.FromResult(
                new WorkDepths(
                    due.Count,
                    alive.Count - due.Count,
                    alive.Count(w => w.Attempts > 0),
                    work.Count - alive.Count,
                    due.Count == 0 ? null : due.Min(w => w.DueAt)
                )
            );
        }
    }

    /// <inheritdoc/>
    public Task<bool> ExpandWorkAsync(long id, IReadOnlyList<NewWork> into, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            if (!work.TryGetValue(id, out var item))
                return Task.FromResult(false);

            Remove(item);

            foreach (var part in into)
                Add(part);

            return Task.FromResult(true);
        }
    }

    private IEnumerable<StoredWork> Alive(IReadOnlyList<long> ids) =>
        ids.Distinct().Select(work.GetValueOrDefault).OfType<StoredWork>().Where(w => w.Row.BuriedAt is null);

    private void Add(NewWork item)
    {
        if (workByKey.ContainsKey(item.Key))
            return;

        var stored = new StoredWork
        {
            Row = new WorkRow(++lastWorkId, item.Key, item.Kind, item.InstanceId, item.Target, item.Payload, item.DueAt, Attempts: 0),
        };
        work.Add(stored.Row.Id, stored);
        workByKey.Add(item.Key, stored);
        takeable.Add(stored.Place);
    }

    private void Change(StoredWork item, WorkRow row, DateTimeOffset? leaseUntil)
    {
        takeable.Remove(item.Place);
        item.Row = row;
        item.LeaseUntil = leaseUntil;

        if (row.BuriedAt is null)
            takeable.Add(item.Place);
    }

    private void Remove(StoredWork item)
    {
        work.Remove(item.Row.Id);
        workByKey.Remove(item.Row.Key);
        takeable.Remove(item.Place);
    }

    /// <summary>A piece of work with its lease.</summary>
    private sealed class StoredWork
    {
        public required WorkRow Row { get; set; }

        public DateTimeOffset? LeaseUntil { get; set; }

        public (DateTimeOffset At, long Id) Place => (LeaseUntil ?? Row.DueAt, Row.Id);
    }
}
