using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Definitions;

// Definitions that live in files.
public sealed partial class DefinitionService
{
    private const string Origin = "Imported from ";

    /// <summary>
    /// Publishes a file that is new or was changed since it was imported last; leaves all else alone. What people did since counts more than a file that
    /// did not change: a newer version of theirs stays published, one that they took back stays so, and a draft of theirs is not overwritten.
    /// </summary>
    /// <remarks>Several nodes may import the same files at once: one publishes, the others find it done.</remarks>
    /// <param name="file">What the file says; needs the id of its line.</param>
    /// <param name="origin">The file, as people know it; stands in the note of the version.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="WorkflowCompilationException">It does not compile; a draft of it may have been left.</exception>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.DefinitionsPublish"/>.</exception>
    public async Task<FileResult> ImportFileAsync(WorkflowDefinition file, string origin, CancellationToken ct)
    {
        if (file.DefinitionId.Length == 0)
            throw new ArgumentException(
                "A definition without an id cannot be imported again and again. Give it a definitionId.",
                nameof(file)
            );

        access.Demand(Permissions.DefinitionsPublish);

        // Every node looks at every file at every start: only a look until there is something to do.
        if (await IsImportedAsync(file, ct) is { } unchanged)
            return new FileResult(FileOutcome.Unchanged, unchanged, []);

        return await ActAsync(
            Permissions.DefinitionsPublish,
            "definition.import",
            file.DefinitionId,
            Facts.Of(("file", origin)),
            () => PublishFileAsync(file, origin, ct),
            r => VersionFacts(r.Version).Add("outcome", r.Outcome.ToString()),
            ct
        );
    }

    private async Task<FileResult> PublishFileAsync(WorkflowDefinition file, string origin, CancellationToken ct)
    {
        var result = await ChangeAsync(file.DefinitionId, () => ImportOneAsync(file, origin, ct), ct);

        if (result.Outcome == FileOutcome.Published)
            await UpdateConsumersAsync(StoredDefinition.Read(result.Version), access.Actor.Who, new(StringComparer.Ordinal), ct);

        return result;
    }

    private async Task<FileResult> ImportOneAsync(WorkflowDefinition file, string origin, CancellationToken ct)
    {
        if (await IsImportedAsync(file, ct) is { } last)
            return new FileResult(FileOutcome.Unchanged, last, []);

        var versions = await store.ListDefinitionsAsync(file.DefinitionId, ct);

        // A draft may be the work of somebody; one that says the same was left by an import that did not come to its end.
        if (
            versions.LastOrDefault(v => v.IsLatest) is { PublishedAt: null }
            && await store.FindDefinitionAsync(file.DefinitionId, -1, ct) is { } draft
            && !DefinitionContent.AreSame(StoredDefinition.Read(draft), file)
        )
            return new FileResult(FileOutcome.DraftInTheWay, draft, []);

        await SaveAsync(file.DefinitionId, file, isCopy: false, ct);
        var result = await PublishLatestAsync(file.DefinitionId, Origin + origin, access.Actor.Who, ct);
        return new FileResult(result.WasPublished ? FileOutcome.Unchanged : FileOutcome.Published, result.Version, result.Warnings);
    }

    /// <summary>The version that was imported last, when it says what the file says.</summary>
    private async Task<DefinitionRow?> IsImportedAsync(WorkflowDefinition file, CancellationToken ct) =>
        (await store.ListDefinitionsAsync(file.DefinitionId, ct)).LastOrDefault(v =>
            v.Note?.StartsWith(Origin, StringComparison.Ordinal) == true
        )
            is { } imported
        && await store.FindDefinitionAsync(imported.Id, ct) is { } last
        && DefinitionContent.AreSame(StoredDefinition.Read(last), file)
            ? last
            : null;
}

/// <summary>What became of a file.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Version">The version that was published, was there already, or stands in the way.</param>
/// <param name="Warnings">What is odd about it, when it was published.</param>
public sealed record FileResult(FileOutcome Outcome, DefinitionRow Version, ImmutableArray<CompileError> Warnings);

/// <summary>What became of a file.</summary>
public enum FileOutcome
{
    /// <summary>It is the published version now.</summary>
    Published,

    /// <summary>It says what it said when it was imported last, or what is published.</summary>
    Unchanged,

    /// <summary>Somebody has a draft; it was not touched.</summary>
    DraftInTheWay,
}
