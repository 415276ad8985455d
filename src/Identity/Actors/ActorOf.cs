using System.Security.Claims;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Actors;

/// <summary>From what ASP.NET Core hands around to who acts: the one place for requests, circuits and hubs.</summary>
public static class ActorOf
{
    /// <summary>Who a principal is; <see cref="Actor.Nobody"/> when none of our schemes has proven it.</summary>
    public static Actor Principal(ClaimsPrincipal? principal) => Identity(principal)?.Actor ?? Actor.Nobody;

    /// <summary>What one of our schemes has proven; null for nothing.</summary>
    public static ActorIdentity? Identity(ClaimsPrincipal? principal) => principal?.Identities.OfType<ActorIdentity>().FirstOrDefault();
}
