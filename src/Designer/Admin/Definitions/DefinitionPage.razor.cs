using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;
using ServiceLoop.Designer.Admin.Instances;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Engine.Comparison;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>One line of versions: which is in force, what is odd about each, who runs on it; and all that can be done with them.</summary>
public sealed partial class DefinitionPage
{
    private const int PageSize = 25;
    private const int MostPublications = 50;

    private IReadOnlyList<DefinitionRow> versions = [];
    private IReadOnlyList<DefinitionRow> shownVersions = [];
    private IReadOnlyList<Publication> publications = [];
    private IReadOnlyList<string> consumers = [];
    private IReadOnlyDictionary<int, long> loads = ImmutableDictionary<int, long>.Empty;
    private ImmutableArray<LintWarning> draftFindings = [];
    private DefinitionRow? latest;
    private DefinitionRow? inForce;
    private Publication? lastPublication;
    private string? shown;

    /// <summary>Id of the line.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Number of the page of versions, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public int? Page { get; set; }

    [Inject]
    private DefinitionService Definitions { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private IStringLocalizer<InstancesTexts> Instances { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan? Rhythm => TimeSpan.FromSeconds(10);

    private int Number => Query.Page(Page);

    private string Title => latest?.Name ?? Id;

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        if (shown != Id)
        {
            shown = Id;
            StartOver();
        }

        versions = [.. (await Definitions.ListAsync(Id, ct)).OrderByDescending(v => v.Version)];
        shownVersions = [.. versions.Skip((Number - 1) * PageSize).Take(PageSize)];
        latest = versions.FirstOrDefault(v => v.IsLatest) ?? (versions is [var newest, ..] ? newest : null);
        inForce = versions.FirstOrDefault(v => v.IsPublished);

        if (latest is null)
            return;

        publications = await Definitions.ListPublicationsAsync(Id, 0, MostPublications, ct);
        lastPublication = inForce is null ? null : publications.FirstOrDefault(p => p.VersionId == inForce.Id);
        loads = (await Definitions.CountRunningAsync(Id, ct))
            .Where(load => load.Version is not null)
            .ToDictionary(load => load.Version!.Value, load => load.Running);
        consumers = [.. (await Definitions.ListConsumersAsync(Id, ct)).Select(c => c.DefinitionId).Distinct().Order()];
        draftFindings =
            latest.PublishedAt is null && await Definitions.FindAsync(latest.Id, ct) is { } draft
                ? await Definitions.LintAsync(draft, ct)
                : [];
    }

    private async Task<ImmutableArray<LintWarning>> LintAsync(DefinitionRow version) =>
        await Definitions.FindAsync(version.Id, Gone) is { } full ? await Definitions.LintAsync(full, Gone) : [];

    private async Task PublishAsync()
    {
        var parameters = new DialogParameters<PublishDialog> { { d => d.Version, latest!.Version }, { d => d.Findings, draftFindings } };

        if (await ShowAsync<PublishDialog, string>(T["PublishTitle", Title], parameters) is { } note)
            await DoAsync(ct => Definitions.PublishAsync(Id, Given(note), ct), T["DidPublish", latest!.Version]);
    }

    private async Task RollbackAsync(DefinitionRow version)
    {
        var parameters = new DialogParameters<RollbackDialog>
        {
            { d => d.Version, version.Version },
            { d => d.Loads, loads },
            { d => d.InForce, inForce?.Version },
        };

        if (await ShowAsync<RollbackDialog, RollbackChoice>(T["RollbackTitle"], parameters) is not { } choice)
            return;

        var from = inForce;
        var isDone = await DoAsync(
            ct => Definitions.RollbackAsync(Id, version.Version, Given(choice.Note), ct),
            T["DidRollback", version.Version]
        );

        if (!isDone || from is null)
            return;

        if (choice.Running == RunningInstances.Migrate)
            Address.NavigateTo(Places.Migrate(Id, from.Version, version.Version));
        else if (choice.Running == RunningInstances.Restart)
            await RestartAsync(from, version);
    }

    /// <summary>Ends those that run on a version, and lets new ones take over on another, from a stage.</summary>
    private async Task RestartAsync(DefinitionRow from, DefinitionRow to)
    {
        DefinitionRow? full = null;

        if (
            !await DoAsync(
                async ct => full = await Definitions.FindAsync(to.Id, ct) ?? throw new RefusedException(T["NoSuchDefinition"]),
                done: null
            )
        )
            return;

        var root = DefinitionTree.Of(StoredDefinition.Read(full!)).Root;
        var parameters = new DialogParameters<RestartDialog>
        {
            { d => d.From, from.Version },
            { d => d.To, to },
            { d => d.Steps, root is { Type: "Elsa.Flowchart" } chart ? chart.Children : [] },
        };

        if (await ShowAsync<RestartDialog, RestartRequest>(T["RestartTitle", to.Version], parameters) is not { } restart)
            return;

        var bulk = new DialogParameters<BulkDialog>
        {
            { d => d.Action, BulkAction.Restart },
            {
                d => d.Filter,
                new InstanceFilter { VersionId = from.Id }
            },
            { d => d.Restart, restart },
        };
        await BulkDialog.OpenAsync(Dialogs, Instances["RestartManyTitle"], bulk);
        await AskAsync();
    }

    private async Task RevertAsync(DefinitionRow version)
    {
        var text = latest!.PublishedAt is null ? T["RevertOverText", version.Version, latest.Version] : T["RevertText", version.Version];

        if (await Dialogs.AskAsync(T["RevertTitle"], text, T["Revert"], isGrave: latest.PublishedAt is null) is not null)
            await DoAsync(ct => Definitions.RevertAsync(Id, version.Version, ct), T["DidRevert"]);
    }

    /// <summary>The menu closes when this returns; it must not wait for the dialog.</summary>
    private void Open(Func<Task> dialog) => _ = InvokeAsync(dialog);

    private async Task UnpublishAsync()
    {
        if (await Dialogs.AskAsync(T["UnpublishTitle"], T["UnpublishText", inForce!.Version], T["Unpublish"], isGrave: false) is not null)
            await DoAsync(ct => Definitions.RetractAsync(Id, note: null, ct), T["DidUnpublish"]);
    }

    private async Task StartAsync(DefinitionRow? version)
    {
        var parameters = new DialogParameters<StartDialog>
        {
            { d => d.DefinitionId, Id },
            { d => d.Versions, [.. versions.Where(v => v.PublishedAt is not null)] },
            { d => d.VersionId, version?.Id ?? versions.First(v => v.PublishedAt is not null).Id },
        };

        if (await ShowAsync<StartDialog, string>(T["StartTitle", Title], parameters) is { } instanceId)
            Address.NavigateTo($"/admin/instances/{Uri.EscapeDataString(instanceId)}");
    }

    private async Task DeleteAsync(DefinitionRow? version)
    {
        var text = version is null ? T["DeleteLineText", Title] : T["DeleteText", version.Version];

        if (await Dialogs.AskAsync(T["DeleteTitle"], text, T["Delete"], check: T["DeleteEnded"]) is not { } withEnded)
            return;

        var isDone = await DoAsync(
            async ct =>
            {
                var result = version is null
                    ? await Definitions.DeleteLineAsync(Id, withEnded, ct)
                    : await Definitions.DeleteVersionAsync(version.Id, withEnded, ct);

                if (result != DeleteResult.Deleted)
                    throw new RefusedException(T[$"Delete{result}"]);
            },
            T["DidDelete"]
        );

        if (isDone && (version is null || versions.Count == 0))
            Address.NavigateTo("/admin/definitions");
    }

    private async Task<TResult?> ShowAsync<TDialog, TResult>(string title, DialogParameters parameters)
        where TDialog : IComponent
        where TResult : class =>
        await (await Dialogs.ShowAsync<TDialog>(title, parameters)).Result is { Canceled: false, Data: TResult result } ? result : null;

    private static string? Given(string note) => string.IsNullOrWhiteSpace(note) ? null : note.Trim();
}
