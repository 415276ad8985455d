using Microsoft.AspNetCore.SignalR;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Auth;

/// <summary>Names who acts in a call on the hub of viewers; one whose session has ended is let go.</summary>
internal sealed class HubActor(Acting acting, SessionCheck sessions) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        var letIn = ActorOf.Principal(invocationContext.Context.User);

        if (await sessions.RefreshAsync(letIn, invocationContext.Context.ConnectionAborted) is not { } actor)
        {
            invocationContext.Context.Abort();
            throw new HubException("The session has ended. Sign in again.");
        }

        if (!actor.May(Permissions.InstancesRead))
            throw new HubException(new AccessDeniedException(Permissions.InstancesRead, actor).Message);

        using (acting.As(actor))
            return await next(invocationContext);
    }
}
