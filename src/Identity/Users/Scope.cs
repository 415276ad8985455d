using System.Collections.Immutable;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Users;

/// <summary>Whom an actor sees: everybody, or those who share a team and a region with them, and always themselves.</summary>
/// <param name="Teams">Null: any.</param>
/// <param name="Regions">Null: any.</param>
/// <param name="Self">Id of the actor; empty for programs.</param>
internal sealed record Scope(string[]? Teams, string[]? Regions, Guid Self)
{
    public static Scope Of(Actor actor) =>
        new(
            actor.Teams is { } teams ? [.. teams] : null,
            actor.Regions is { } regions ? [.. regions] : null,
            actor.Kind == ActorKind.Person && Guid.TryParse(actor.Id, out var id) ? id : Guid.Empty
        );

    /// <summary>Whether there is anybody whom the actor does not see.</summary>
    public bool IsLimited => Teams is not null || Regions is not null;

    public bool Sees(Person person) =>
        person.Id == Self
        || ((Teams is null || person.Teams.Any(Teams.Contains)) && (Regions is null || person.Regions.Any(Regions.Contains)));

    /// <summary>Whether what a person is to be lies within it: nobody is put into a team of others.</summary>
    public bool Holds(PersonRequest request) =>
        (Teams is null || (request.Teams.Length > 0 && request.Teams.All(Teams.Contains)))
        && (Regions is null || (request.Regions.Length > 0 && request.Regions.All(Regions.Contains)));

    /// <summary>
    /// The limits of a person: administrators and auditors have none; others are limited to what they belong to. Who belongs to no team but to regions is
    /// limited by those alone; who belongs to nothing sees only themselves.
    /// </summary>
    public static (ImmutableArray<string>? Teams, ImmutableArray<string>? Regions) LimitsOf(Person person)
    {
        if (Unlimited(person.Roles) is not null)
            return (null, null);

        var hasRegions = person.Regions.Length > 0;
        return (person.Teams.Length == 0 && hasRegions ? null : person.Teams, hasRegions ? person.Regions : null);
    }

    /// <summary>The first of some roles that has no limits; null for none.</summary>
    public static string? Unlimited(ImmutableArray<string> roles) =>
        roles.FirstOrDefault(role => role is BuiltInRoles.Admin or BuiltInRoles.Auditor);
}
