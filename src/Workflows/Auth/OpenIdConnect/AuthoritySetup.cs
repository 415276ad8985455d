using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using ServiceLoop.Designer.SignIn;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Elsewhere;

namespace ServiceLoop.Workflows.Auth.OpenIdConnect;

/// <summary>ASP.NET Core's own handler of OpenID Connect, as an authority is asked here: authorization code with PKCE, and nothing else.</summary>
internal static class AuthoritySetup
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWay = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    // By keys that the authority publishes. Nothing symmetric: the client's secret is no signature of the authority.
    internal static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Adds the sign-in at an authority. It is asked for the first time when somebody signs in: the server starts without it.</summary>
    public static AuthenticationBuilder AddAuthority(this AuthenticationBuilder builder, AuthorityOptions? authority)
    {
        if (authority is null)
            return builder;

        builder.Services.AddScoped<AuthorityEvents>();
        return builder.AddOpenIdConnect(Schemes.OpenIdConnect, authority.Title, options => Set(options, authority));
    }

    private static void Set(OpenIdConnectOptions options, AuthorityOptions authority)
    {
        options.Authority = authority.Authority;
        options.ClientId = authority.ClientId;
        options.ClientSecret = authority.ClientSecret;
        options.RequireHttpsMetadata = new Uri(authority.Authority).Scheme == Uri.UriSchemeHttps;
        options.EventsType = typeof(AuthorityEvents);
        options.CallbackPath = ElsewhereDoor.ReturnPath;

        options.ResponseType = OpenIdConnectResponseType.Code;
        // People come back by a link, with which browsers send cookies that are Lax: none must go with calls of other sites.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.SaveTokens = false;
        options.DisableTelemetry = true;
        options.BackchannelTimeout = Patience;
        options.RemoteAuthenticationTimeout = LongestWay;
        options.Scope.Clear();

        foreach (var scope in authority.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            options.Scope.Add(scope);

        foreach (var cookie in (CookieBuilder[])[options.CorrelationCookie, options.NonceCookie])
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.Remove(AuthorityClaims.Issuer);
        AuthorityClaims.AddTo(options.ClaimActions, authority.RoleClaim);

        options.ProtocolValidator.NonceLifetime = LongestWay;
        options.TokenValidationParameters.ValidAlgorithms = Algorithms;
        options.TokenValidationParameters.ClockSkew = ClockSkew;
    }
}
