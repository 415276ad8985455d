using System.Collections.Frozen;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Actors;

/// <summary>Makes actors of people.</summary>
internal sealed class PersonActors(Roles roles)
{
    /// <summary>What everybody may do who has signed in: sign out, and see to their own password, second factor and sessions. No role and no key has it.</summary>
    public const string OwnAccount = "account:own";

    private static readonly FrozenSet<string> OnlyOwnAccount = new[] { OwnAccount }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>A person as actor. Who must choose a new password first may do nothing but that.</summary>
    public async ValueTask<Actor> OfAsync(Person person, string? sessionId, string? address, CancellationToken ct)
    {
        var allowed = person.MustChangePassword
            ? OnlyOwnAccount
            : (await roles.AllowedAsync(person.Roles, ct)).Append(OwnAccount).ToFrozenSet(StringComparer.Ordinal);
        var (teams, regions) = Scope.LimitsOf(person);
        return new Actor(ActorKind.Person, person.Id.ToString(), person.Name)
        {
            Permissions = allowed,
            Roles = person.Roles,
            Teams = teams,
            Regions = regions,
            SessionId = sessionId,
            Address = address,
        };
    }
}
