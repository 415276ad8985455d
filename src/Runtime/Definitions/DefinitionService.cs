using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>Definitions and their versions, under Elsa's rules: one latest and at most one published version per line; what was published never changes.</summary>
/// <remarks>Safe for all threads and nodes: changes of one line run one after the other.</remarks>
public sealed partial class DefinitionService
{
    private readonly IWorkflowStore store;
    private readonly GraphCache graphs;
    private readonly Guards guards;
    private readonly TimeProvider clock;
    private readonly IWorkSignal signal;
    private readonly ImmutableArray<IPublicationCheck> checks;

    internal DefinitionService(
        IWorkflowStore store,
        GraphCache graphs,
        Guards guards,
        TimeProvider clock,
        IWorkSignal signal,
        IEnumerable<IPublicationCheck>? checks = null
    )
    {
        (this.store, this.graphs, this.guards, this.clock, this.signal) = (store, graphs, guards, clock, signal);
        this.checks = [.. checks ?? []];
    }

    /// <summary>All versions of a line, or of all lines when the id is null, oldest first. Without content.</summary>
    public Task<IReadOnlyList<DefinitionRow>> ListAsync(string? definitionId, CancellationToken ct) =>
        store.ListDefinitionsAsync(definitionId, ct);

    /// <summary>A version by its id; null when unknown.</summary>
    public Task<DefinitionRow?> FindAsync(string versionId, CancellationToken ct) => store.FindDefinitionAsync(versionId, ct);

    /// <summary>A version of a line: its number, 0 for the published, -1 for the latest; null when there is none.</summary>
    public Task<DefinitionRow?> FindAsync(string definitionId, int version, CancellationToken ct) =>
        store.FindDefinitionAsync(definitionId, version, ct);

    /// <summary>Compiles a definition against those that are stored, and tells what is wrong or odd with it.</summary>
    public async Task<CompileResult> CheckAsync(WorkflowDefinition definition, CancellationToken ct) =>
        (await graphs.Compiler.CompileAsync(definition, ct)).Result;

    /// <summary>Saves a definition as draft: over the latest version if that is a draft, else as the next version.</summary>
    /// <remarks>Number and flags of the definition do not count; its ids do, as far as they are free. A draft need not compile.</remarks>
    public async Task<DefinitionRow> SaveDraftAsync(WorkflowDefinition definition, CancellationToken ct)
    {
        var definitionId = definition.DefinitionId.Length > 0 ? definition.DefinitionId : NewId();
        await using var guard = await guards.EnterAsync(GuardOf(definitionId), ct);
        return await SaveAsync(definitionId, definition, ct);
    }

    /// <summary>
    /// Publishes the latest version of a line: new instances start on it, its triggers listen, those who use it follow if it says so. The versions of
    /// the workflows that it uses are pinned for ever.
    /// </summary>
    /// <param name="definitionId">The line.</param>
    /// <param name="note">What is said about the version; null for nothing.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DefinitionNotFoundException">There is no such definition.</exception>
    /// <exception cref="WorkflowCompilationException">It does not compile, or a trigger cannot be indexed. Nothing was changed.</exception>
    public Task<PublishResult> PublishAsync(string definitionId, string? note, CancellationToken ct) =>
        PublishAsync(definitionId, note, new HashSet<string>(StringComparer.Ordinal), ct);

    /// <summary>Brings a definition to be published in this form; does nothing when it is already: a server may import its files at every start.</summary>
    /// <returns>The published version, and whether it is new.</returns>
    /// <exception cref="WorkflowCompilationException">It does not compile.</exception>
    public async Task<(DefinitionRow Version, bool IsNew)> ImportAsync(WorkflowDefinition definition, string? note, CancellationToken ct)
    {
        if (definition.DefinitionId.Length == 0)
            throw new ArgumentException(
                "A definition without an id cannot be imported again and again. Give it a definitionId.",
                nameof(definition)
            );

        var content = ElsaJson.Write(definition);

        if (
            await store.FindDefinitionAsync(definition.DefinitionId, 0, ct) is { } published
            && published.Content.Span.SequenceEqual(content)
        )
            return (published, false);

        await SaveDraftAsync(definition, ct);
        return ((await PublishAsync(definition.DefinitionId, note, ct)).Version, true);
    }

    /// <summary>Takes the published version of a line back: nothing starts on it any more; its instances go on.</summary>
    /// <returns>The version, or null when none was published.</returns>
    public async Task<DefinitionRow?> RetractAsync(string definitionId, CancellationToken ct)
    {
        await using var guard = await guards.EnterAsync(GuardOf(definitionId), ct);

        if (await store.FindDefinitionAsync(definitionId, 0, ct) is not { } published)
            return null;

        var retracted = published with { IsPublished = false };
        await store.SaveDefinitionsAsync(new DefinitionChange([retracted], definitionId, [], []), ct);
        graphs.Forget(definitionId);
        return retracted;
    }

    /// <summary>Copies a version as the new latest draft; the published one stays published.</summary>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    public async Task<DefinitionRow> RevertAsync(string definitionId, int version, CancellationToken ct)
    {
        await using var guard = await guards.EnterAsync(GuardOf(definitionId), ct);
        var old =
            await store.FindDefinitionAsync(definitionId, version, ct)
            ?? throw new DefinitionNotFoundException($"Definition '{definitionId}' has no version {version}.");
        return await SaveAsync(definitionId, StoredDefinition.Read(old) with { Id = "" }, ct, isCopy: true);
    }

    /// <summary>Removes a version that is not published, that no instance uses and that no published workflow uses as an activity.</summary>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    public async Task<DeleteResult> DeleteVersionAsync(string versionId, CancellationToken ct)
    {
        var row =
            await store.FindDefinitionAsync(versionId, ct)
            ?? throw new DefinitionNotFoundException($"There is no definition version '{versionId}'.");
        await using var guard = await guards.EnterAsync(GuardOf(row.DefinitionId), ct);
        row = await store.FindDefinitionAsync(versionId, ct);

        if (row is null)
            return DeleteResult.Deleted;

        if (row.IsPublished)
            return DeleteResult.IsPublished;

        if (await IsPinnedAsync(versionId, ct) || !await store.DeleteDefinitionAsync(versionId, ct))
            return DeleteResult.InUse;

        if (row.IsLatest && (await store.ListDefinitionsAsync(row.DefinitionId, ct)).MaxBy(v => v.Version) is { } newest)
            await store.SaveDefinitionsAsync(new DefinitionChange([await FullAsync(newest.Id, ct) with { IsLatest = true }]), ct);

        return DeleteResult.Deleted;
    }

    private static string GuardOf(string definitionId) => $"d:{definitionId}";

    /// <summary>An id as Elsa makes them: sixteen hexadecimal digits.</summary>
    private static string NewId() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));

    private async Task<DefinitionRow> SaveAsync(
        string definitionId,
        WorkflowDefinition definition,
        CancellationToken ct,
        bool isCopy = false
    )
    {
        var versions = await store.ListDefinitionsAsync(definitionId, ct);
        var latest = versions.LastOrDefault(v => v.IsLatest);
        var now = clock.GetUtcNow();
        var content = ElsaJson.Write(definition);

        // What was published once is kept as it was, even when it was taken back.
        if (latest is { PublishedAt: null } && !isCopy)
        {
            var rewritten = latest with { Name = definition.Name, Content = content };
            await store.SaveDefinitionsAsync(new DefinitionChange([rewritten]), ct);
            return rewritten;
        }

        var isFree = definition.Id.Length > 0 && await store.FindDefinitionAsync(definition.Id, ct) is null;
        var added = new DefinitionRow
        {
            Id = isFree ? definition.Id : NewId(),
            DefinitionId = definitionId,
            Version = versions.Select(v => v.Version).DefaultIfEmpty().Max() + 1,
            Name = definition.Name,
            IsLatest = true,
            Content = content,
            CreatedAt = now,
        };
        var changes = ImmutableArray.Create(added);

        foreach (var other in versions.Where(v => v.IsLatest))
            changes = changes.Add(await FullAsync(other.Id, ct) with { IsLatest = false });

        await store.SaveDefinitionsAsync(new DefinitionChange(changes), ct);
        return added;
    }

    private async Task<DefinitionRow> FullAsync(string versionId, CancellationToken ct) =>
        await store.FindDefinitionAsync(versionId, ct)
        ?? throw new DefinitionNotFoundException($"There is no definition version '{versionId}'.");

    private async Task<bool> IsPinnedAsync(string versionId, CancellationToken ct)
    {
        foreach (var row in await store.ListDefinitionsAsync(null, ct))
            if (
                row.PublishedAt is not null
                && row.Id != versionId
                && Pins.Read((await FullAsync(row.Id, ct)).Pins).Versions.ContainsValue(versionId)
            )
                return true;

        return false;
    }
}

/// <summary>What became of a wish to publish.</summary>
/// <param name="Version">The published version.</param>
/// <param name="Warnings">What is odd about it.</param>
/// <param name="Followers">Lines that use it and were taken along.</param>
public sealed record PublishResult(DefinitionRow Version, ImmutableArray<CompileError> Warnings, ImmutableArray<string> Followers);

/// <summary>What became of a wish to delete a version.</summary>
public enum DeleteResult
{
    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>Instances run or ran on it, or a published workflow uses it; nothing was changed.</summary>
    InUse,

    /// <summary>It is published; take it back first.</summary>
    IsPublished,
}
