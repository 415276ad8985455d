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
                    .Values.Where(d => definitionId is null || d.DefinitionId == definitionId)
                    .OrderBy(d => d.DefinitionId, StringComparer.Ordinal)
                    .ThenBy(d => d.Version)
                    .Select(d => d with { Content = default, Pins = default }),
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
        Find(d => d.DefinitionId == definitionId && IsVersion(d, version), ct);

    /// <inheritdoc/>
    public Task<DefinitionRow?> FindDefinitionByTypeNameAsync(string typeName, int version, CancellationToken ct) =>
        Find(d => TypeNameOf(d) == typeName && IsVersion(d, version), ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DefinitionRow>> ListActivityDefinitionsAsync(string? definitionId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        lock (gate)
            return Task.FromResult<IReadOnlyList<DefinitionRow>>([
                .. definitions
                    .Values.Where(d => (definitionId is null || d.DefinitionId == definitionId) && d.PublishedAt is not null)
                    .Where(d => ElsaJson.Read(d.Content).UsableAsActivity)
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
                if (
                    definitions.TryGetValue(version.Id, out var before)
                    && before.PublishedAt is not null
                    && !before.Content.Span.SequenceEqual(version.Content.Span)
                )
                    throw new InvalidOperationException(
                        $"Version {version.Version} of definition '{version.DefinitionId}' was published; its content cannot change. Save a new version."
                    );

            foreach (var version in change.Versions)
                definitions[version.Id] = version;

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

            definitions.Remove(versionId);
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
