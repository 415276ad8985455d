using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.InMemory;

// Waiters.
public sealed partial class InMemoryStore
{
    private readonly Dictionary<string, Dictionary<(string Instance, long Id), BookmarkRow>> waiting = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BookmarkRow>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            IEnumerable<BookmarkRow> found =
                filter.Hash is { } hash ? waiting.GetValueOrDefault(hash)?.Values ?? Enumerable.Empty<BookmarkRow>()
                : filter.InstanceId is { } id ? instances.GetValueOrDefault(id)?.Bookmarks.Values ?? Enumerable.Empty<BookmarkRow>()
                : instances.Values.SelectMany(i => i.Bookmarks.Values);

            return Task.FromResult<IReadOnlyList<BookmarkRow>>([
                .. found
                    .Select(b => b with { CorrelationId = instances[b.InstanceId].CorrelationId })
                    .Where(b => filter.InstanceId is null || filter.InstanceId == b.InstanceId)
                    .Where(b => filter.CorrelationId is null || filter.CorrelationId == b.CorrelationId)
                    .OrderBy(b => b.CreatedAt)
                    .ThenBy(b => b.InstanceId, StringComparer.Ordinal)
                    .ThenBy(b => b.Id),
            ]);
        }
    }

    /// <inheritdoc/>
    public Task<bool> AnyRunningAsync(string? definitionId, string? correlationId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var filter = new InstanceFilter
        {
            DefinitionId = definitionId,
            CorrelationId = correlationId,
            IsRunning = true,
        };

        lock (gate)
            return Task.FromResult(instances.Values.Any(i => i.Is(filter)));
    }

    /// <inheritdoc/>
    public Task<int> DeleteInstancesAsync(IReadOnlyList<string> instanceIds, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            var ended = instanceIds
                .Distinct(StringComparer.Ordinal)
                .Where(id => instances.TryGetValue(id, out var i) && !i.IsRunning)
                .ToList();
            ended.ForEach(Remove);
            return Task.FromResult(ended.Count);
        }
    }

    private static string TimerKey(string instanceId, long bookmark) => $"t:{instanceId}:{bookmark}";

    private void Add(StoredInstance instance, NewBookmark added, DateTimeOffset now)
    {
        var row = new BookmarkRow(
            instance.Id,
            added.Id,
            added.Hash,
            added.Name,
            added.ActivityId,
            added.NodeId,
            instance.CorrelationId,
            added.DueAt,
            added.Payload,
            now
        );
        instance.Bookmarks[added.Id] = row;

        if (!waiting.TryGetValue(added.Hash, out var sameHash))
            waiting.Add(added.Hash, sameHash = []);

        sameHash[(instance.Id, added.Id)] = row;

        if (added.DueAt is { } dueAt)
            Add(
                new NewWork
                {
                    Key = TimerKey(instance.Id, added.Id),
                    Kind = WorkKind.Timer,
                    InstanceId = instance.Id,
                    Target = added.Id,
                    DueAt = dueAt,
                }
            );
    }

    private void Burn(StoredInstance instance, long bookmark)
    {
        if (!instance.Bookmarks.Remove(bookmark, out var row))
            return;

        var sameHash = waiting[row.Hash];
        sameHash.Remove((instance.Id, bookmark));

        if (sameHash.Count == 0)
            waiting.Remove(row.Hash);

        if (row.DueAt is not null && workByKey.TryGetValue(TimerKey(instance.Id, bookmark), out var timer))
            Remove(timer);
    }
}
