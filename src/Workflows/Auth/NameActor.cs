using ServiceLoop.Designer.SignIn;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Workflows.Api;

namespace ServiceLoop.Workflows.Auth;

/// <summary>Names who acts in a request, so that the services which it reaches can ask. Runs after the proof of identity.</summary>
internal sealed class NameActor(RequestDelegate next, Acting acting, ProofLimits limits)
{
    /// <summary>Says on behalf of whom a program acts; honoured only for those who may (<see cref="Permissions.ActForOthers"/>).</summary>
    public const string OnBehalfOf = "X-On-Behalf-Of";

    private const int LongestName = 200;

    public async Task InvokeAsync(HttpContext context)
    {
        var actor = ActorOf.Principal(context.User) with { Address = CallerOfRequest.AddressOf(context) };

        // The bootstrap key is the deployment's own.
        if (actor is { Kind: ActorKind.Key, Id: not KeyCheck.BootstrapId } && limits.Use(actor.Id) is { } wait)
        {
            await ProofLimits.RefuseAsync(context, wait, "access.too-many-calls", $"The API key '{actor.Name}' was used too often.");
            return;
        }

        if (context.Request.Headers.TryGetValue(OnBehalfOf, out var given))
        {
            if (Refusal(actor, given) is { } refusal)
            {
                await refusal.ExecuteAsync(context);
                return;
            }

            actor = actor with { OnBehalfOf = given.ToString().Trim() };
        }

        if (ActorOf.Identity(context.User) is { MustChangePassword: true } && MustChooseFirst(context.Request))
        {
            var back = Uri.EscapeDataString(context.Request.PathBase + context.Request.Path + context.Request.QueryString);
            context.Response.Redirect($"{SignInDoor.NewPasswordPath}?{SignInDoor.BackName}={back}");
            return;
        }

        using (acting.As(actor))
            await next(context);
    }

    // Programs and scripts are told by the services: until then the actor may do nothing else.
    private static bool MustChooseFirst(HttpRequest request) =>
        SessionScheme.IsForPage(request)
        && request.HttpContext.GetEndpoint() is not null
        && !request.Path.StartsWithSegments(SignInDoor.Path, StringComparison.OrdinalIgnoreCase)
        && !request.Path.StartsWithSegments(SignInDoor.OutPath, StringComparison.OrdinalIgnoreCase)
        && !request.Path.StartsWithSegments("/culture", StringComparison.OrdinalIgnoreCase);

    private static IResult? Refusal(Actor actor, Microsoft.Extensions.Primitives.StringValues given) =>
        !actor.May(Permissions.ActForOthers)
            ? Problems.Of(
                actor.Kind == ActorKind.Nobody ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden,
                "access.denied",
                new AccessDeniedException(Permissions.ActForOthers, actor).Message
            )
        : given is not [{ } name] || name.Trim() is not { Length: > 0 and <= LongestName } || name.Any(char.IsControl)
            ? Problems.Invalid("access.on-behalf-of", $"{OnBehalfOf} names one person in 1 to {LongestName} characters.")
        : null;
}
