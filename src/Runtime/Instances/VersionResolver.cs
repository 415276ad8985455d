using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Starts go to the version that they ask for, else to the published one.</summary>
/// <param name="store">Where definitions are.</param>
/// <param name="graphs">Knows what is published.</param>
/// <param name="definitions">Freezes drafts.</param>
internal sealed class VersionResolver(IWorkflowStore store, GraphCache graphs, DefinitionService definitions) : IVersionResolver
{
    public async ValueTask<VersionChoice?> ResolveAsync(VersionRequest request, CancellationToken ct)
    {
        if (request.VersionId is not { } versionId)
            return await graphs.FindPublishedIdAsync(request.DefinitionId, ct) is { } published
                ? new(published, VersionReason.Published)
                : null;

        var row = await store.FindDefinitionAsync(versionId, ct);

        if (row is null || row.DefinitionId != request.DefinitionId)
            throw new DefinitionNotFoundException($"Definition '{request.DefinitionId}' has no version '{versionId}'.");

        if (row.IsFixed)
            return new(versionId, VersionReason.Asked);

        // A draft may change, and with it what its instances mean.
        return request.AllowsDraft
            ? new((await definitions.SnapshotAsync(row, ct)).Id, VersionReason.Tried)
            : throw new DefinitionNotFoundException(
                $"Version {row.Version} of definition '{row.DefinitionId}' is a draft. Publish it before instances are started on it."
            );
    }
}
