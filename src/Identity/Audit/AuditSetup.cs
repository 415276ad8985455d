using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Audit;

/// <summary>Registration.</summary>
public static class AuditSetup
{
    /// <summary>Adds the audit log in PostgreSQL. Needs an <see cref="Npgsql.NpgsqlDataSource"/> and migrations that have run before the first note.</summary>
    /// <remarks>Where nobody guards the services, everybody may read it and nothing is written.</remarks>
    public static IServiceCollection AddAuditLog(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AuditTrail>();
        services.AddSingleton<IAuditTrail>(provider => provider.GetRequiredService<AuditTrail>());
        services.TryAddSingleton<IAccess, OpenAccess>();
        services.TryAddSingleton<AuditLog>();
        return services;
    }
}
