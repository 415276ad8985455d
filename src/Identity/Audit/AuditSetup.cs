using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>Registration.</summary>
public static class AuditSetup
{
    /// <summary>Adds the audit log in PostgreSQL. Needs an <see cref="Npgsql.NpgsqlDataSource"/>, an <see cref="IAccess"/> and migrations that have run before the first note.</summary>
    public static IServiceCollection AddAuditLog(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AuditTrail>();
        services.TryAddSingleton<IAuditTrail>(provider => provider.GetRequiredService<AuditTrail>());
        services.TryAddSingleton<AuditLog>();
        return services;
    }
}
