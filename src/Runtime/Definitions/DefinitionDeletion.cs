using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Definitions;

// Deleting: never what something that is left still needs.
public sealed partial class DefinitionService
{
    /// <summary>Ended instances removed at a time.</summary>
    private const int EndedAtOnce = 500;

    /// <summary>Removes a version that is not published, that no instance runs on and that no published workflow uses as an activity.</summary>
    /// <param name="versionId">The version.</param>
    /// <param name="withEnded">True: instances that ran on it and have ended are removed with it; false: they keep it.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    public Task<DeleteResult> DeleteVersionAsync(string versionId, bool withEnded, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.DefinitionsDelete, "definition.delete-version", versionId)
            {
                Wanted = Facts.Of(("withEnded", $"{withEnded}")),
            },
            () => RemoveVersionAsync(versionId, withEnded, ct),
            r => Facts.Of(("result", r.ToString())),
            ct
        );

    private async Task<DeleteResult> RemoveVersionAsync(string versionId, bool withEnded, CancellationToken ct)
    {
        var row =
            await store.FindDefinitionAsync(versionId, ct)
            ?? throw new DefinitionNotFoundException($"There is no definition version '{versionId}'.");

        return await ChangeAsync(
            row.DefinitionId,
            async () =>
            {
                if (await store.FindDefinitionAsync(versionId, ct) is not { } version)
                    return DeleteResult.Deleted;

                if (version.IsPublished)
                    return DeleteResult.IsPublished;

                if ((await store.ListPinnersAsync([versionId], ct)).Count > 0)
                    return DeleteResult.IsPinned;

                return await DeleteAsync(
                    new InstanceFilter { VersionId = versionId },
                    withEnded,
                    () => store.DeleteDefinitionAsync(versionId, ct),
                    row.DefinitionId,
                    ct
                );
            },
            ct
        );
    }

    /// <summary>Removes a version whose instances, running or ended, are none.</summary>
    public Task<DeleteResult> DeleteVersionAsync(string versionId, CancellationToken ct) =>
        DeleteVersionAsync(versionId, withEnded: false, ct);

    /// <summary>Removes a line with all its versions, published or not, its triggers and its publication history.</summary>
    /// <param name="definitionId">The line.</param>
    /// <param name="withEnded">True: its instances that have ended are removed with it; false: they keep it.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DefinitionNotFoundException">There is no such definition.</exception>
    public Task<DeleteResult> DeleteLineAsync(string definitionId, bool withEnded, CancellationToken ct) =>
        ActAsync(
            Permissions.DefinitionsDelete,
            "definition.delete",
            definitionId,
            Facts.Of(("withEnded", $"{withEnded}")),
            () => RemoveLineAsync(definitionId, withEnded, ct),
            r => Facts.Of(("result", r.ToString())),
            ct
        );

    private Task<DeleteResult> RemoveLineAsync(string definitionId, bool withEnded, CancellationToken ct) =>
        ChangeAsync(
            definitionId,
            async () =>
            {
                var versions = await store.ListDefinitionsAsync(definitionId, ct);

                if (versions.Count == 0)
                    throw new DefinitionNotFoundException($"There is no definition '{definitionId}'.");

                if ((await store.ListPinnersAsync([.. versions.Select(v => v.Id)], ct)).Count > 0)
                    return DeleteResult.IsPinned;

                return await DeleteAsync(
                    new InstanceFilter { DefinitionId = definitionId },
                    withEnded,
                    () => store.DeleteLineAsync(definitionId, ct),
                    definitionId,
                    ct
                );
            },
            ct
        );

    private async Task<DeleteResult> DeleteAsync(
        InstanceFilter instances,
        bool withEnded,
        Func<Task<bool>> delete,
        string definitionId,
        CancellationToken ct
    )
    {
        if ((await store.ListInstancesAsync(instances with { IsRunning = true }, 0, 1, ct)).Count > 0)
            return DeleteResult.IsRunning;

        if (withEnded)
            while (await store.ListInstancesAsync(instances with { IsRunning = false }, 0, EndedAtOnce, ct) is { Count: > 0 } ended)
                await store.DeleteInstancesAsync([.. ended.Select(i => i.Id)], ct);

        if (await delete())
        {
            graphs.Forget(definitionId);
            return DeleteResult.Deleted;
        }

        // Perhaps one was started just now.
        return (await store.ListInstancesAsync(instances with { IsRunning = true }, 0, 1, ct)).Count > 0
            ? DeleteResult.IsRunning
            : DeleteResult.HasEnded;
    }
}
