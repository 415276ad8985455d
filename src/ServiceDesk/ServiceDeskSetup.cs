using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk;

/// <summary>Puts the service desk together.</summary>
public static class ServiceDeskSetup
{
    /// <summary>Adds the domain. The store on PostgreSQL and the runtime must be there too.</summary>
    public static IServiceCollection AddServiceDesk(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(p => new Database(p.GetRequiredService<NpgsqlDataSource>(), p.GetRequiredService<PostgresStoreOptions>()));
        return services.AddContacts();
    }
}
