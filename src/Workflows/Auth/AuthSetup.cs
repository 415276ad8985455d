using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.StaticAssets;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Elsewhere;
using ServiceLoop.Workflows.Auth.OpenIdConnect;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Auth;

/// <summary>The ways to prove who one is.</summary>
internal static class AuthSetup
{
    // Never proves anything: for requests that must work whoever asks, also while the database is away.
    private const string Nobody = "Nobody";

    /// <summary>Reads the settings of people.</summary>
    /// <exception cref="StartException">They cannot be used.</exception>
    public static PeopleOptions ReadPeople(IConfiguration settings)
    {
        try
        {
            return RoleMap.Read(settings, settings.ReadSection<PeopleOptions>("People")).Validated();
        }
        catch (IdentityRefusedException e)
        {
            throw new StartException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"A secret in the settings of People cannot be read from its file: {e.Message}", e);
        }
    }

    /// <summary>Adds them.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="authority">Where people sign in by OpenID Connect; null for nowhere.</param>
    public static IServiceCollection AddServiceLoopAuth(this IServiceCollection services, AuthorityOptions? authority)
    {
        services.AddSingleton<ProofLimits>();
        services
            .AddAuthentication(Schemes.Any)
            .AddPolicyScheme(Schemes.Any, null, options => options.ForwardDefaultSelector = Choose)
            .AddScheme<AuthenticationSchemeOptions, NoProof>(Nobody, null)
            .AddScheme<AuthenticationSchemeOptions, SessionScheme>(Schemes.Session, null)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyScheme>(Schemes.ApiKey, null)
            .AddScheme<AuthenticationSchemeOptions, BearerScheme>(Schemes.Bearer, null)
            .AddAuthority(authority);
        return services;
    }

    /// <summary>Proves who asks, and names them to the services.</summary>
    public static WebApplication UseServiceLoopAuth(this WebApplication app)
    {
        app.UseMiddleware<SecureHeaders>();
        app.UseMiddleware<ProofLimit>();
        app.UseAuthentication();
        app.UseMiddleware<NameActor>();
        app.UseMiddleware<StrangerLimit>();
        app.UseMiddleware<ForeignCalls>();
        app.UseMiddleware<RuleGate>();
        return app;
    }

    private static string Choose(HttpContext context)
    {
        if (AsksNobody(context))
            return Nobody;

        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(ApiKeyScheme.Prefix, StringComparison.OrdinalIgnoreCase) ? Schemes.ApiKey
            : BearerScheme.Find(context.Request) is not null ? Schemes.Bearer
            : Schemes.Session;
    }

    // Sign-in brings proofs of its own. Health and files are the same for all: they cost no look into the database, and answer while it is away.
    private static bool AsksNobody(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        || context.Request.Path.StartsWithSegments("/elsa/api/identity", StringComparison.OrdinalIgnoreCase)
        || context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;
}
