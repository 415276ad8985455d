using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Identity.Rights;
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
        services.TryAddSingleton<IAccess, GuardedAccess>();
        services.TryAddSingleton(p => new Database(p.GetRequiredService<NpgsqlDataSource>(), p.GetRequiredService<PostgresStoreOptions>()));
        services.TryAddSingleton<RightsNews>();
        services.TryAddSingleton<RoleStore>();
        services.TryAddSingleton(p => new Roles(
            p.GetRequiredService<RoleStore>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<RightsNews>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton<ApiKeyStore>();
        services.TryAddSingleton(p => new ApiKeys(
            p.GetRequiredService<ApiKeyStore>(),
            p.GetRequiredService<IAccess>(),
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
        return services;
    }
}
