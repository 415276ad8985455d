using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Golden;

/// <summary>Runs what a case gives on a host of its own, and notes the state after every step.</summary>
internal sealed class GoldenRun
{
    private const int MaxRounds = 1_000;

    private static readonly string[] DefinitionKeys = ["def", "definition", "model", "json", "file", "defs"];

    private readonly JsonElement given;
    private readonly string directory;
    private readonly Dictionary<string, string> refused = [];
    private readonly List<string> steps = [];
    private string? firstDefinition;

    public GoldenRun(JsonElement given, FlowSemantics semantics, string directory)
    {
        this.given = given;
        this.directory = directory;
        Host = InMemoryHost.Create(new SettableClock(SettableClock.DefaultStart), new InMemoryOptions { Semantics = semantics });
    }

    public InMemoryWorkflows Host { get; }

    /// <summary>The instance that most aspects are about; null when none was run.</summary>
    public InMemoryInstance? First => Host.Instances.Count == 0 ? null : Host.Instances[0];

    /// <summary>The latest version of the definition that was imported first.</summary>
    public WorkflowDefinition? FirstVersion => Host.Definitions.LastOrDefault(d => d.DefinitionId == firstDefinition && d.IsLatest);

    /// <summary>The state after the start and after every step.</summary>
    public IReadOnlyList<string> Steps => steps;

    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var definition in GoldenCase.Items(given, "defs"))
        {
            var imported = Import(definition, publish: true);
            firstDefinition ??= imported;
        }

        var run = GoldenCase.Text(given, "run") ?? firstDefinition ?? throw new GoldenException("given.defs is empty.");

        if (run != "no")
        {
            var result = await StartAsync(given, run, ct);
            steps.Add(result.Instance is { } started ? $"start → {Status(started)}" : "start REFUSED");
        }

        foreach (var resume in GoldenCase.Items(given, "resume"))
            await ResumeAsync(resume, ct);

        if (GoldenCase.Find(given, "untilEnd") is { ValueKind: not JsonValueKind.False })
            await ResumeUntilEndAsync(ct);

        foreach (var op in GoldenCase.Items(given, "ops"))
            await OperateAsync(op, ct);
    }

    public static string Status(InMemoryInstance instance) => $"{instance.State.Status}/{instance.State.SubStatus}";

    private string Import(JsonElement json, bool publish)
    {
        var definition =
            json.ValueKind == JsonValueKind.String
                ? ElsaJson.Read(File.ReadAllBytes(Path.Combine(directory, json.GetString()!)))
                : ElsaJson.Read(json);
        var saved = Host.Import(definition);

        if (publish)
            Publish(saved.DefinitionId);

        return saved.DefinitionId;
    }

    /// <summary>A version that cannot be published fails the case only if it is started.</summary>
    private void Publish(string definitionId)
    {
        try
        {
            Host.Publish(definitionId);
            refused.Remove(definitionId);
        }
        catch (WorkflowCompilationException e)
        {
            refused[definitionId] = e.Message;
        }
    }

    private Task<StartResult> StartAsync(JsonElement wish, string definitionId, CancellationToken ct)
    {
        if (refused.TryGetValue(definitionId, out var why))
            throw new GoldenException($"'{definitionId}' cannot be published: {why}");

        return Host.StartAsync(
            new StartRequest(definitionId)
            {
                Inputs = ObjectOf(GoldenCase.Find(wish, "input")),
                CorrelationId = GoldenCase.Text(wish, "correlationId"),
                Name = GoldenCase.Text(wish, "instanceName"),
            },
            ct
        );
    }

    /// <summary>The instance; null when it was refused, or when nothing is published (any more).</summary>
    private async Task<InMemoryInstance?> TryStartAsync(JsonElement wish, string definitionId, CancellationToken ct)
    {
        try
        {
            return (await StartAsync(wish, definitionId, ct)).Instance;
        }
        catch (KeyNotFoundException)
        {
            return null;
        }
    }

    private async Task ResumeAsync(JsonElement resume, CancellationToken ct)
    {
        var activity =
            (resume.ValueKind == JsonValueKind.String ? resume.GetString() : GoldenCase.Text(resume, "activity"))
            ?? throw new GoldenException("An entry of given.resume names no activity.");
        var input = ObjectOf(GoldenCase.Find(resume, "input"));

        if (First is not { } instance || FindBookmark(instance, activity) is not { } bookmark)
        {
            steps.Add($"resume {activity} → no bookmark");
            return;
        }

        await Host.ResumeAsync(instance.Id, bookmark.Id, input, ct);
        steps.Add($"resume {activity} → {Status(instance)}");
    }

    private async Task ResumeUntilEndAsync(CancellationToken ct)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var waiting = Host.Instances.SelectMany(i => i.State.Bookmarks.Select(b => (i.Id, Bookmark: b.Id))).ToList();

            if (waiting.Count == 0)
                return;

            foreach (var (instance, bookmark) in waiting)
                await Host.ResumeAsync(instance, bookmark, null, ct);
        }

        throw new GoldenException($"untilEnd: after {MaxRounds} rounds something still waits.");
    }

    private async Task OperateAsync(JsonElement op, CancellationToken ct)
    {
        var verb = (op.ValueKind == JsonValueKind.String ? op.GetString() : GoldenCase.Text(op, "op") ?? GoldenCase.Text(op, "type")) ?? "";
        var definitionId = GoldenCase.Text(op, "id") ?? GoldenCase.Text(op, "definitionId") ?? firstDefinition ?? "";

        switch (verb)
        {
            case "start":
                steps.Add(await TryStartAsync(op, definitionId, ct) is { } started ? $"start {started.State.SubStatus}" : "start REFUSED");
                break;
            case "event":
                await Host.PublishAsync(
                    GoldenCase.Text(op, "name") ?? "",
                    GoldenCase.Find(op, "payload") is { } payload ? PlainValue.Of(payload) : null,
                    GoldenCase.Text(op, "correlationId"),
                    ct
                );
                break;
            case "resume":
                await ResumeAsync(op, ct);
                return;
            case "untilEnd":
                await ResumeUntilEndAsync(ct);
                break;
            case "import":
                ImportAll(op, publish: null);
                break;
            case "importAndPublish":
                ImportAll(op, publish: true);
                break;
            case "publish":
                if (Definitions(op).Any())
                    ImportAll(op, publish: true);
                else
                    Publish(definitionId);

                break;
            case "retract":
            case "unpublish":
                Host.Retract(definitionId);
                break;
            case "revert":
            case "rollback":
                Host.Revert(definitionId, Number(op, "version") ?? Number(op, "to") ?? 1);

                if (IsTrue(op, "publish"))
                    Publish(definitionId);

                break;
            case "cancel":
                if (Target(op) is { } cancelled)
                    await Host.CancelAsync(cancelled.Id, compensate: false, ct);

                break;
            default:
                throw new GoldenException(
                    $"The op '{verb}' is not known. Use start, event, resume, untilEnd, import, publish, retract, revert or cancel."
                );
        }

        steps.Add($"{verb}: {Snapshot()}");
    }

    private static IEnumerable<JsonElement> Definitions(JsonElement op) => DefinitionKeys.SelectMany(name => GoldenCase.Items(op, name));

    /// <summary>Imports what an op carries; published if the caller, the op or else the file says so.</summary>
    private void ImportAll(JsonElement op, bool? publish)
    {
        foreach (var definition in Definitions(op))
            Import(
                definition,
                publish ?? (GoldenCase.Find(op, "publish") is null ? IsTrue(definition, "isPublished") : IsTrue(op, "publish"))
            );
    }

    private InMemoryInstance? Target(JsonElement op) =>
        Number(op, "instance") is { } index && index < Host.Instances.Count ? Host.Instances[index] : First;

    private static Bookmark? FindBookmark(InMemoryInstance instance, string activity) =>
        instance.State.Bookmarks.Where(b => NodeOf(instance, b)?.Id == activity).MinBy(b => b.Id);

    /// <summary>The activity that waits with a bookmark.</summary>
    public static Node? NodeOf(InMemoryInstance instance, Bookmark bookmark) =>
        instance.State.Frames.FirstOrDefault(f => f.Id == bookmark.FrameId) is { } frame ? instance.Graph.Nodes[frame.Node] : null;

    private string Snapshot()
    {
        var instances = Host.Instances.Select(i =>
            $"v{i.Graph.Version}/{i.State.SubStatus}{(i.State.CorrelationId is { } id ? $"@{id}" : "")}"
        );
        var versions = Host.Definitions.Select(d => $"v{d.Version}{(d.IsLatest ? "L" : "")}{(d.IsPublished ? "P" : "")}");
        return $"instances[{string.Join(' ', instances)}] defs[{string.Join(' ', versions)}] triggers={Host.Triggers.Count} "
            + $"bookmarks={Host.Instances.Sum(i => i.State.Bookmarks.Length)} queue=0";
    }

    private static bool IsTrue(JsonElement json, string name) => GoldenCase.Find(json, name) is { ValueKind: JsonValueKind.True };

    private static int? Number(JsonElement json, string name) =>
        GoldenCase.Find(json, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    private static Dictionary<string, object?> ObjectOf(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } members ? (Dictionary<string, object?>)PlainValue.Of(members)! : [];
}
