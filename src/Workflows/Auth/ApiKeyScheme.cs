using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Keys;

namespace ServiceLoop.Workflows.Auth;

/// <summary><c>Authorization: ApiKey …</c></summary>
internal sealed class ApiKeyScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    KeyCheck keys,
    ProofLimits limits
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    /// <summary>How the header begins.</summary>
    public const string Prefix = Schemes.ApiKey + " ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();

        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();

        var address = CallerOfRequest.AddressOf(Context);

        if (await keys.FindAsync(header[Prefix.Length..].Trim(), address, Context.RequestAborted) is { } actor)
            return AuthenticateResult.Success(
                new AuthenticationTicket(new ClaimsPrincipal(new ActorIdentity(actor, Schemes.ApiKey)), Schemes.ApiKey)
            );

        limits.Failed(address);
        return AuthenticateResult.Fail("The API key is unknown, expired or revoked.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.Append(HeaderNames.WWWAuthenticate, Schemes.ApiKey);
        return base.HandleChallengeAsync(properties);
    }
}
