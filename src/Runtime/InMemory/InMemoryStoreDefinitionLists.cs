using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.InMemory;

// Lists of definitions, and what is known of their publication and use.
public sealed partial class InMemoryStore
{
    private readonly List<Publication> publications = [];

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(DefinitionFilter filter, int skip, int take, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<DefinitionRow>>([
                .. Ordered(definitions.Values.Where(d => Is(d, filter)), filter).Skip(skip).Take(take).Select(Listed),
            ]);
    }

    /// <inheritdoc/>
    public Task<long> CountDefinitionsAsync(DefinitionFilter filter, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult(definitions.Values.LongCount(d => Is(d, filter)));
    }

    /// <inheritdoc/>
    public Task<bool> IsNameTakenAsync(string name, string? exceptDefinitionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult(
                definitions.Values.Any(d =>
                    d.IsLatest
                    && d.DefinitionId != exceptDefinitionId
                    && string.Equals(d.Name?.ToLowerInvariant(), name.ToLowerInvariant(), StringComparison.Ordinal)
                )
            );
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListConsumersAsync(string definitionId, CancellationToken ct) =>
        InOrder(d => (d.IsLatest || d.IsPublished) && d.Consumes.Contains(definitionId), ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListPinnersAsync(IReadOnlyList<string> versionIds, CancellationToken ct)
    {
        HashSet<string> lines;

        lock (gate)
            lines = [.. versionIds.Select(definitions.GetValueOrDefault).OfType<DefinitionRow>().Select(d => d.DefinitionId)];

        return InOrder(d => !lines.Contains(d.DefinitionId) && Pins.Read(d.Pins).VersionIds.Intersect(versionIds).Any(), ct);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Publication>> ListPublicationsAsync(string definitionId, int skip, int take, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<Publication>>([
                .. publications.Where(p => p.DefinitionId == definitionId).Reverse().Skip(skip).Take(take),
            ]);
    }

    /// <inheritdoc/>
    public Task<int> FindLastNumberAsync(string definitionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult(publications.Where(p => p.DefinitionId == definitionId).Select(p => p.Version).DefaultIfEmpty().Max());
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<VersionLoad>> CountRunningAsync(string definitionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<VersionLoad>>([
                .. instances
                    .Values.Where(i => i.Is(new InstanceFilter { DefinitionId = definitionId, IsRunning = true }))
                    .GroupBy(i => i.VersionId, StringComparer.Ordinal)
                    .Select(g => new VersionLoad(g.Key, definitions.GetValueOrDefault(g.Key)?.Version, g.LongCount()))
                    .OrderBy(l => l.Version ?? int.MaxValue)
                    .ThenBy(l => l.VersionId, StringComparer.Ordinal),
            ]);
    }

    private static bool Is(DefinitionRow row, DefinitionFilter filter) =>
        filter.Versions.Matches(row)
        && (filter.DefinitionIds.IsEmpty || filter.DefinitionIds.Contains(row.DefinitionId))
        && (filter.Ids.IsEmpty ? !row.IsSnapshot : filter.Ids.Contains(row.Id))
        && (filter.IsSystem is null || filter.IsSystem == row.IsSystem)
        && (filter.IsReadonly is null || filter.IsReadonly == row.IsReadonly)
        && (filter.UsableAsActivity is null || filter.UsableAsActivity == row.UsableAsActivity)
        && (filter.Term is not { } term || SearchText(row).Contains(term, StringComparison.Ordinal));

    private static string SearchText(DefinitionRow row) =>
        string.Join('\n', row.Name, row.Description, row.DefinitionId, row.Id).ToLowerInvariant();

    private static IEnumerable<DefinitionRow> Ordered(IEnumerable<DefinitionRow> rows, DefinitionFilter filter)
    {
        var ordered = filter.OrderBy switch
        {
            DefinitionOrder.Created => rows.OrderBy(d => d.CreatedAt),
            DefinitionOrder.Name => rows.OrderBy(d => (d.Name ?? "").ToLowerInvariant(), StringComparer.Ordinal),
            DefinitionOrder.Version => rows.OrderBy(d => d.Version),
            _ => throw new InvalidOperationException($"Unknown order {filter.OrderBy}."),
        };
        ordered = ordered.ThenBy(d => d.DefinitionId, StringComparer.Ordinal).ThenBy(d => d.Version);
        return filter.Descending ? ordered.Reverse() : ordered;
    }

    private static DefinitionRow Listed(DefinitionRow row) =>
        row with
        {
            Content = default,
            Pins = default,
            Warnings = default,
            Consumes = [],
        };

    private Task<IReadOnlyList<DefinitionRow>> InOrder(Func<DefinitionRow, bool> matches, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<DefinitionRow>>([
                .. definitions
                    .Values.Where(matches)
                    .OrderBy(d => d.DefinitionId, StringComparer.Ordinal)
                    .ThenBy(d => d.Version)
                    .Select(Listed),
            ]);
    }

    /// <summary>Makes the newest version of a line its latest, when it has none.</summary>
    private void Promote(string definitionId)
    {
        var line = definitions.Values.Where(d => d.DefinitionId == definitionId && !d.IsSnapshot).ToList();

        if (!line.Exists(d => d.IsLatest) && line.MaxBy(d => d.Version) is { } newest)
            definitions[newest.Id] = newest with { IsLatest = true };
    }
}
