using System.Security.Claims;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Actors;

/// <summary>An identity that one of our schemes has proven. Claims of anybody else's making never become an actor.</summary>
public sealed class ActorIdentity : ClaimsIdentity
{
    /// <summary>Wraps an actor.</summary>
    /// <param name="actor">Who was proven.</param>
    /// <param name="scheme">By which scheme (<see cref="Schemes"/>).</param>
    public ActorIdentity(Actor actor, string scheme)
        : base(ClaimsOf(actor), scheme, ClaimTypes.Name, ClaimTypes.Role) => Actor = actor;

    /// <summary>Who was proven.</summary>
    public new Actor Actor { get; }

    /// <summary>True for a person who must choose a new password first; until then nothing is allowed.</summary>
    public bool MustChangePassword { get; init; }

    /// <inheritdoc />
    public override ClaimsIdentity Clone() => new ActorIdentity(Actor, AuthenticationType!) { MustChangePassword = MustChangePassword };

    private static IEnumerable<Claim> ClaimsOf(Actor actor) =>
        [
            new(ClaimTypes.NameIdentifier, actor.Id),
            new(ClaimTypes.Name, actor.Name),
            .. actor.Roles.Select(role => new Claim(ClaimTypes.Role, role)),
        ];
}
