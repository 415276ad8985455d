using ServiceLoop.Identity;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Auth;

/// <summary>Marks doors that do work for anybody: who has not said who they are may call them only so often from one address.</summary>
internal sealed class CountsStrangers;

internal static class StrangerLimits
{
    /// <summary>Limits calls of strangers (<see cref="PeopleOptions.CallsOfStrangersPerMinute"/>).</summary>
    public static T LimitStrangers<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new CountsStrangers());
}

/// <summary>Keeps strangers from calling public doors without end; on this node. Runs when it is known who acts.</summary>
internal sealed class StrangerLimit(RequestDelegate next, IAccess access, PeopleOptions options, TimeProvider clock)
{
    private readonly Allowance calls = new(options.CallsOfStrangersPerMinute, TimeSpan.FromMinutes(1), clock);

    public Task InvokeAsync(HttpContext context) =>
        access.Actor.Kind == ActorKind.Nobody
        && context.GetEndpoint()?.Metadata.GetMetadata<CountsStrangers>() is not null
        && calls.Take(AddressBlock.Of(CallerOfRequest.AddressOf(context))) is { } wait
            ? ProofLimits.RefuseAsync(context, wait, "access.too-many-calls", "Too many calls came from this address.")
            : next(context);
}
