using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>Registers the store on PostgreSQL.</summary>
public static class PostgresStoreRegistration
{
    /// <summary>Adds <see cref="IWorkflowStore"/> and <see cref="NotifyListener"/>.</summary>
    /// <remarks>
    /// Needs an <see cref="NpgsqlDataSource"/>, which the host makes when it knows the address, and migrations that have run before the first call. Writers
    /// of domain rows are found as <see cref="IRecordWriter"/>. With an <see cref="IValueCipher"/>, instances that hold secrets stand encrypted.
    /// </remarks>
    public static IServiceCollection AddPostgresStore(this IServiceCollection services, PostgresStoreOptions? options = null)
    {
        services.TryAddSingleton((options ?? new()).Validated());
        services.TryAddSingleton<PostgresStore>();
        services.TryAddSingleton<IWorkflowStore>(provider =>
            provider.GetService<IValueCipher>() is { } cipher
                ? new SealedStore(provider.GetRequiredService<PostgresStore>(), cipher)
                : provider.GetRequiredService<PostgresStore>()
        );
        services.TryAddSingleton<NotifyListener>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IHostedService, NotifyListener>(provider => provider.GetRequiredService<NotifyListener>())
        );
        return services;
    }
}
