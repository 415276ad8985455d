using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.InMemory;

// Instances in lists.
public sealed partial class InMemoryStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<InstanceSummary>> ListInstancesAsync(InstanceFilter filter, int skip, int take, CancellationToken ct) =>
        (await PageInstancesAsync(filter, default, skip, take, ct)).Items;

    /// <inheritdoc/>
    public Task<InstancePage> PageInstancesAsync(InstanceFilter filter, InstanceOrder order, int skip, int take, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            var named = NamedBy(filter.Search);
            var all = instances
                .Values.Where(i => i.Is(filter))
                .Select(i => i.ToSummary())
                .Where(i => filter.Search is null || named.Contains(i.DefinitionId) || IsHit(i, filter.Search))
                .ToList();
            return Task.FromResult(new InstancePage([.. Ordered(all, order).Skip(skip).Take(take)], all.Count, IsExact: true));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<InstanceStanding>> FindStandingsAsync(IReadOnlyList<string> instanceIds, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<InstanceStanding>>([
                .. instanceIds
                    .Distinct(StringComparer.Ordinal)
                    .Where(instances.ContainsKey)
                    .Select(id => new InstanceStanding(instances[id].ToSummary(), instances[id].RowVersion)),
            ]);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HappenedRow>> ReadHappenedAsync(string instanceId, long after, CancellationToken ct) =>
        [
            .. (await ReadJournalAsync(instanceId, ct))
                .Where(j => j.Sequence > after)
                .Select(j => new HappenedRow(j.Sequence, j.At, j.Entries)),
        ];

    /// <inheritdoc/>
    public Task<bool> ImportInstanceAsync(InstanceImport import, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            if (instances.ContainsKey(import.Row.Id))
                return Task.FromResult(false);

            var instance = new StoredInstance(import.Row.Id, import.Row.CreatedAt);
            instances.Add(import.Row.Id, instance);
            instance.Take(CommitOf(import));

            foreach (var waiter in import.Waiters)
                Add(instance, waiter.Bookmark, waiter.CreatedAt);

            journal[import.Row.Id] = [.. import.Journal];
            return Task.FromResult(true);
        }
    }

    /// <summary>The commit that the instance came from.</summary>
    private static InstanceCommit CommitOf(InstanceImport import) =>
        new()
        {
            InstanceId = import.Row.Id,
            ExpectedVersion = import.Row.RowVersion - 1,
            DefinitionId = import.Row.DefinitionId,
            VersionId = import.Row.VersionId,
            Version = import.Summary.Version,
            SubStatus = import.Summary.SubStatus,
            CorrelationId = import.Summary.CorrelationId,
            Name = import.Summary.Name,
            ParentId = import.Summary.ParentId,
            IncidentCount = import.Summary.IncidentCount,
            State = import.Row.State,
            Now = import.Row.UpdatedAt,
        };

    private static IEnumerable<InstanceSummary> Ordered(List<InstanceSummary> all, InstanceOrder order)
    {
        var sorted = order.Sort switch
        {
            InstanceSort.LastExecuted => all.OrderBy(i => i.FinishedAt ?? i.UpdatedAt),
            InstanceSort.Finished => all.OrderBy(i => i.FinishedAt ?? DateTimeOffset.MinValue),
            InstanceSort.Name => all.OrderBy(i => i.Name ?? "", StringComparer.Ordinal),
            _ => all.OrderBy(i => i.CreatedAt),
        };
        var ascending = sorted.ThenBy(i => i.Id, StringComparer.Ordinal);
        return order.IsAscending ? ascending : ascending.Reverse();
    }

    private static bool IsHit(InstanceSummary instance, string text) =>
        instance.Id.StartsWith(text, StringComparison.Ordinal)
        || instance.Name?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
        || instance.CorrelationId?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Lines that a text names.</summary>
    private HashSet<string> NamedBy(string? text) =>
        text is null
            ? []
            :
            [
                .. definitions
                    .Values.Where(d => d.IsLatest)
                    .Where(d => d.DefinitionId == text || d.Name?.Contains(text, StringComparison.OrdinalIgnoreCase) == true)
                    .Select(d => d.DefinitionId),
            ];
}
