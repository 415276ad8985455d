using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>All definitions, one row for each line of versions.</summary>
public sealed partial class DefinitionListPage
{
    private const int PageSize = 25;
    private const int MostFiles = 100;

    private IReadOnlyList<Line> rows = [];
    private IReadOnlyList<(string Name, string Why)> refused = [];
    private long total;

    /// <summary>Number of the page, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public int? Page { get; set; }

    /// <summary>Part of a name, a description or an id.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Search { get; set; }

    /// <summary><c>published</c>, <c>draft</c>, or all.</summary>
    [SupplyParameterFromQuery(Name = "state")]
    public string? State { get; set; }

    /// <summary><c>newest</c>, or by name.</summary>
    [SupplyParameterFromQuery(Name = "order")]
    public string? Order { get; set; }

    [Inject]
    private DefinitionService Definitions { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    private int Number => Query.Page(Page);

    private bool IsFiltered => !string.IsNullOrWhiteSpace(Search) || !string.IsNullOrEmpty(State);

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        var filter = new DefinitionFilter
        {
            Versions = State switch
            {
                "published" => VersionOption.Published,
                "draft" => VersionOption.Draft,
                _ => VersionOption.Latest,
            },
            SearchTerm = Search,
            IsSystem = false,
            OrderBy = Order == "newest" ? DefinitionOrder.Created : DefinitionOrder.Name,
            Descending = Order == "newest",
        };
        var page = await Definitions.ListAsync(filter, (Number - 1) * PageSize, PageSize, ct);
        total = await Definitions.CountAsync(filter, ct);
        var lines = page.Select(v => v.DefinitionId).ToList();
        var published = lines.Count == 0 ? [] : await Definitions.ListAsync(Of(lines, VersionOption.Published), 0, PageSize, ct);
        var latest = lines.Count == 0 ? [] : await Definitions.ListAsync(Of(lines, VersionOption.Latest), 0, PageSize, ct);
        var found = new List<Line>();

        foreach (var version in page)
            found.Add(
                new Line(
                    latest.FirstOrDefault(v => v.DefinitionId == version.DefinitionId) ?? version,
                    published.FirstOrDefault(v => v.DefinitionId == version.DefinitionId),
                    (await Definitions.CountRunningAsync(version.DefinitionId, ct)).Sum(v => v.Running)
                )
            );

        rows = found;
    }

    private static DefinitionFilter Of(IReadOnlyList<string> lines, VersionOption versions) =>
        new() { DefinitionIds = [.. lines], Versions = versions };

    private void Filter(string name, object? value) => Address.Set((name, value), ("page", null));

    private async Task ImportAsync(IReadOnlyList<IBrowserFile>? files)
    {
        if (files is not { Count: > 0 })
            return;

        var failed = new List<(string, string)>();
        var saved = 0;
        await DoAsync(
            async ct =>
            {
                await foreach (var file in UploadedFiles.ReadAsync(files, ct))
                    if (await TryImportAsync(file, ct) is { } why)
                        failed.Add((file.Name, why));
                    else
                        saved++;
            },
            done: null
        );
        refused = failed;

        if (saved > 0)
            await Wishes.TryAsync(() => Task.CompletedTask, T["DidImport", saved.ToString("N0", null)]);
    }

    /// <returns>Why it was refused, as a sentence; null when it was saved as a draft.</returns>
    private async Task<string?> TryImportAsync(UploadedFile file, CancellationToken ct)
    {
        try
        {
            if (file.Flaw is { } flaw)
                return T[$"File{flaw}"];

            await Definitions.SaveDraftAsync(Engine.Definitions.ElsaJson.Read(file.Content), ct);
            return null;
        }
        catch (Exception e) when (e is not (OperationCanceledException or StoreUnavailableException))
        {
            return Wishes.Sentence(e);
        }
    }

    /// <summary>A line of versions.</summary>
    /// <param name="Version">Its latest version.</param>
    /// <param name="InForce">The published one; null for none.</param>
    /// <param name="Running">Instances that have not ended.</param>
    private sealed record Line(DefinitionRow Version, DefinitionRow? InForce, long Running);
}
