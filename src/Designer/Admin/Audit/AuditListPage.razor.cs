using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Localization;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Admin.Audit;

/// <summary>The audit log: found by who, what, when and how it ended; exported as it is filtered; its chain checked.</summary>
public sealed partial class AuditListPage
{
    private const int PageSize = 50;

    private IReadOnlyList<AuditEntry> rows = [];
    private long? next;

    /// <summary>Part of a subject, a name, an address, a value or a reason.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Search { get; set; }

    /// <summary>Who.</summary>
    [SupplyParameterFromQuery(Name = "actor")]
    public string? Actor { get; set; }

    /// <summary>What was done.</summary>
    [SupplyParameterFromQuery(Name = "action")]
    public string? Action { get; set; }

    /// <summary>To what.</summary>
    [SupplyParameterFromQuery(Name = "subject")]
    public string? Subject { get; set; }

    /// <summary>How it ended.</summary>
    [SupplyParameterFromQuery(Name = "end")]
    public string? End { get; set; }

    /// <summary>At this time of the browser's clock or later.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    /// <summary>Before this time of the browser's clock.</summary>
    [SupplyParameterFromQuery(Name = "until")]
    public string? Until { get; set; }

    /// <summary>Number before which the page begins.</summary>
    [SupplyParameterFromQuery(Name = "before")]
    public long? BeforeText { get; set; }

    [Inject]
    private AuditLog Log { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    [Inject]
    private BrowserZone Browser { get; set; } = null!;

    // Not by itself: rows would move away under the eyes of who reads them.
    private bool IsFiltered => new[] { Search, Actor, Action, Subject, End, From, Until }.Any(text => !string.IsNullOrWhiteSpace(text));

    private IEnumerable<LocalizedString> Actions => A.GetAllStrings().OrderBy(a => a.Value, StringComparer.CurrentCulture);

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        var page = await Log.ListAsync(Wanted(), BeforeText, PageSize, ct);
        (rows, next) = (page.Items, page.Next);
    }

    private AuditFilter Wanted() =>
        new()
        {
            Text = Given(Search),
            Actor = Given(Actor),
            Action = Given(Action),
            Subject = Given(Subject),
            End = Query.Choice<DeedEnd>(End),
            From = Entered(From),
            Until = Entered(Until),
        };

    private string ExportAddress(string format)
    {
        var filter = Wanted();
        return QueryHelpers.AddQueryString(
            "/api/audit/export",
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["format"] = format,
                ["text"] = filter.Text,
                ["actor"] = filter.Actor,
                ["action"] = filter.Action,
                ["subject"] = filter.Subject,
                ["end"] = filter.End?.ToString(),
                ["from"] = filter.From?.ToString("O", CultureInfo.InvariantCulture),
                ["to"] = filter.Until?.ToString("O", CultureInfo.InvariantCulture),
            }.Where(part => part.Value is not null)
        );
    }

    private string NameOf(string action) => A[action];

    private DateTimeOffset? Entered(string? local) =>
        DateTime.TryParse(local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) ? Browser.Moment(wall) : null;

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private void Filter(string name, object? value) => Address.Set((name, value), ("before", null));

    private void ClearFilters() => Address.NavigateTo("/admin/audit", replace: true);
}
