using Microsoft.Extensions.Localization;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Admin.People;

/// <summary>How roles are called, and which of them somebody can give.</summary>
internal static class RoleNames
{
    /// <summary>Title of a role: of the product's in the language of the page, of a company's as it wrote it.</summary>
    public static string RoleTitle(this IStringLocalizer<PeopleTexts> texts, RoleView role) =>
        role.Title ?? (role.IsBuiltIn ? texts.RoleTitle(role.Name) : role.Name);

    /// <inheritdoc cref="RoleTitle(IStringLocalizer{PeopleTexts}, RoleView)" />
    public static string RoleTitle(this IStringLocalizer<PeopleTexts> texts, string name) =>
        texts[$"Role-{name}"] is { ResourceNotFound: false } text ? text : name;

    /// <summary>All roles for those who may see them; for others those that every installation has.</summary>
    public static async Task<IReadOnlyList<RoleView>> SeenAsync(this Roles roles, Actor actor, CancellationToken ct) =>
        actor.May(Permissions.RolesRead)
            ? await roles.ListAsync(ct)
            : [.. BuiltInRoles.All.Select(r => new RoleView(r.Key, null, [.. r.Value], IsBuiltIn: true, 0, null))];

    /// <summary>Whether somebody may give a role: it allows no more than they may themselves.</summary>
    public static bool MayGive(this Actor actor, RoleView role) => role.Permissions.All(actor.May);
}
