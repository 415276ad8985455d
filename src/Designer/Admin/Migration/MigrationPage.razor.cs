using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Engine.Comparison;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Admin.Migration;

/// <summary>Moves running instances to another version: which ones, how, a dry run, the move itself, and back.</summary>
public sealed partial class MigrationPage
{
    private const int ShownItems = 200;

    private readonly string group = "migration-" + Guid.NewGuid().ToString("N");
    private IReadOnlyList<DefinitionRow> versions = [];
    private IReadOnlyList<DefinitionRow> targets = [];
    private IReadOnlyList<VersionLoad> loads = [];
    private IReadOnlyList<MigrationRun> runs = [];
    private IReadOnlyList<MigrationItem> items = [];
    private (int Source, int Target, string? Run) read;
    private PlanDraft draft = new();
    private PlanOverview? overview;
    private DefinitionTree? before;
    private DefinitionTree? after;
    private ImmutableArray<VariableDefinition> variablesBefore = [];
    private ImmutableArray<VariableDefinition> variablesAfter = [];
    private MigrationProgress? progress;
    private int source;
    private int target;
    private string? open;
    private string? selected;

    /// <summary>The line of versions.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Number of the version that instances come from; null for the one before the target.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public int? From { get; set; }

    /// <summary>Number of the version that they go to; null for the published one.</summary>
    [SupplyParameterFromQuery(Name = "to")]
    public int? To { get; set; }

    /// <summary>A run that was made before; null for a new one.</summary>
    [SupplyParameterFromQuery(Name = "run")]
    public string? RunId { get; set; }

    [Inject]
    private DefinitionService Service { get; set; } = null!;

    [Inject]
    private MigrationService Migrations { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan? Rhythm =>
        progress is { Run.Status: MigrationStatus.Running or MigrationStatus.Undoing } ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(15);

    private string Name => versions.Count > 0 && versions[^1].Name is { Length: > 0 } name ? name : Id;

    private bool IsFixed => progress is { Run.Status: not MigrationStatus.Draft };

    private bool IsEveryVersion => isEveryVersion || source == target;

    private int Ready => summary?.Verdicts.GetValueOrDefault(MigrationVerdict.Ready) ?? 0;

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        versions = [.. (await Service.ListAsync(Id, ct)).Where(v => v.PublishedAt is not null)];
        targets = versions;
        loads = await Service.CountRunningAsync(Id, ct);
        runs = await Migrations.ListAsync(Id, 0, 20, ct);

        if (versions.Count < 2)
            return;

        progress = RunId is null ? null : await Migrations.ProgressAsync(RunId, ct);
        target = progress?.Run.TargetVersion ?? To ?? versions.LastOrDefault(v => v.IsPublished)?.Version ?? versions[^1].Version;
        source = SourceOf(progress?.Run) ?? From ?? versions.LastOrDefault(v => v.Version != target)?.Version ?? target;
        await ReadAsync(ct);

        if (progress is { Run.Status: not MigrationStatus.Draft })
            items = await Migrations.ListItemsAsync(progress.Run.Id, null, null, ShownItems, ct);
    }

    private int? SourceOf(MigrationRun? run) =>
        run is { Scope.SourceVersionIds: [var first, ..] } ? versions.FirstOrDefault(v => v.Id == first)?.Version : null;

    /// <summary>Reads the two versions, once for each choice.</summary>
    private async Task ReadAsync(CancellationToken ct)
    {
        if (read == (source, target, RunId) || Row(source) is not { } from || Row(target) is not { } to)
            return;

        if (read.Source != source || read.Target != target)
        {
            (summary, page, open, selected) = (null, null, null, null);
            var (old, now) = (await FullAsync(from, ct), await FullAsync(to, ct));
            (before, after) = (DefinitionTree.Of(old), DefinitionTree.Of(now));
            (variablesBefore, variablesAfter) = (old.Variables, now.Variables);
        }

        if (progress is { } known)
        {
            draft = PlanDraft.Of(known.Run.Plan);
            isEveryVersion = known.Run.Scope.SourceVersionIds.IsEmpty;
            instanceIds = string.Join(' ', known.Run.Scope.InstanceIds);
        }
        else if (read.Run is not null || read.Source != source || read.Target != target)
            draft = new();

        read = (source, target, RunId);
        await CompareAsync(ct);
    }

    private async Task<WorkflowDefinition> FullAsync(DefinitionRow version, CancellationToken ct) =>
        StoredDefinition.Read((await Service.FindAsync(version.Id, ct))!);

    private DefinitionRow? Row(int number) => versions.FirstOrDefault(v => v.Version == number);

    private long RunningOn(int number) => loads.Where(l => l.Version == number).Sum(l => l.Running);

    private async Task CompareAsync(CancellationToken ct)
    {
        overview = await Migrations.CompareAsync(Row(source)!.Id, Row(target)!.Id, draft.ToPlan(), ct);
        Mark();
    }

    private async Task GoAsync(int one, int other)
    {
        await Task.CompletedTask;
        Address.NavigateTo(Definitions.Places.Migrate(Id, one, other));
    }

    private string RunAddress(string runId) => $"{Definitions.Places.Definition(Id)}/migrate?run={Uri.EscapeDataString(runId)}";
}
