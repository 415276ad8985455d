using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Keys;

namespace ServiceLoop.Workflows.Auth;

/// <summary><c>Authorization: ApiKey …</c></summary>
internal sealed class ApiKeyScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    KeyCheck keys
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    /// <summary>How the header begins.</summary>
    public const string Prefix = Schemes.ApiKey + " ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();

        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();

        return await keys.FindAsync(header[Prefix.Length..].Trim(), CallAddress.Of(Context), Context.RequestAborted) is { } actor
            ? AuthenticateResult.Success(
                new AuthenticationTicket(new ClaimsPrincipal(new ActorIdentity(actor, Schemes.ApiKey)), Schemes.ApiKey)
            )
            : AuthenticateResult.Fail("The API key is unknown, expired or revoked.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.Append(HeaderNames.WWWAuthenticate, Schemes.ApiKey);
        return base.HandleChallengeAsync(properties);
    }
}

/// <summary>From where a call comes.</summary>
internal static class CallAddress
{
    /// <summary>IP address; null when there is none, as in tests in the process.</summary>
    public static string? Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;
}
