using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Lint;
using ServiceLoop.Runtime.Access;
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
    private readonly IAccess access;
    private readonly ImmutableArray<IPublicationCheck> checks;
    private readonly ImmutableArray<IDraftCheck> draftChecks;

    internal DefinitionService(
        IWorkflowStore store,
        GraphCache graphs,
        Guards guards,
        TimeProvider clock,
        IWorkSignal signal,
        IAccess access,
        IEnumerable<IPublicationCheck>? checks = null,
        IEnumerable<IDraftCheck>? draftChecks = null
    )
    {
        (this.store, this.graphs, this.guards, this.clock, this.signal, this.access) = (store, graphs, guards, clock, signal, access);
        (this.checks, this.draftChecks) = ([.. checks ?? []], [.. draftChecks ?? []]);
    }

    /// <summary>The store, for those who may look.</summary>
    private IWorkflowStore Shown
    {
        get
        {
            access.Demand(Permissions.DefinitionsRead);
            return store;
        }
    }

    /// <summary>A page of versions, without content, pins and warnings.</summary>
    public Task<IReadOnlyList<DefinitionRow>> ListAsync(DefinitionFilter filter, int skip, int take, CancellationToken ct) =>
        Shown.ListDefinitionsAsync(filter, skip, take, ct);

    /// <summary>How many versions a filter finds.</summary>
    public Task<long> CountAsync(DefinitionFilter filter, CancellationToken ct) => Shown.CountDefinitionsAsync(filter, ct);

    /// <summary>All versions of a line, oldest first. Without content.</summary>
    public Task<IReadOnlyList<DefinitionRow>> ListAsync(string definitionId, CancellationToken ct) =>
        Shown.ListDefinitionsAsync(definitionId, ct);

    /// <summary>A version by its id; null when unknown.</summary>
    public Task<DefinitionRow?> FindAsync(string versionId, CancellationToken ct) => Shown.FindDefinitionAsync(versionId, ct);

    /// <summary>A version of a line: its number, 0 for the published, -1 for the latest; null when there is none.</summary>
    public Task<DefinitionRow?> FindAsync(string definitionId, int version, CancellationToken ct) =>
        Shown.FindDefinitionAsync(definitionId, version, ct);

    /// <summary>Whether no other line's latest version has a name, without regard to case.</summary>
    /// <param name="name">The name.</param>
    /// <param name="exceptDefinitionId">The line that is to have it; null for a new one.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> IsNameUniqueAsync(string name, string? exceptDefinitionId, CancellationToken ct) =>
        !await Shown.IsNameTakenAsync(name.Trim(), exceptDefinitionId, ct);

    /// <summary>Latest and published versions that use a line as an activity; without content.</summary>
    public Task<IReadOnlyList<DefinitionRow>> ListConsumersAsync(string definitionId, CancellationToken ct) =>
        Shown.ListConsumersAsync(definitionId, ct);

    /// <summary>What was published, rolled back and taken back of a line, newest first.</summary>
    public Task<IReadOnlyList<Publication>> ListPublicationsAsync(string definitionId, int skip, int take, CancellationToken ct) =>
        Shown.ListPublicationsAsync(definitionId, skip, take, ct);

    /// <summary>How many instances run on each version of a line, by number; versions without are left out.</summary>
    public Task<IReadOnlyList<VersionLoad>> CountRunningAsync(string definitionId, CancellationToken ct) =>
        Shown.CountRunningAsync(definitionId, ct);

    /// <summary>Compiles a definition against those that are stored, and tells what is wrong or odd with it.</summary>
    public async Task<CompileResult> CheckAsync(WorkflowDefinition definition, CancellationToken ct)
    {
        access.Demand(Permissions.DefinitionsRead);
        return (await graphs.Compiler.CompileAsync(definition, ct)).Result;
    }

    /// <summary>What is odd about a version: what was kept when it was published; of a draft, all that is wrong or odd with it now.</summary>
    public async Task<ImmutableArray<LintWarning>> LintAsync(DefinitionRow version, CancellationToken ct)
    {
        access.Demand(Permissions.DefinitionsRead);

        if (version.PublishedAt is not null)
            return LintWarning.Read(version.Warnings);

        try
        {
            return await LintAsync(StoredDefinition.Read(version), ct);
        }
        catch (WorkflowCompilationException e)
        {
            return [.. e.Errors.Select(LintWarning.Of)];
        }
    }

    /// <summary>All that is wrong or odd with a definition now, errors of the compiler included.</summary>
    public async Task<ImmutableArray<LintWarning>> LintAsync(WorkflowDefinition definition, CancellationToken ct)
    {
        access.Demand(Permissions.DefinitionsRead);
        var result = (await graphs.Compiler.CompileAsync(definition, ct)).Result;
        ImmutableArray<CompileError> triggers = [];

        if (result.Graph is { } graph)
            TriggerIndex.Of(graph, clock.GetUtcNow(), out triggers);

        var before = definition.DefinitionId.Length > 0 ? await store.FindDefinitionAsync(definition.DefinitionId, 0, ct) : null;
        return [.. Noted(result, await FindBeforeAsync(before, ct)).Concat(triggers).Select(LintWarning.Of)];
    }

    /// <summary>Saves a definition as draft: over the latest version if that is a draft, else as the next version.</summary>
    /// <remarks>
    /// Number and flags of the definition do not count; its ids do, as far as they are free. A draft need not compile. One that says what the latest
    /// version says, though it may be written differently, changes nothing when that version was published: it is returned as it is.
    /// </remarks>
    /// <exception cref="WorkflowCompilationException">It could not be opened again.</exception>
    public Task<DefinitionRow> SaveDraftAsync(WorkflowDefinition definition, CancellationToken ct) =>
        KeepDraftAsync(definition, draftChecks, ct);

    private Task<DefinitionRow> KeepDraftAsync(WorkflowDefinition definition, ImmutableArray<IDraftCheck> draftChecks, CancellationToken ct)
    {
        var definitionId = definition.DefinitionId.Length > 0 ? definition.DefinitionId : NewId();
        return access.ActAsync(
            new Deed(Permissions.DefinitionsWrite, "definition.save", definitionId),
            () =>
            {
                foreach (var check in draftChecks)
                    check.Refuse(definition);

                return ChangeAsync(definitionId, () => SaveAsync(definitionId, definition, isCopy: false, ct), ct);
            },
            VersionFacts,
            ct
        );
    }

    /// <summary>Copies a version as the new latest draft; the published one stays published.</summary>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    public Task<DefinitionRow> RevertAsync(string definitionId, int version, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.DefinitionsWrite, "definition.revert", definitionId) { Wanted = Facts.Of(("version", $"{version}")) },
            () =>
                ChangeAsync(
                    definitionId,
                    async () =>
                        await SaveAsync(
                            definitionId,
                            StoredDefinition.Read(await FullAsync(definitionId, version, ct)) with
                            {
                                Id = "",
                            },
                            true,
                            ct
                        ),
                    ct
                ),
            VersionFacts,
            ct
        );

    /// <summary>Makes a change that the audit log tells with the version in force before it.</summary>
    private async Task<T> ActAsync<T>(
        string permission,
        string action,
        string definitionId,
        ImmutableSortedDictionary<string, string?> wanted,
        Func<Task<T>> change,
        Func<T, ImmutableSortedDictionary<string, string?>> after,
        CancellationToken ct
    )
    {
        var before = access.Actor.May(permission) ? await store.FindDefinitionAsync(definitionId, 0, ct) : null;
        var deed = new Deed(permission, action, definitionId) { Wanted = wanted, Before = Facts.Of(("published", Number(before))) };
        return await access.ActAsync(deed, change, after, ct);
    }

    private static ImmutableSortedDictionary<string, string?> VersionFacts(DefinitionRow version) =>
        Facts.Of(("version", Number(version)), ("versionId", version.Id), ("published", version.IsPublished ? "true" : "false"));

    private static string? Number(DefinitionRow? version) => version?.Version.ToString(CultureInfo.InvariantCulture);

    private static string GuardOf(string definitionId) => $"d:{definitionId}";

    /// <summary>An id as Elsa makes them: sixteen hexadecimal digits.</summary>
    private static string NewId() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));

    /// <summary>Changes a line, alone in the whole cluster. Should somebody have changed it all the same, it is read and changed again.</summary>
    private async Task<T> ChangeAsync<T>(string definitionId, Func<Task<T>> change, CancellationToken ct)
    {
        await using var guard = await guards.EnterAsync(GuardOf(definitionId), ct);

        for (var failed = 0; ; failed++)
            try
            {
                return await change();
            }
            catch (DefinitionConflictException) when (failed < MaxConflicts)
            {
                // A guard that was lost, for example to a long stop of this node.
            }
    }

    private const int MaxConflicts = 5;

    private async Task<DefinitionRow> SaveAsync(string definitionId, WorkflowDefinition definition, bool isCopy, CancellationToken ct)
    {
        var latest = await store.FindDefinitionAsync(definitionId, -1, ct);
        var content = ElsaJson.Write(definition);

        if (latest is not null && !isCopy)
        {
            if (latest.PublishedAt is null)
                return await OverwriteAsync(latest, definition, content, ct);

            if (latest.Content.Span.SequenceEqual(content) || DefinitionContent.AreSame(StoredDefinition.Read(latest), definition))
                return latest;
        }

        var isFree = definition.Id.Length > 0 && await store.FindDefinitionAsync(definition.Id, ct) is null;
        var added = Described(
            new DefinitionRow
            {
                Id = isFree ? definition.Id : NewId(),
                DefinitionId = definitionId,
                Version = Math.Max(latest?.Version ?? 0, await store.FindLastNumberAsync(definitionId, ct)) + 1,
                IsLatest = true,
                Content = content,
                CreatedAt = clock.GetUtcNow(),
            },
            definition
        );
        await store.SaveDefinitionsAsync(
            new DefinitionChange([added]) { Moves = latest is null ? [] : [new FlagMove(latest.Id, IsLatest: false, latest.IsPublished)] },
            ct
        );
        graphs.Forget(definitionId);
        return added;
    }

    private async Task<DefinitionRow> OverwriteAsync(
        DefinitionRow draft,
        WorkflowDefinition definition,
        byte[] content,
        CancellationToken ct
    )
    {
        if (draft.Content.Span.SequenceEqual(content))
            return draft;

        var rewritten = Described(draft with { Content = content }, definition);
        await store.SaveDefinitionsAsync(new DefinitionChange([rewritten]), ct);
        graphs.Forget(draft.DefinitionId);
        return rewritten;
    }

    /// <summary>The row with what its lists show of the content.</summary>
    private static DefinitionRow Described(DefinitionRow row, WorkflowDefinition definition) =>
        row with
        {
            Name = definition.Name,
            Description = definition.Description,
            ToolVersion = definition.ToolVersion?.ToString(),
            IsReadonly = definition.IsReadonly,
            IsSystem = definition.IsSystem,
            UsableAsActivity = definition.UsableAsActivity,
            Consumes = DefinitionContent.ConsumedLines(definition.Root),
        };

    private async Task<DefinitionRow> FullAsync(string definitionId, int version, CancellationToken ct) =>
        await store.FindDefinitionAsync(definitionId, version, ct)
        ?? throw new DefinitionNotFoundException($"Definition '{definitionId}' has no version {version}.");

    /// <summary>What the compiler, the checks and the lint note; all but the compiler look only at what compiles.</summary>
    private ImmutableArray<CompileError> Noted(CompileResult result, WorkflowGraph? before) =>
        result.Graph is { } graph
            ? [.. result.Errors, .. checks.SelectMany(c => c.Check(graph)), .. WorkflowLint.Check(graph, before)]
            : result.Errors;
}
