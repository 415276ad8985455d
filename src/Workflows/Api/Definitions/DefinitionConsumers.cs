using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Who uses definitions as activities.</summary>
/// <param name="definitions">Where they are.</param>
internal sealed class DefinitionConsumers(DefinitionService definitions)
{
    /// <summary>The latest versions that use one of the lines, and those that use these, and so on.</summary>
    public async Task<IReadOnlyList<DefinitionRow>> ListAsync(IReadOnlyCollection<string> definitionIds, CancellationToken ct)
    {
        var seen = definitionIds.ToHashSet(StringComparer.Ordinal);
        var open = new Queue<string>(definitionIds);
        var found = new List<DefinitionRow>();

        while (open.TryDequeue(out var id))
            foreach (var row in await definitions.ListConsumersAsync(id, ct))
                if (row.IsLatest && seen.Add(row.DefinitionId))
                {
                    open.Enqueue(row.DefinitionId);

                    if (await definitions.FindAsync(row.Id, ct) is { } full)
                        found.Add(full);
                }

        return found;
    }
}
