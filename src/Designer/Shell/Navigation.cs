using System.Collections.Immutable;
using MudBlazor;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Shell;

/// <summary>A place that the navigation leads to.</summary>
/// <param name="Text">Key in <see cref="ShellTexts"/>.</param>
/// <param name="Address">Path from the root.</param>
/// <param name="Icon">SVG of MudBlazor.</param>
/// <param name="Permission">What one needs to go there; null when an identity is enough.</param>
/// <param name="IsOutside">True where another program answers: the browser loads it as a whole page.</param>
public sealed record Place(string Text, string Address, string Icon, string? Permission, bool IsOutside = false);

/// <summary>A group of places.</summary>
/// <param name="Text">Key in <see cref="ShellTexts"/>; null for a group without a title.</param>
/// <param name="Places">In the order in which they stand.</param>
public sealed record Section(string? Text, ImmutableArray<Place> Places);

/// <summary>Where one can go. The header above Elsa Studio shows the same.</summary>
public static class Navigation
{
    /// <summary>The groups that somebody has something to do in.</summary>
    public static IEnumerable<Section> SectionsFor(Actor actor) =>
        Sections
            .Select(s => s with { Places = [.. s.Places.Where(p => p.Permission is null || actor.May(p.Permission))] })
            .Where(s => !s.Places.IsEmpty);

    /// <summary>All groups.</summary>
    public static readonly ImmutableArray<Section> Sections =
    [
        new(null, [new("Home", "/", Icons.Material.Filled.Home, null)]),
        new(
            "SectionDesign",
            [
                new("Definitions", "/admin/definitions", Icons.Material.Filled.AccountTree, Permissions.DefinitionsRead),
                new("Studio", "/studio/", Icons.Material.Filled.DesignServices, Permissions.DefinitionsRead, IsOutside: true),
            ]
        ),
        new(
            "SectionOperations",
            [
                new("Instances", "/admin/instances", Icons.Material.Filled.PlayCircle, Permissions.InstancesRead),
                new("FailedWork", "/admin/work", Icons.Material.Filled.AssignmentLate, Permissions.WorkRead),
            ]
        ),
        new(
            "SectionPeople",
            [
                new("People", "/admin/people", Icons.Material.Filled.People, Permissions.UsersRead),
                new("Roles", "/admin/roles", Icons.Material.Filled.AdminPanelSettings, Permissions.RolesRead),
                new("Keys", "/admin/keys", Icons.Material.Filled.Key, Permissions.KeysRead),
                new("Sessions", "/admin/sessions", Icons.Material.Filled.Devices, Permissions.SessionsRead),
            ]
        ),
        new(
            "SectionSystem",
            [
                new("Audit", "/admin/audit", Icons.Material.Filled.FactCheck, Permissions.AuditRead),
                new("Jobs", "/admin/jobs", Icons.Material.Filled.Schedule, Permissions.JobsRead, IsOutside: true),
                new("ApiReference", "/docs/api", Icons.Material.Filled.Api, Permissions.SystemRead, IsOutside: true),
            ]
        ),
    ];
}
