using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Entrance;

namespace ServiceLoop.Workflows.Auth;

/// <summary><c>Authorization: Bearer …</c>; for hubs also <c>?access_token=…</c>, because a browser cannot send headers with a WebSocket.</summary>
internal sealed class BearerScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    BearerTokens tokens,
    ProofLimits limits
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    /// <summary>How the header begins.</summary>
    public const string Prefix = Schemes.Bearer + " ";

    /// <summary>The token of a request; null for none.</summary>
    public static string? Find(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim()
            : request.Path.StartsWithSegments("/elsa/hubs", StringComparison.OrdinalIgnoreCase)
            && request.Query["access_token"] is [{ Length: > 0 } token]
                ? token
            : null;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Find(Request) is not { } token)
            return AuthenticateResult.NoResult();

        var address = CallerOfRequest.AddressOf(Context);

        if (await tokens.FindAsync(token, address, Context.RequestAborted) is { } identity)
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Schemes.Bearer));

        limits.Failed(address);
        return AuthenticateResult.Fail("The token is forged or expired, or its session has ended.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.Append(HeaderNames.WWWAuthenticate, Schemes.Bearer);
        return base.HandleChallengeAsync(properties);
    }
}
