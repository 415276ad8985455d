using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Identity.Elsewhere;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Identity;

/// <summary>Puts people together.</summary>
public static class IdentitySetup
{
    /// <summary>Adds users, roles, sessions and keys, and the gate that asks them. The store on PostgreSQL must be there too.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="options">Checked settings (<see cref="PeopleOptions.Validated"/>).</param>
    public static IServiceCollection AddServiceLoopIdentity(this IServiceCollection services, PeopleOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Acting>();
        services.AddAuditLog();
        services.TryAddSingleton<GuardedAccess>();
        services.TryAddSingleton<IAccess>(p => p.GetRequiredService<GuardedAccess>());
        services.TryAddSingleton(p => new Database(p.GetRequiredService<NpgsqlDataSource>(), p.GetRequiredService<PostgresStoreOptions>()));
        services.TryAddSingleton<RightsNews>();
        services.TryAddSingleton<RoleStore>();
        services.TryAddSingleton(p => new Roles(
            p.GetRequiredService<RoleStore>(),
            p.GetRequiredService<GuardedAccess>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton<ApiKeyStore>();
        services.TryAddSingleton(p => new ApiKeys(
            p.GetRequiredService<ApiKeyStore>(),
            p.GetRequiredService<GuardedAccess>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(p => new KeyCheck(
            p.GetRequiredService<ApiKeyStore>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<PeopleOptions>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<KeyCheck>>()
        ));
        AddPeople(services);
        AddEntrance(services);
        return services;
    }

    private static void AddPeople(IServiceCollection services)
    {
        services.AddDataProtection();
        services.TryAddSingleton<PersonStore>();
        services.TryAddSingleton<Passwords>();
        services.TryAddSingleton<SecondFactor>();
        services.TryAddSingleton<PersonActors>();
        services.TryAddSingleton(p => new People(
            p.GetRequiredService<PersonStore>(),
            p.GetRequiredService<Passwords>(),
            p.GetRequiredService<SecondFactor>(),
            p.GetRequiredService<Roles>(),
            p.GetRequiredService<Sessions>(),
            p.GetRequiredService<GuardedAccess>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(p => new Account(
            p.GetRequiredService<PersonStore>(),
            p.GetRequiredService<Passwords>(),
            p.GetRequiredService<SecondFactor>(),
            p.GetRequiredService<Sessions>(),
            p.GetRequiredService<GuardedAccess>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<PeopleOptions>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(p => new FirstAdmin(
            p.GetRequiredService<PersonStore>(),
            p.GetRequiredService<Passwords>(),
            p.GetRequiredService<IAuditTrail>(),
            p.GetRequiredService<PeopleOptions>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<FirstAdmin>>()
        ));
    }

    private static void AddEntrance(IServiceCollection services)
    {
        services.TryAddSingleton<SessionStore>();
        services.TryAddSingleton<Attempts>();
        services.TryAddSingleton(p => new Sessions(
            p.GetRequiredService<SessionStore>(),
            p.GetRequiredService<PersonStore>(),
            p.GetRequiredService<PersonActors>(),
            p.GetRequiredService<GuardedAccess>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<PeopleOptions>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(p => new SessionCheck(
            p.GetRequiredService<SessionStore>(),
            p.GetRequiredService<KeyCheck>(),
            p.GetRequiredService<PersonActors>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<PeopleOptions>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(p => new SignIn(
            p.GetRequiredService<PersonStore>(),
            p.GetRequiredService<Passwords>(),
            p.GetRequiredService<SecondFactor>(),
            p.GetRequiredService<Sessions>(),
            p.GetRequiredService<Attempts>(),
            p.GetRequiredService<Acting>(),
            p.GetRequiredService<GuardedAccess>(),
            p.GetRequiredService<IAuditTrail>(),
            p.GetRequiredService<PeopleOptions>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<IDataProtectionProvider>()
        ));
        services.TryAddSingleton(p => new AuthoritySignIn(
            p.GetRequiredService<PersonStore>(),
            p.GetRequiredService<Roles>(),
            p.GetRequiredService<SignIn>(),
            p.GetRequiredService<Attempts>(),
            p.GetRequiredService<Acting>(),
            p.GetRequiredService<GuardedAccess>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<PeopleOptions>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<AuthoritySignIn>>()
        ));
        services.TryAddSingleton(p => new BearerTokens(
            p.GetRequiredService<SignIn>(),
            p.GetRequiredService<Sessions>(),
            p.GetRequiredService<SessionStore>(),
            p.GetRequiredService<SessionCheck>(),
            p.GetRequiredService<PersonStore>(),
            p.GetRequiredService<Acting>(),
            p.GetRequiredService<GuardedAccess>(),
            p.GetRequiredService<IAuditTrail>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<PeopleOptions>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<IDataProtectionProvider>(),
            p.GetRequiredService<ILogger<BearerTokens>>()
        ));
        services.AddHostedService<SessionUpkeep>();
    }
}
