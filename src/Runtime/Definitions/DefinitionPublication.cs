using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Definitions;

// Publishing: everything is checked before anything is changed.
public sealed partial class DefinitionService
{
    /// <summary>Stimuli that only one definition may listen for: an address answers once.</summary>
    private static readonly ImmutableHashSet<string> ExclusiveTriggers = ["Elsa.HttpEndpoint"];

    /// <summary>
    /// Publishes the latest version of a line: new instances start on it, its triggers listen, those who use it follow if it says so. The versions of
    /// the workflows that it uses are pinned for ever, and what is odd about it is kept with it.
    /// </summary>
    /// <param name="definitionId">The line.</param>
    /// <param name="note">What is said about it; null for nothing.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DefinitionNotFoundException">There is no such definition.</exception>
    /// <exception cref="WorkflowCompilationException">It does not compile, or a trigger cannot be indexed. Nothing was changed.</exception>
    public Task<PublishResult> PublishAsync(string definitionId, string? note, CancellationToken ct) =>
        ActAsync(
            Permissions.DefinitionsPublish,
            "definition.publish",
            definitionId,
            Facts.Of(("note", note)),
            () => PublishAsync(definitionId, note, access.Actor.Who, new HashSet<string>(StringComparer.Ordinal), ct),
            r => VersionFacts(r.Version),
            ct
        );

    /// <summary>
    /// Points new starts at a version that was published before, at once and with all its settings; nothing is copied, and the latest version stays what
    /// it is. Those who use it follow if it says so. Running instances stay where they are.
    /// </summary>
    /// <param name="definitionId">The line.</param>
    /// <param name="version">Number of the version.</param>
    /// <param name="note">What is said about it; null for nothing.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    /// <exception cref="DefinitionRefusedException">The version was never published.</exception>
    /// <exception cref="WorkflowCompilationException">It does not compile any more, or its address is taken. Nothing was changed.</exception>
    public Task<RollbackResult> RollbackAsync(string definitionId, int version, string? note, CancellationToken ct) =>
        ActAsync(
            Permissions.DefinitionsPublish,
            "definition.rollback",
            definitionId,
            Facts.Of(("version", version.ToString(CultureInfo.InvariantCulture)), ("note", note)),
            () => RollbackAsync(definitionId, version, note, access.Actor.Who, ct),
            r => VersionFacts(r.Version),
            ct
        );

    private async Task<RollbackResult> RollbackAsync(string definitionId, int version, string? note, string? who, CancellationToken ct)
    {
        var result = await ChangeAsync(definitionId, () => PutBackAsync(definitionId, version, note, who, ct), ct);
        return result with
        {
            Followers = await UpdateConsumersAsync(StoredDefinition.Read(result.Version), who, new(StringComparer.Ordinal), ct),
            Running = [.. await store.CountRunningAsync(definitionId, ct)],
        };
    }

    /// <summary>Takes the published version of a line back: nothing starts on it any more; its instances go on.</summary>
    /// <returns>The version, or null when none was published.</returns>
    public Task<DefinitionRow?> RetractAsync(string definitionId, string? note, CancellationToken ct) =>
        ActAsync(
            Permissions.DefinitionsPublish,
            "definition.retract",
            definitionId,
            Facts.Of(("note", note)),
            () => RetractAsync(definitionId, note, access.Actor.Who, ct),
            r => r is null ? Facts.None : VersionFacts(r),
            ct
        );

    /// <inheritdoc cref="RetractAsync(string, string?, CancellationToken)"/>
    public Task<DefinitionRow?> RetractAsync(string definitionId, CancellationToken ct) => RetractAsync(definitionId, note: null, ct);

    private Task<DefinitionRow?> RetractAsync(string definitionId, string? note, string? who, CancellationToken ct) =>
        ChangeAsync(
            definitionId,
            async () =>
            {
                if (await store.FindDefinitionAsync(definitionId, 0, ct) is not { } published)
                    return null;

                await store.SaveDefinitionsAsync(
                    new DefinitionChange([], definitionId, [], [])
                    {
                        Moves = [new FlagMove(published.Id, published.IsLatest, IsPublished: false)],
                        Publications = [EntryOf(published, PublicationKind.Retracted, published, note, who)],
                    },
                    ct
                );
                graphs.Forget(definitionId);
                return published with { IsPublished = false };
            },
            ct
        );

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

        return await ActAsync(
            Permissions.DefinitionsPublish,
            "definition.import",
            definition.DefinitionId,
            Facts.Of(("note", note)),
            () => PublishIfNewAsync(definition, note, ct),
            r => VersionFacts(r.Version),
            ct
        );
    }

    private async Task<(DefinitionRow Version, bool IsNew)> PublishIfNewAsync(
        WorkflowDefinition definition,
        string? note,
        CancellationToken ct
    )
    {
        var line = definition.DefinitionId;
        var result = await ChangeAsync(
            line,
            async () =>
            {
                if (
                    await store.FindDefinitionAsync(line, 0, ct) is { } published
                    && DefinitionContent.AreSame(StoredDefinition.Read(published), definition)
                )
                    return new PublishResult(published, [], []) { WasPublished = true };

                await SaveAsync(line, definition, isCopy: false, ct);
                return await PublishLatestAsync(line, note, access.Actor.Who, ct);
            },
            ct
        );

        if (!result.WasPublished)
            await UpdateConsumersAsync(StoredDefinition.Read(result.Version), access.Actor.Who, new(StringComparer.Ordinal), ct);

        return (result.Version, !result.WasPublished);
    }

    private async Task<PublishResult> PublishAsync(
        string definitionId,
        string? note,
        string? who,
        HashSet<string> updating,
        CancellationToken ct
    )
    {
        var result = await ChangeAsync(definitionId, () => PublishLatestAsync(definitionId, note, who, ct), ct);

        // Outside the guard: those who follow take their own, and may lead back here.
        return result with
        {
            Followers = await UpdateConsumersAsync(StoredDefinition.Read(result.Version), who, updating, ct),
        };
    }

    private async Task<PublishResult> PublishLatestAsync(string definitionId, string? note, string? who, CancellationToken ct)
    {
        var latest =
            await store.FindDefinitionAsync(definitionId, -1, ct)
            ?? throw new DefinitionNotFoundException($"There is no definition '{definitionId}'.");

        if (latest.IsPublished)
            return new PublishResult(latest, [], []) { WasPublished = true };

        var isFirst = latest.PublishedAt is null;
        var compiled = await CompileAsync(latest, ct);

        if (isFirst)
            RefuseDrafts(compiled.Used);

        var before = await store.FindDefinitionAsync(definitionId, 0, ct);
        var noted = Noted(compiled.Result, await FindBeforeAsync(before, ct));
        RefuseErrors(noted);
        ImmutableArray<LintWarning> warnings = [.. noted.Select(LintWarning.Of)];
        var published = latest with
        {
            IsPublished = true,
            Note = latest.Note ?? note,
            PublishedBy = isFirst ? who : latest.PublishedBy,
            PublishedAt = latest.PublishedAt ?? clock.GetUtcNow(),
            Pins = isFirst ? compiled.Pins.Write() : latest.Pins,
            Warnings = isFirst ? LintWarning.Write(warnings) : latest.Warnings,
            WarningCount = isFirst ? warnings.Length : latest.WarningCount,
        };
        await PutInForceAsync(published, before, compiled, EntryOf(published, PublicationKind.Published, before, note, who), ct);
        return new PublishResult(published, noted, []);
    }

    private async Task<RollbackResult> PutBackAsync(string definitionId, int version, string? note, string? who, CancellationToken ct)
    {
        var target = await FullAsync(definitionId, version, ct);

        if (target.PublishedAt is null)
            throw new DefinitionRefusedException(
                "definition.never-published",
                $"Version {version} of '{definitionId}' was never published, so there is nothing to go back to. Publish it instead."
            );

        var before = await store.FindDefinitionAsync(definitionId, 0, ct);

        if (target.IsPublished)
            return new RollbackResult(target, before?.Version, [], []) { WasPublished = true };

        // What was published once may be put back whatever the checks say today; but it must run.
        var compiled = await CompileAsync(target, ct);
        RefuseErrors(compiled.Result.Errors);
        var published = target with { IsPublished = true };
        await PutInForceAsync(published, before, compiled, EntryOf(published, PublicationKind.RolledBack, before, note, who), ct);
        return new RollbackResult(published, before?.Version, [], []);
    }

    /// <summary>Points new starts, triggers and their timers at a version, in one transaction.</summary>
    private async Task PutInForceAsync(
        DefinitionRow version,
        DefinitionRow? before,
        Compiled compiled,
        Publication entry,
        CancellationToken ct
    )
    {
        var line = version.DefinitionId;
        var now = clock.GetUtcNow();
        var found = TriggerIndex.Of(compiled.Result.GraphOrThrow(), now, out var errors);
        RefuseErrors(errors);
        await RefuseTakenAsync(line, found, ct);
        var timers = await TimersAsync(version, found, now, ct);
        await store.SaveDefinitionsAsync(
            new DefinitionChange([version], line, [.. found.Select(t => RowOf(version, t))], timers)
            {
                Moves =
                    before is null || before.Id == version.Id ? [] : [new FlagMove(before.Id, before.IsLatest && !version.IsLatest, false)],
                Publications = [entry],
            },
            ct
        );
        graphs.Forget(line);

        foreach (var timer in timers)
            signal.Ring(timer.DueAt);
    }

    private Task<Compiled> CompileAsync(DefinitionRow version, CancellationToken ct)
    {
        var definition = StoredDefinition.Read(version);
        return version.PublishedAt is null
            ? graphs.Compiler.CompileAsync(definition, ct)
            : graphs.Compiler.CompileAsync(definition, Pins.Read(version.Pins), ct);
    }

    private Publication EntryOf(DefinitionRow version, PublicationKind kind, DefinitionRow? before, string? note, string? who) =>
        new(version.DefinitionId, version.Id, version.Version, kind, before?.Version, clock.GetUtcNow(), who, note);

    private static void RefuseErrors(ImmutableArray<CompileError> noted)
    {
        if (noted.Any(e => e.Severity == CompileSeverity.Error))
            throw new WorkflowCompilationException([.. noted.Where(e => e.Severity == CompileSeverity.Error)]);
    }

    /// <summary>The published version that a version takes over from, as its instances know it; null when there is none.</summary>
    private async Task<WorkflowGraph?> FindBeforeAsync(DefinitionRow? before, CancellationToken ct)
    {
        if (before is null)
            return null;

        try
        {
            return await graphs.GetAsync(before.Id, ct);
        }
        catch (WorkflowCompilationException)
        {
            // What cannot run any more has nothing to migrate.
            return null;
        }
    }

    /// <summary>A draft may change; what uses it could not be compiled the same way again.</summary>
    private static void RefuseDrafts(ImmutableArray<DefinitionRow> used)
    {
        var drafts = used.Where(u => u.PublishedAt is null).ToList();

        if (drafts.Count > 0)
            throw new WorkflowCompilationException([
                .. drafts.Select(d => new CompileError(
                    "workflow.draft",
                    "$.root",
                    $"It uses workflow '{d.DefinitionId}', of which version {d.Version} is a draft. Publish that first."
                )),
            ]);
    }

    private async Task RefuseTakenAsync(string definitionId, ImmutableArray<TriggerRecord> found, CancellationToken ct)
    {
        foreach (var trigger in found.Where(t => ExclusiveTriggers.Contains(t.Name)))
            if ((await store.FindTriggersAsync(trigger.Hash, ct)).FirstOrDefault(t => t.DefinitionId != definitionId) is { } other)
                throw new WorkflowCompilationException([
                    new CompileError(
                        "trigger.taken",
                        "$.root",
                        $"The path and method of '{trigger.ActivityId}' are already in use by workflow '{other.DefinitionId}'. Choose another path.",
                        ActivityId: trigger.ActivityId
                    ),
                ]);
    }

    private static TriggerRow RowOf(DefinitionRow version, TriggerRecord trigger) =>
        new(
            version.DefinitionId,
            version.Id,
            trigger.ActivityId,
            trigger.NodeId,
            trigger.Name,
            trigger.Hash,
            Sheet.One(
                trigger.Payload,
                static (writer, payload) =>
                {
                    writer.WriteStartObject();

                    foreach (var (name, value) in payload)
                    {
                        writer.WritePropertyName(name);
                        ValueJson.WritePlain(writer, value);
                    }

                    writer.WriteEndObject();
                }
            )
        );

    /// <summary>The first timers of a version. A trigger that was there before keeps its rhythm; one whose moment has passed does not fire again.</summary>
    private async Task<ImmutableArray<NewWork>> TimersAsync(
        DefinitionRow version,
        ImmutableArray<TriggerRecord> found,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var timers = ImmutableArray.CreateBuilder<NewWork>();

        foreach (var trigger in found)
        {
            if (trigger.DueAt is not { } dueAt)
                continue;

            var known = (await store.FindTriggersAsync(trigger.Hash, ct)).Any(t => t.DefinitionId == version.DefinitionId);
            var pending = known ? await PendingAsync(version.DefinitionId, trigger.Hash, ct) : null;

            if (pending is null && known && dueAt <= now)
                continue;

            timers.Add(TriggerTimer.Of(version, trigger, pending is { } earlier && earlier < dueAt ? earlier : dueAt));
        }

        return timers.DrainToImmutable();
    }

    private async Task<DateTimeOffset?> PendingAsync(string definitionId, string hash, CancellationToken ct)
    {
        var rows = await store.ListWorkAsync(isBuried: false, definitionId, after: 0, MaxTimers, ct);
        return rows.Where(w => w.Kind == WorkKind.TriggerTimer && WorkJson.ReadTrigger(w.Payload).Hash == hash)
            .Select(w => (DateTimeOffset?)w.DueAt)
            .Min();
    }

    /// <summary>More timers of one line than any real definition has.</summary>
    private const int MaxTimers = 1000;

    private async Task<ImmutableArray<string>> UpdateConsumersAsync(
        WorkflowDefinition published,
        string? who,
        HashSet<string> updating,
        CancellationToken ct,
        bool always = false
    )
    {
        if (!(always || Consumers.Follow(published)) || !updating.Add(published.DefinitionId))
            return [];

        var followers = ImmutableArray.CreateBuilder<string>();
        var consumers = await store.ListConsumersAsync(published.DefinitionId, ct);

        foreach (var row in consumers.Where(r => r.IsLatest && !updating.Contains(r.DefinitionId)))
        {
            if (row.IsReadonly || await store.FindDefinitionAsync(row.Id, ct) is not { } full)
                continue;

            if (Consumers.Rewrite(StoredDefinition.Read(full), published) is not { } rewritten)
                continue;

            // Only the version that it uses is another: what is odd about the rest was there before.
            await KeepDraftAsync(rewritten, [], ct);

            if (row.IsPublished)
                await PublishAsync(
                    row.DefinitionId,
                    $"Follows version {published.Version} of '{published.DefinitionId}'.",
                    who,
                    updating,
                    ct
                );

            followers.Add(row.DefinitionId);
        }

        return followers.DrainToImmutable();
    }
}

/// <summary>Timers of triggers, as work.</summary>
internal static class TriggerTimer
{
    /// <summary>The timer of a trigger for one moment.</summary>
    public static NewWork Of(DefinitionRow version, TriggerRecord trigger, DateTimeOffset dueAt) =>
        Of(version.DefinitionId, version.Id, trigger, dueAt);

    /// <summary>The timer of a trigger for one moment.</summary>
    public static NewWork Of(string definitionId, string versionId, TriggerRecord trigger, DateTimeOffset dueAt) =>
        new()
        {
            Key = WorkKeys.Trigger(versionId, trigger.NodeId, trigger.Hash, dueAt),
            Kind = WorkKind.TriggerTimer,
            InstanceId = definitionId,
            DueAt = dueAt,
            Payload = Sheet.One(new TriggerPayload(versionId, trigger.ActivityId, trigger.NodeId, trigger.Hash), WorkJson.Write),
        };
}
