using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Admin.Instances;

/// <summary>All instances: found by what is known of them, and changed many at a time.</summary>
public sealed partial class InstanceListPage
{
    private const int PageSize = 25;
    private const int MostProposals = 20;

    private readonly HashSet<string> chosen = new(StringComparer.Ordinal);
    private IReadOnlyList<InstanceSummary> rows = [];
    private long total;
    private bool isExact = true;
    private bool isLive = true;

    /// <summary>Number of the page, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public int? Page { get; set; }

    /// <summary>Part of a name, an id or a correlation id.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Search { get; set; }

    /// <summary>Line of versions.</summary>
    [SupplyParameterFromQuery(Name = "definition")]
    public string? Definition { get; set; }

    /// <summary>Number of a version.</summary>
    [SupplyParameterFromQuery(Name = "version")]
    public int? Version { get; set; }

    /// <summary><c>Running</c>, <c>Ended</c> or a sub-status.</summary>
    [SupplyParameterFromQuery(Name = "status")]
    public string? Status { get; set; }

    /// <summary>Correlation id.</summary>
    [SupplyParameterFromQuery(Name = "correlation")]
    public string? Correlation { get; set; }

    /// <summary>True: only those with incidents.</summary>
    [SupplyParameterFromQuery(Name = "incidents")]
    public bool? Incidents { get; set; }

    /// <summary>Created at this time of the browser's clock or later.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    /// <summary>Created before this time of the browser's clock.</summary>
    [SupplyParameterFromQuery(Name = "until")]
    public string? Until { get; set; }

    /// <summary>What decides the order; the moment of creation where nothing is said.</summary>
    [SupplyParameterFromQuery(Name = "order")]
    public string? Order { get; set; }

    /// <summary>True: the smallest first.</summary>
    [SupplyParameterFromQuery(Name = "up")]
    public bool? Ascending { get; set; }

    [Inject]
    private WorkflowRuntime Runtime { get; set; } = null!;

    [Inject]
    private DefinitionService Definitions { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    [Inject]
    private BrowserZone Browser { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan? Rhythm => isLive ? TimeSpan.FromSeconds(5) : null;

    private int Number => Query.Page(Page);

    private bool IsFiltered =>
        Version is not null
        || Incidents is not null
        || new[] { Search, Definition, Status, Correlation, From, Until }.Any(text => !string.IsNullOrWhiteSpace(text));

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        var order = new InstanceOrder(Query.Choice<InstanceSort>(Order) ?? InstanceSort.Created, IsAscending: Ascending == true);
        var page = await Runtime.PageAsync(Wanted(), order, (Number - 1) * PageSize, PageSize, ct);
        (rows, total, isExact) = (page.Items, page.Total, page.IsExact);
    }

    private InstanceFilter Wanted() =>
        new()
        {
            Search = Given(Search),
            DefinitionId = Given(Definition),
            Version = Version,
            Created = new TimeRange(Entered(From), Entered(Until), []),
            CorrelationId = Given(Correlation),
            HasIncidents = Incidents,
            SubStatus = Query.Choice<WorkflowSubStatus>(Status),
            IsRunning = Status switch
            {
                "Running" => true,
                "Ended" => false,
                _ => null,
            },
        };

    private DateTimeOffset? Entered(string? local) =>
        DateTime.TryParse(local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) ? Browser.Moment(wall) : null;

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private void Filter(string name, object? value) => Address.Set((name, value), ("page", null));

    private void ClearFilters() => Address.NavigateTo("/admin/instances", replace: true);

    private void Choose(string id, bool isChosen)
    {
        if (isChosen)
            chosen.Add(id);
        else
            chosen.Remove(id);
    }

    private async Task<IEnumerable<string>> DefinitionsAsync(string? text, CancellationToken ct) =>
        (
            await Definitions.ListAsync(
                new DefinitionFilter
                {
                    Versions = VersionOption.Latest,
                    SearchTerm = text,
                    OrderBy = DefinitionOrder.Name,
                },
                0,
                MostProposals,
                ct
            )
        ).Select(d => d.DefinitionId);

    private async Task SendEventAsync()
    {
        if (await (await Dialogs.ShowAsync<EventDialog>(T["SendEvent"])).Result is { Canceled: false })
            await Wishes.TryAsync(AskAsync, T["DidSendEvent"]);
    }

    private async Task BulkAsync(BulkAction action)
    {
        var parameters = new DialogParameters<BulkDialog>
        {
            { d => d.Action, action },
            { d => d.Filter, Wanted() },
            { d => d.Ids, [.. chosen] },
        };
        await BulkDialog.OpenAsync(Dialogs, T[$"{action}ManyTitle"], parameters);
        chosen.Clear();
        await AskAsync();
    }
}
