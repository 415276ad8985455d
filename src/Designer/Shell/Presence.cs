using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Shell;

/// <summary>Who sits in front of a page that lives on: asked again at everything that they or the page's clock do.</summary>
public interface IPresence
{
    /// <summary>
    /// Does something in their name. When they are let in no longer, the page is left for the sign-in and nothing is done. It does not keep the session
    /// alive: a page does much by itself, and the browser answers to each picture.
    /// </summary>
    Task RunAsync(Func<Task> action);

    /// <summary>They have pressed a key or a button: the session lives on.</summary>
    Task UseAsync();
}

/// <summary>The session behind a circuit.</summary>
internal sealed class Presence(Acting acting, SessionCheck sessions, AuthenticationStateProvider state, NavigationManager address)
    : IPresence
{
    public async Task RunAsync(Func<Task> action)
    {
        var letIn = ActorOf.Principal((await state.GetAuthenticationStateAsync()).User);

        if (await sessions.RefreshAsync(letIn, CancellationToken.None) is not { } actor)
        {
            address.NavigateTo(address.Uri, forceLoad: true);
            return;
        }

        using (acting.As(actor))
            await action();
    }

    public async Task UseAsync() =>
        await sessions.UseAsync(ActorOf.Principal((await state.GetAuthenticationStateAsync()).User), CancellationToken.None);
}

/// <summary>Names who acts in what a browser does on a page.</summary>
internal sealed class PresentCircuit(IPresence presence) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next
    ) => context => presence.RunAsync(() => next(context));
}
