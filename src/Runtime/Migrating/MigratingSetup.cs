using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>Puts the migration of instances together.</summary>
public static class MigratingSetup
{
    /// <summary>Adds <see cref="MigrationService"/>. Needs the runtime and the store on PostgreSQL: runs and what can be undone are kept there.</summary>
    public static IServiceCollection AddInstanceMigration(this IServiceCollection services)
    {
        services.TryAddSingleton(new PostgresStoreOptions());
        services.TryAddSingleton(p => new MigrationStore(
            p.GetRequiredService<NpgsqlDataSource>(),
            p.GetRequiredService<PostgresStoreOptions>(),
            p.GetService<IValueCipher>()
        ));
        services.TryAddSingleton(p => new Mover(p.GetRequiredService<Bursts>()));
        services.TryAddSingleton(p => new Forecasts(p.GetRequiredService<MigrationStore>(), p.GetRequiredService<Bursts>()));
        services.TryAddSingleton(p => new Lanes(
            p.GetRequiredService<MigrationStore>(),
            p.GetRequiredService<Bursts>(),
            p.GetRequiredService<Mover>(),
            p.GetRequiredService<ILogger<Lanes>>()
        ));
        services.AddSingleton<IMessageHandler>(p => p.GetRequiredService<Lanes>());
        services.TryAddSingleton(p => new MigrationService(
            p.GetRequiredService<MigrationStore>(),
            p.GetRequiredService<Bursts>(),
            p.GetRequiredService<Forecasts>(),
            p.GetRequiredService<Mover>(),
            p.GetRequiredService<Lanes>(),
            p.GetRequiredService<IAccess>()
        ));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordWriter, MovedInstanceWriter>());
        return services;
    }
}
