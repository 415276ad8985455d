using System.Collections.Immutable;
using ServiceLoop.Designer.Admin.Diagrams;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Runtime.Migrating;

namespace ServiceLoop.Designer.Admin.Migration;

// What a person does on the page: edits the plan, tries it, starts it, takes it back.
public sealed partial class MigrationPage
{
    private const int ForecastPageSize = 50;

    private IReadOnlyDictionary<string, int> waiting = ImmutableDictionary<string, int>.Empty;
    private Dictionary<string, DiagramMark> marksBefore = [];
    private Dictionary<string, DiagramMark> marksAfter = [];
    private ForecastSummary? summary;
    private ForecastPage? page;
    private string? instanceIds;
    private bool isEveryVersion;
    private double perSecond;
    private int batchSize = 100;
    private int stopAfter;

    private MigrationScope Scope =>
        new()
        {
            SourceVersionIds = IsEveryVersion ? [] : [Row(source)!.Id],
            InstanceIds = [.. (instanceIds ?? "").Split([' ', ',', ';', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries)],
        };

    private async Task PlanChangedAsync()
    {
        (summary, page, waiting) = (null, null, ImmutableDictionary<string, int>.Empty);
        await Wishes.TryAsync(() => CompareAsync(Gone), done: null);
    }

    private Task ChooseTimersAsync(TimerPolicy timers)
    {
        draft.Timers = timers;
        return PlanChangedAsync();
    }

    private Task AcceptAsync(Action choose)
    {
        choose();
        return PlanChangedAsync();
    }

    private Task TryAsync() =>
        DoAsync(
            async ct =>
            {
                var runId = await KeepAsync(ct);
                summary = await Migrations.SummariseAsync(runId, ct);
                page = await Migrations.DryRunAsync(runId, null, ForecastPageSize, null, ct);
                waiting = summary.Waits.GroupBy(w => w.From).ToDictionary(g => g.Key, g => g.Sum(w => w.Count), StringComparer.Ordinal);
                Mark();
            },
            done: null
        );

    /// <summary>Writes the plan down as a draft, which the address names from then on.</summary>
    private async Task<string> KeepAsync(CancellationToken ct)
    {
        if (RunId is not null)
        {
            await Migrations.EditAsync(RunId, draft.ToPlan(), Scope, ct);
            return RunId;
        }

        var run = await Migrations.CreateAsync(new MigrationRequest(Row(target)!.Id) { Scope = Scope, Plan = draft.ToPlan() }, ct);
        RunId = run.Id;
        read = (source, target, RunId);
        Address.Set(("run", run.Id));
        return run.Id;
    }

    private Task MoreAsync(string next) =>
        Wishes.TryAsync(
            async () =>
            {
                var more = await Migrations.DryRunAsync(RunId!, next, ForecastPageSize, null, Gone);
                page = new(page!.Items.AddRange(more.Items), more.Next);
            },
            done: null
        );

    private Task StartAsync() =>
        DoAsync(
            async ct =>
            {
                var runId = await KeepAsync(ct);
                await Migrations.StartAsync(
                    runId,
                    new MigrationPace
                    {
                        PerSecond = perSecond,
                        BatchSize = batchSize,
                        StopAfterFailures = stopAfter,
                    },
                    ct
                );
                (summary, page) = (null, null);
                await LookAsync(ct);
            },
            T["DidStart"]
        );

    private Task PauseAsync() => DoAsync(ct => Migrations.PauseAsync(RunId!, ct), T["DidPause"]);

    private Task ResumeAsync() =>
        DoAsync(
            async ct =>
            {
                await Migrations.ResumeAsync(RunId!, null, ct);
                await LookAsync(ct);
            },
            T["DidResume"]
        );

    /// <summary>Sees at once that the run moves: from then on the page asks every second.</summary>
    private async Task LookAsync(CancellationToken ct) => progress = await Migrations.ProgressAsync(RunId!, ct);

    private async Task StopAsync()
    {
        if (await Dialogs.AskAsync(T["Stop"], T["StopText"], T["Stop"]) is not null)
            await DoAsync(ct => Migrations.StopAsync(RunId!, ct), T["DidStop"]);
    }

    private async Task UndoAllAsync()
    {
        if (await Dialogs.AskAsync(T["UndoAll"], T["UndoAllText"], T["UndoAll"], isGrave: false) is not null)
            await DoAsync(
                async ct =>
                {
                    await Migrations.UndoAllAsync(RunId!, ct);
                    await LookAsync(ct);
                },
                T["DidUndoAll"]
            );
    }

    private Task UndoAsync(string instanceId) => DoAsync(ct => Migrations.UndoAsync(RunId!, instanceId, ct), T["DidUndo", instanceId]);

    /// <summary>Marks waiting points with how many wait, and those without a place.</summary>
    private void Mark()
    {
        marksBefore = new(StringComparer.Ordinal);
        marksAfter = new(StringComparer.Ordinal);

        foreach (var place in overview!.Activities.Where(a => a.CanWait))
        {
            var count = waiting.GetValueOrDefault(place.NodeId);

            if (place.To is null)
                marksBefore[PlanDraft.InDiagram(place.NodeId)] = new("unmapped", count > 0 ? $"! {count}" : "!", T["MarkUnmapped", count]);
            else if (count > 0)
                marksBefore[PlanDraft.InDiagram(place.NodeId)] = new("waiting", $"{count}", T["MarkWaiting", count]);
        }

        foreach (var arriving in (summary?.Waits ?? []).Where(w => w.To is not null).GroupBy(w => w.To!))
            marksAfter[PlanDraft.InDiagram(arriving.Key)] = new(
                "waiting",
                $"{arriving.Sum(w => w.Count)}",
                T["MarkArrive", arriving.Sum(w => w.Count)]
            );
    }
}
