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
/// <remarks>
/// Now and then the database is asked who that is. What comes meanwhile waits for it, so that everything begins in the order in which the browser sent
/// it: a letter that overtakes another is a wrong word, and the answer to a picture that overtakes a click takes away what the click is for.
/// </remarks>
internal sealed class PresentCircuit(IPresence presence) : CircuitHandler
{
    private Task begun = Task.CompletedTask;

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next
    ) => context => RunAsync(() => next(context));

    private async Task RunAsync(Func<Task> activity)
    {
        // Not until it is done: it may wait for something that comes after it.
        var isBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Interlocked.Exchange(ref begun, isBegun.Task);

        try
        {
            await presence.RunAsync(() =>
            {
                var running = activity();
                isBegun.SetResult();
                return running;
            });
        }
        finally
        {
            isBegun.TrySetResult();
        }
    }
}
