using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.InMemory;

// Definitions and their triggers.
public sealed partial class InMemoryStore
{
    private readonly Dictionary<string, DefinitionRow> definitions = new(StringComparer.Ordinal);
    private readonly List<TriggerRow> triggers = [];

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListDefinitionsAsync(string? definitionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<DefinitionRow>>([
                .. definitions
                    .Values.Where(d => !d.IsSnapshot && (definitionId is null || d.DefinitionId == definitionId))
                    .OrderBy(d => d.DefinitionId, StringComparer.Ordinal)
                    .ThenBy(d => d.Version)
                    .Select(Listed),
            ]);
    }

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionAsync(string versionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult(definitions.GetValueOrDefault(versionId));
    }

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionAsync(string definitionId, int version, CancellationToken ct) =>
        Find(d => d.DefinitionId == definitionId && !d.IsSnapshot && IsVersion(d, version), ct);

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionByTypeNameAsync(string typeName, int version, CancellationToken ct) =>
        Find(d => TypeNameOf(d) == typeName && !d.IsSnapshot && IsVersion(d, version), ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListActivityDefinitionsAsync(string? definitionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<DefinitionRow>>([
                .. definitions
                    .Values.Where(d =>
                        (definitionId is null || d.DefinitionId == definitionId) && d is { IsSnapshot: false, UsableAsActivity: true }
                    )
                    .OrderBy(d => d.DefinitionId, StringComparer.Ordinal)
                    .ThenBy(d => d.Version),
            ]);
    }

    /// <inheritdoc/>
    public Task SaveDefinitionsAsync(DefinitionChange change, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            foreach (var version in change.Versions)
                if (definitions.GetValueOrDefault(version.Id) is { } before && IsChangeOfPublished(before, version))
                    throw new InvalidOperationException(
                        $"Version {version.Version} of definition '{version.DefinitionId}' was published; its content cannot change. Save a new version."
                    );

            var after = After(change);
            RefuseTwins(after.Values);

            foreach (var (id, version) in after)
                definitions[id] = version;

            publications.AddRange(change.Publications);

            if (change.TriggersOf is { } line)
                Replace(line, change);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> DeleteDefinitionAsync(string versionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            if (instances.Values.Any(i => i.Uses(versionId)))
                return Task.FromResult(false);

            if (definitions.Remove(versionId, out var removed))
                Promote(removed.DefinitionId);

            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteLineAsync(string definitionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
        {
            if (instances.Values.Any(i => i.Is(new InstanceFilter { DefinitionId = definitionId })))
                return Task.FromResult(false);

            foreach (var version in definitions.Values.Where(d => d.DefinitionId == definitionId).ToList())
                definitions.Remove(version.Id);

            Replace(definitionId, new DefinitionChange([], definitionId));
            publications.RemoveAll(p => p.DefinitionId == definitionId);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TriggerRow>> FindTriggersAsync(string hash, CancellationToken ct) => Triggers(t => t.Hash == hash, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TriggerRow>> ListTriggersAsync(string name, CancellationToken ct) => Triggers(t => t.Name == name, ct);

    private static bool IsVersion(DefinitionRow row, int version) =>
        version switch
        {
            0 => row.IsPublished,
            -1 => row.IsLatest,
            _ => row.Version == version,
        };

    private static bool IsChangeOfPublished(DefinitionRow before, DefinitionRow after) =>
        (before.PublishedAt is not null || before.IsSnapshot)
        && !(before.Content.Span.SequenceEqual(after.Content.Span) && before.Pins.Span.SequenceEqual(after.Pins.Span));

    /// <summary>The versions that a change touches, as they are after it.</summary>
    private Dictionary<string, DefinitionRow> After(DefinitionChange change)
    {
        var after = new Dictionary<string, DefinitionRow>(StringComparer.Ordinal);

        foreach (var move in change.Moves)
            if (definitions.GetValueOrDefault(move.VersionId) is { } moved)
                after[moved.Id] = moved with { IsLatest = move.IsLatest, IsPublished = move.IsPublished };

        foreach (var version in change.Versions)
            after[version.Id] = version with
            {
                PublishedAt = definitions.GetValueOrDefault(version.Id)?.PublishedAt ?? version.PublishedAt,
            };

        return after;
    }

    private void RefuseTwins(IReadOnlyCollection<DefinitionRow> after)
    {
        var ids = after.Select(v => v.Id).ToHashSet(StringComparer.Ordinal);
        var lines = after.Select(v => v.DefinitionId).ToHashSet(StringComparer.Ordinal);
        var all = definitions
            .Values.Where(d => lines.Contains(d.DefinitionId) && !ids.Contains(d.Id))
            .Concat(after)
            .Where(d => !d.IsSnapshot);

        foreach (var line in all.GroupBy(d => d.DefinitionId, StringComparer.Ordinal))
            if (
                line.Count(d => d.IsLatest) > 1
                || line.Count(d => d.IsPublished) > 1
                || line.Select(d => d.Version).Distinct().Count() < line.Count()
            )
                throw new DefinitionConflictException(
                    $"The versions of '{line.Key}' do not fit together: two would be latest or published, or have the same number. Read them again and repeat."
                );
    }

    private static string TypeNameOf(DefinitionRow row) =>
        new WorkflowDefinition
        {
            Json = default,
            Name = row.Name,
            DefinitionId = row.DefinitionId,
        }.ActivityTypeName;

    private void Replace(string line, DefinitionChange change)
    {
        triggers.RemoveAll(t => t.DefinitionId == line);

        foreach (var timer in work.Values.Where(w => w.Row.Kind == WorkKind.TriggerTimer && w.Row.InstanceId == line).ToList())
            Remove(timer);

        if (!change.Triggers.IsDefault)
            triggers.AddRange(change.Triggers);

        if (!change.Timers.IsDefault)
            foreach (var timer in change.Timers)
                Add(timer);
    }

    private Task<DefinitionRow?> Find(Func<DefinitionRow, bool> matches, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult(definitions.Values.Where(matches).MaxBy(d => (d.CreatedAt, d.Version)));
    }

    private Task<IReadOnlyList<TriggerRow>> Triggers(Func<TriggerRow, bool> matches, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<TriggerRow>>([
                .. triggers
                    .Where(matches)
                    .OrderBy(t => t.DefinitionId, StringComparer.Ordinal)
                    .ThenBy(t => t.NodeId, StringComparer.Ordinal)
                    .ThenBy(t => t.Hash, StringComparer.Ordinal),
            ]);
    }
}
