using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Lint;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Definitions;

// Publishing: everything is checked before anything is changed.
public sealed partial class DefinitionService
{
    /// <summary>Stimuli that only one definition may listen for: an address answers once.</summary>
    private static readonly ImmutableHashSet<string> ExclusiveTriggers = ["Elsa.HttpEndpoint"];

    private async Task<PublishResult> PublishAsync(string definitionId, string? note, HashSet<string> updating, CancellationToken ct)
    {
        PublishResult result;

        await using (await guards.EnterAsync(GuardOf(definitionId), ct))
            result = await PublishLatestAsync(definitionId, note, ct);

        // Outside the guard: those who follow take their own, and may lead back here.
        return result with
        {
            Followers = await UpdateConsumersAsync(StoredDefinition.Read(result.Version), updating, ct),
        };
    }

    private async Task<PublishResult> PublishLatestAsync(string definitionId, string? note, CancellationToken ct)
    {
        var latest =
            await store.FindDefinitionAsync(definitionId, -1, ct)
            ?? throw new DefinitionNotFoundException($"There is no definition '{definitionId}'.");
        var definition = StoredDefinition.Read(latest);
        var compiled = latest.PublishedAt is null
            ? await graphs.Compiler.CompileAsync(definition, ct)
            : await graphs.Compiler.CompileAsync(definition, Pins.Read(latest.Pins), ct);
        var graph = compiled.Result.GraphOrThrow();
        RefuseDrafts(compiled.Used);
        var now = clock.GetUtcNow();
        var found = TriggerIndex.Of(graph, now, out var errors);

        ImmutableArray<CompileError> noted =
        [
            .. compiled.Result.Errors,
            .. checks.SelectMany(c => c.Check(graph)),
            .. WorkflowLint.Check(graph, await FindBeforeAsync(latest, ct)),
        ];

        if (noted.Any(e => e.Severity == CompileSeverity.Error))
            errors = errors.AddRange(noted.Where(e => e.Severity == CompileSeverity.Error));

        if (!errors.IsEmpty)
            throw new WorkflowCompilationException(errors);

        await RefuseTakenAsync(definitionId, found, ct);
        var published = latest with
        {
            IsPublished = true,
            Note = note ?? latest.Note,
            PublishedAt = latest.PublishedAt ?? now,
            Pins = latest.PublishedAt is null ? compiled.Pins.Write() : latest.Pins,
        };
        var changes = ImmutableArray.Create(published);

        foreach (var other in await store.ListDefinitionsAsync(definitionId, ct))
            if (other.IsPublished && other.Id != latest.Id)
                changes = changes.Add(await FullAsync(other.Id, ct) with { IsPublished = false, IsLatest = false });

        var timers = await TimersAsync(published, found, now, ct);
        await store.SaveDefinitionsAsync(
            new DefinitionChange(changes, definitionId, [.. found.Select(t => RowOf(published, t))], timers),
            ct
        );
        graphs.Forget(definitionId);

        foreach (var timer in timers)
            signal.Ring(timer.DueAt);

        return new PublishResult(published, [.. noted.Where(e => e.Severity == CompileSeverity.Warning)], []);
    }

    /// <summary>The published version that a version takes over from, as its instances know it; null when there is none.</summary>
    private async Task<WorkflowGraph?> FindBeforeAsync(DefinitionRow next, CancellationToken ct)
    {
        if (await store.FindDefinitionAsync(next.DefinitionId, 0, ct) is not { } before || before.Id == next.Id)
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
        HashSet<string> updating,
        CancellationToken ct
    )
    {
        if (!Consumers.Follow(published) || !updating.Add(published.DefinitionId))
            return [];

        var followers = ImmutableArray.CreateBuilder<string>();

        foreach (var row in (await store.ListDefinitionsAsync(null, ct)).Where(r => r.IsLatest && !updating.Contains(r.DefinitionId)))
        {
            var consumer = StoredDefinition.Read(await FullAsync(row.Id, ct));

            if (consumer.IsReadonly || Consumers.Rewrite(consumer, published) is not { } rewritten)
                continue;

            await SaveDraftAsync(rewritten, ct);

            if (row.IsPublished)
                await PublishAsync(row.DefinitionId, note: null, updating, ct);

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
