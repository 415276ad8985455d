using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Designer.Admin.Work;

/// <summary>Work that failed too often and was set aside, to be brought back or dropped; and work that is alive, to be looked at.</summary>
public sealed partial class WorkPage
{
    private const int PageSize = 50;

    private readonly HashSet<long> chosen = [];
    private IReadOnlyList<WorkRow> rows = [];
    private WorkDepths? depths;
    private long? next;

    /// <summary>True: what is alive.</summary>
    [SupplyParameterFromQuery(Name = "alive")]
    public bool? Alive { get; set; }

    /// <summary>Only of this instance.</summary>
    [SupplyParameterFromQuery(Name = "instance")]
    public string? Instance { get; set; }

    /// <summary>Number after which the page begins.</summary>
    [SupplyParameterFromQuery(Name = "after")]
    public long? AfterText { get; set; }

    [Inject]
    private WorkDesk Work { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan? Rhythm => TimeSpan.FromSeconds(10);

    private long After => Math.Max(0, AfterText ?? 0);

    private IReadOnlyList<long> Meant => chosen.Count > 0 ? [.. chosen] : [.. rows.Select(r => r.Id)];

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        var page = await Work.ListAsync(Alive != true, Instance, After, PageSize + 1, ct);
        depths = await Work.MeasureAsync(ct);
        rows = [.. page.Take(PageSize)];
        next = page.Count > PageSize ? rows[^1].Id : null;
        chosen.IntersectWith(rows.Select(r => r.Id));
    }

    private void Filter(string name, object? value) => Address.Set((name, value), ("after", null));

    private void Choose(long id, bool isChosen)
    {
        if (isChosen)
            chosen.Add(id);
        else
            chosen.Remove(id);
    }

    private Task ReviveAsync()
    {
        var ids = Meant;
        return DoAsync(ct => Work.ReviveAsync(ids, ct), T["DidRevive", ids.Count.ToString("N0", null)]);
    }

    private async Task DiscardAsync()
    {
        var ids = Meant;

        if (await Dialogs.AskAsync(T["DiscardTitle"], T["DiscardText", ids.Count.ToString("N0", null)], T["Discard"]) is not null)
            await DoAsync(ct => Work.DiscardAsync(ids, ct), T["DidDiscard"]);
    }
}
