using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using ServiceLoop.Designer.Admin.Diagrams;
using ServiceLoop.Engine.Comparison;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Admin.Diff;

/// <summary>Two versions of a definition side by side, what differs marked in both, and listed.</summary>
public sealed partial class DiffPage
{
    private readonly string group = "diff-" + Guid.NewGuid().ToString("N");
    private IReadOnlyList<DefinitionRow> versions = [];
    private (string Before, string After) compared;
    private DefinitionTree? before;
    private DefinitionTree? after;
    private DefinitionDiff diff = new([], [], []);
    private ImmutableArray<JsonChange> json = [];
    private Dictionary<string, DiagramMark> marksBefore = [];
    private Dictionary<string, DiagramMark> marksAfter = [];
    private Dictionary<(string, string, string), string> linesBefore = [];
    private Dictionary<(string, string, string), string> linesAfter = [];
    private int from;
    private int to;
    private int missing;
    private string? open;
    private string? selected;

    /// <summary>The line of versions.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Number of the version before; null for the published one, or the one before the latest.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public int? From { get; set; }

    /// <summary>Number of the version after; null for the latest.</summary>
    [SupplyParameterFromQuery(Name = "to")]
    public int? To { get; set; }

    [Inject]
    private DefinitionService Service { get; set; } = null!;

    [Inject]
    private NavigationManager Address { get; set; } = null!;

    private string Name => versions.Count > 0 && versions[^1].Name is { Length: > 0 } name ? name : Id;

    private string Summary =>
        from == to ? T["SameVersion"]
        : diff.IsEmpty ? T["Equal"]
        : T["Counts", Count(ChangeKind.Added), Count(ChangeKind.Removed), Count(ChangeKind.Changed), Count(ChangeKind.Moved)];

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        versions = await Service.ListAsync(Id, ct);
        var latest = versions.Count > 0 ? versions[^1].Version : 0;
        to = To ?? latest;
        from =
            From
            ?? versions.LastOrDefault(v => v.IsPublished && v.Version != to)?.Version
            ?? versions.LastOrDefault(v => v.Version < to)?.Version
            ?? to;
        var (old, now) = (await FindAsync(from, ct), await FindAsync(to, ct));

        if (old is null || now is null)
        {
            (before, after, missing) = (null, null, old is null ? from : to);
            return;
        }

        Compare(StoredDefinition.Read(old), StoredDefinition.Read(now));
    }

    private async Task<DefinitionRow?> FindAsync(int version, CancellationToken ct) =>
        version > 0 ? await Service.FindAsync(Id, version, ct) : null;

    private void Compare(WorkflowDefinition old, WorkflowDefinition now)
    {
        if (compared != (old.Id, now.Id))
            (open, selected, compared) = (null, null, (old.Id, now.Id));

        (before, after) = (DefinitionTree.Of(old), DefinitionTree.Of(now));
        diff = DefinitionComparison.Compare(old, now);
        json = JsonComparison.Compare(old.Json, now.Json);
        marksBefore = Marks(c => c.Before);
        marksAfter = Marks(c => c.After);
        linesBefore = Lines(c => c.TargetBefore, "removed");
        linesAfter = Lines(c => c.TargetAfter, "added");
    }

    private Dictionary<string, DiagramMark> Marks(Func<ActivityChange, ActivitySide?> side) =>
        diff
            .Activities.Where(c => side(c) is not null)
            .DistinctBy(c => side(c)!.NodePath)
            .ToDictionary(c => side(c)!.NodePath, c => DiagramMark.Of(c.Kind, T[c.Kind.ToString()]), StringComparer.Ordinal);

    private Dictionary<(string, string, string), string> Lines(Func<ConnectionChange, string?> target, string look) =>
        diff
            .Connections.Where(c => c.Kind != ChangeKind.Moved && target(c) is not null)
            .DistinctBy(c => (c.Source, c.Port, target(c)))
            .ToDictionary(c => (c.Source, c.Port, target(c)!), _ => look);

    private int Count(ChangeKind kind) =>
        diff.Activities.Count(c => c.Kind == kind) + diff.Connections.Count(c => c.Kind == kind) + diff.Members.Count(c => c.Kind == kind);

    private void Go(int one, int other) => Address.NavigateTo(Definitions.Places.Compare(Id, one, other));

    /// <summary>Opens the container of an activity, and marks it as looked at.</summary>
    private void Show(string activityId)
    {
        selected = activityId;
        var change = diff.Activities.FirstOrDefault(c => c.ActivityId == activityId);

        if ((change?.After ?? change?.Before)?.NodePath is not { } path)
            return;

        var container = path.LastIndexOf(':') is > 0 and var end ? path[..end] : null;
        open = container is null || !container.Contains(':', StringComparison.Ordinal) ? null : container;
    }
}
