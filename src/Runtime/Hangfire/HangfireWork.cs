using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Hangfire.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Timers, retries and housekeeping on Hangfire.</summary>
public static class HangfireWork
{
    /// <summary>Adds them. Wants <see cref="Store.IWorkflowStore"/> and <see cref="WorkRunner"/>; gives <see cref="IWorkSignal"/>.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="connectionString">The database with Hangfire's tables; the same as the store's.</param>
    /// <remarks>
    /// Hangfire's own registration keeps its storage in a static field; this one does not, so that several hosts may live in one process. Options come as
    /// a singleton: <see cref="RetentionOptions"/>.
    /// </remarks>
    public static IServiceCollection AddHangfireWork(this IServiceCollection services, string connectionString)
    {
        // Static in Hangfire, and the same for every host.
        GlobalConfiguration
            .Configuration.SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new RetentionOptions());

        services.TryAddSingleton(new JobTables(connectionString));
        services.TryAddSingleton(OpenStorage);
        services.TryAddSingleton<IGlobalConfiguration>(GlobalConfiguration.Configuration);
        services.TryAddSingleton(DashboardRoutes.Routes);
        services.TryAddSingleton(Filters());
        services.TryAddSingleton<IBackgroundJobClient>(p => new BackgroundJobClient(
            p.GetRequiredService<JobStorage>(),
            p.GetRequiredService<IJobFilterProvider>()
        ));
        services.TryAddSingleton<IRecurringJobManager>(p => new RecurringJobManager(
            p.GetRequiredService<JobStorage>(),
            p.GetRequiredService<IJobFilterProvider>()
        ));

        services.TryAddSingleton<Bell>();
        services.Replace(ServiceDescriptor.Singleton<IWorkSignal>(p => p.GetRequiredService<Bell>()));
        services.TryAddSingleton(p =>
        {
            var runner = p.GetRequiredService<WorkRunner>();
            return new WorkCalls(runner.RunAsync, runner.GiveUpAsync);
        });
        services.TryAddSingleton<LeaseHolder>();
        services.TryAddSingleton<JobDoor>();
        services.TryAddSingleton<WorkAttempts>();
        services.TryAddSingleton<Upkeep>();
        services.TryAddSingleton<Pulse>();
        services.TryAddTransient<WorkJobs>();
        services.AddSingleton<IHostedService>(p => p.GetRequiredService<LeaseHolder>());
        services.AddHostedService<JobServers>();
        return services;
    }

    private static JobStorage OpenStorage(IServiceProvider services)
    {
        LogProvider.SetCurrentLogProvider(new HangfireLog(services.GetRequiredService<ILoggerFactory>()));
        return services.GetRequiredService<JobTables>().Open();
    }

    /// <summary>Instead of Hangfire's global filters: without the one that stores the culture with each job, and with retries as our policy decides.</summary>
    private static IJobFilterProvider Filters()
    {
        var ours = new JobFilterCollection { new RetryAsDecided(), new StatisticsHistoryAttribute() };
        return new JobFilterProviderCollection(ours, new JobFilterAttributeFilterProvider());
    }
}
