using System.Collections.Immutable;

namespace ServiceLoop.Identity.Rights;

/// <summary>A role, as pages and programs see it.</summary>
/// <param name="Name">Stable name; lower-case letters, digits, hyphens.</param>
/// <param name="Title">How people call it; null for roles of the product, which pages name in their language.</param>
/// <param name="Permissions">What it allows, in the order of <see cref="Runtime.Access.Permissions.All"/>.</param>
/// <param name="IsBuiltIn">True for roles of the product: they cannot be changed.</param>
/// <param name="Version">Goes back with a change, so that nobody overwrites what they have not seen; 0 for roles of the product.</param>
/// <param name="ChangedAt">Last change, UTC; null for roles of the product.</param>
public sealed record RoleView(
    string Name,
    string? Title,
    ImmutableArray<string> Permissions,
    bool IsBuiltIn,
    long Version,
    DateTimeOffset? ChangedAt
);

/// <summary>What a role is to be.</summary>
/// <param name="Title">How people call it; null: as its name. 100 characters at most.</param>
/// <param name="Permissions">What it allows; names of <see cref="Runtime.Access.Permissions.All"/>.</param>
public sealed record RoleRequest(string? Title, ImmutableArray<string> Permissions);
