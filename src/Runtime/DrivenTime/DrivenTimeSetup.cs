using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Hangfire;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Runtime.DrivenTime;

/// <summary>Puts what drives time together.</summary>
public static class DrivenTimeSetup
{
    /// <summary>Adds <see cref="TimeDesk"/>. The store on PostgreSQL and the product's time must be there too.</summary>
    public static IServiceCollection AddDrivenTime(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(p => new TimeDesk(
            p.GetRequiredService<Database>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<LeaseHolder>()
        ));
        return services;
    }
}
