using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Finds versions by Elsa's words.</summary>
internal static class DefinitionLookup
{
    /// <summary>A version of a line; null when there is none. Nothing said means the latest.</summary>
    /// <exception cref="RequestException">The words name no version.</exception>
    public static async Task<DefinitionRow?> FindAsync(
        this DefinitionService definitions,
        string definitionId,
        string? versionOptions,
        CancellationToken ct
    )
    {
        var option = string.IsNullOrWhiteSpace(versionOptions) ? VersionOption.Latest : VersionOptions.Read(versionOptions);

        return option.Kind switch
        {
            VersionKind.Number => await definitions.FindAsync(definitionId, option.Number, ct),
            VersionKind.Published => await definitions.FindAsync(definitionId, 0, ct),
            _ => await definitions.FindAsync(definitionId, -1, ct) is { } latest && option.Matches(latest) ? latest : null,
        };
    }
}
