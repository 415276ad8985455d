using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Finds versions.</summary>
/// <param name="definitions">Where they are.</param>
internal sealed class DefinitionList(DefinitionService definitions)
{
    /// <summary>A page of versions, and how many there are.</summary>
    public async Task<(IReadOnlyList<DefinitionRow> Page, long Count)> PageAsync(DefinitionQuery query, CancellationToken ct)
    {
        var filter = query.ToFilter();
        return (await definitions.ListAsync(filter, query.Skip, query.Take, ct), await definitions.CountAsync(filter, ct));
    }

    /// <summary>Whether the latest version of another line has the name.</summary>
    public async Task<bool> IsNameTakenAsync(string name, string? exceptDefinitionId, CancellationToken ct) =>
        !await definitions.IsNameUniqueAsync(name, exceptDefinitionId, ct);
}

/// <summary>Finds a version by Elsa's words.</summary>
internal static class DefinitionLookup
{
    /// <summary>A version of a line; null when there is none. Nothing said means the latest.</summary>
    /// <exception cref="RequestException">The words name no version.</exception>
    public static Task<DefinitionRow?> FindAsync(
        this DefinitionService definitions,
        string definitionId,
        string? versionOptions,
        CancellationToken ct
    ) => definitions.FindAsync(definitionId, string.IsNullOrWhiteSpace(versionOptions) ? -1 : VersionOptions.Number(versionOptions), ct);
}
