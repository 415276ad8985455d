using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using ServiceLoop.Runtime.DrivenTime;
using ServiceLoop.ServiceDesk.Agents;

namespace ServiceLoop.Workflows.Start;

/// <summary>The product's time: that of the machine, unless the settings say otherwise in all clearness.</summary>
internal static class TimeSettings
{
    /// <exception cref="StartException">The settings cannot be used.</exception>
    public static IServiceCollection AddProductTime(this IServiceCollection services, IConfiguration settings, string connectionString)
    {
        var options = settings.ReadSection<ClockOptions>("Clock");

        if (options.Fault(new NpgsqlConnectionStringBuilder(connectionString).Database) is { } fault)
            throw new StartException(fault);

        if (options.Open(TimeProvider.System) is { } driven)
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(driven));

        services.AddDrivenTime();
        return services;
    }

    /// <exception cref="StartException">The settings cannot be used.</exception>
    public static PresenceOptions ReadPresence(IConfiguration settings)
    {
        var options = settings.ReadSection<PresenceOptions>("Presence");
        return options.Fault() is { } fault ? throw new StartException(fault) : options;
    }

    /// <summary>Warns when time is not real.</summary>
    public static void Tell(IServiceProvider services, ILogger logger)
    {
        if (services.GetRequiredService<TimeProvider>() is DrivenClock driven)
            Log.TimeIsDriven(logger, driven.GetUtcNow(), driven.Pace.Speed);
    }
}
