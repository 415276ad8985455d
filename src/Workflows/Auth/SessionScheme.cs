using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using ServiceLoop.Designer.SignIn;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Entrance;

namespace ServiceLoop.Workflows.Auth;

/// <summary>The cookie of a browser. Who has none is led to the sign-in, where a person asks for a page.</summary>
internal sealed class SessionScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    SessionCheck sessions
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Cookies[Schemes.CookieName] is not { Length: > 0 } text)
            return AuthenticateResult.NoResult();

        return await sessions.FindAsync(text, CallerOfRequest.AddressOf(Context), Context.RequestAborted) is { } identity
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Schemes.Session))
            : AuthenticateResult.Fail("The session is unknown or has ended.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!IsForPage(Request))
            return base.HandleChallengeAsync(properties);

        var here = Request.PathBase + Request.Path + Request.QueryString;
        Response.Redirect(
            here == "/" ? SignInDoor.Path : $"{SignInDoor.Path}?{SignInDoor.BackName}={Uri.EscapeDataString(here.ToString())}"
        );
        return Task.CompletedTask;
    }

    /// <summary>Whether a person's browser asks for a page, as against a program or a script.</summary>
    internal static bool IsForPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && !request.Path.StartsWithSegments("/elsa", StringComparison.OrdinalIgnoreCase);
}
