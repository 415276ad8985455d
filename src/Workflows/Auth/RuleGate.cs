using ServiceLoop.Designer.Shell;
using ServiceLoop.Designer.SignIn;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Workflows.Api;

namespace ServiceLoop.Workflows.Auth;

/// <summary>Asks the rule of each door before it is opened. One without a rule stays shut: the services behind it ask again, but a door should know too.</summary>
internal sealed class RuleGate(RequestDelegate next, IAccess access, ILogger<RuleGate> logger)
{
    // Doors that ASP.NET Core puts there itself, by the beginning of their pattern.
    private static readonly (string Pattern, NeedsAttribute Rule)[] Framework =
    [
        ("/_framework/", NeedsAttribute.Nothing("The script of the pages is the same for everybody, and the sign-in page needs it.")),
        ("/_blazor", new NeedsAttribute()),
    ];

    /// <summary>The rule of a door; null when it has none.</summary>
    public static NeedsAttribute? RuleOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<NeedsAttribute>()
        ?? (
            endpoint.RoutePattern.RawText is { } pattern
                ? Framework.FirstOrDefault(f => ("/" + pattern.TrimStart('/')).StartsWith(f.Pattern, StringComparison.Ordinal)).Rule
                : null
        );

    public Task InvokeAsync(HttpContext context)
    {
        // Nothing is there, or only routing's own refusal (a method or a media type that is not taken): that may be said to everybody.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return next(context);

        if (RuleOf(endpoint) is not { } rule)
        {
            Log.DoorWithoutRule(logger, endpoint.DisplayName ?? context.Request.Path);
            return Problems.Of(StatusCodes.Status403Forbidden, "access.no-rule", "Nobody may come in here.").ExecuteAsync(context);
        }

        if (rule.Admits(access.Actor))
            return next(context);

        if (access.Actor.Kind != ActorKind.Nobody)
            return SessionScheme.IsForPage(context.Request)
                ? Refusals.SendAsync(context, StatusCodes.Status403Forbidden, null)
                : Problems.Of(new AccessDeniedException(rule.Permission ?? "", access.Actor)).ExecuteAsync(context);

        if (SessionScheme.IsForPage(context.Request))
        {
            var back = Uri.EscapeDataString(context.Request.PathBase + context.Request.Path + context.Request.QueryString);
            context.Response.Redirect($"{SignInDoor.Path}?{SignInDoor.BackName}={back}");
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems
            .Of(
                StatusCodes.Status401Unauthorized,
                "access.nobody",
                "Say who you are: sign in, or send 'Authorization: ApiKey …' or 'Authorization: Bearer …'."
            )
            .ExecuteAsync(context);
    }
}
