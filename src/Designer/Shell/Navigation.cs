using System.Collections.Immutable;
using MudBlazor;

namespace ServiceLoop.Designer.Shell;

/// <summary>A place that the navigation leads to.</summary>
/// <param name="Text">Key in <see cref="ShellTexts"/>.</param>
/// <param name="Address">Path from the root.</param>
/// <param name="Icon">SVG of MudBlazor.</param>
/// <param name="IsOutside">True where another program answers: the browser loads it as a whole page.</param>
public sealed record Place(string Text, string Address, string Icon, bool IsOutside = false);

/// <summary>A group of places.</summary>
/// <param name="Text">Key in <see cref="ShellTexts"/>; null for a group without a title.</param>
/// <param name="Places">In the order in which they stand.</param>
public sealed record Section(string? Text, ImmutableArray<Place> Places);

/// <summary>Where one can go. The header above Elsa Studio shows the same.</summary>
public static class Navigation
{
    /// <summary>All groups.</summary>
    public static readonly ImmutableArray<Section> Sections =
    [
        new(null, [new("Home", "/", Icons.Material.Filled.Home)]),
        new(
            "SectionDesign",
            [
                new("Definitions", "/admin/definitions", Icons.Material.Filled.AccountTree),
                new("Studio", "/studio/", Icons.Material.Filled.DesignServices, IsOutside: true),
            ]
        ),
        new(
            "SectionOperations",
            [
                new("Instances", "/admin/instances", Icons.Material.Filled.PlayCircle),
                new("FailedWork", "/admin/work", Icons.Material.Filled.AssignmentLate),
            ]
        ),
        new(
            "SectionSystem",
            [
                new("Audit", "/admin/audit", Icons.Material.Filled.FactCheck),
                new("Jobs", "/admin/jobs", Icons.Material.Filled.Schedule, IsOutside: true),
                new("ApiReference", "/docs/api", Icons.Material.Filled.Api, IsOutside: true),
            ]
        ),
    ];
}
