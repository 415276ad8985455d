using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Kpis;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.ServiceDesk.Upkeep;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.ServiceDesk;

/// <summary>Puts the service desk together.</summary>
public static class ServiceDeskSetup
{
    /// <summary>Adds the domain. The store on PostgreSQL and the runtime must be there too.</summary>
    public static IServiceCollection AddServiceDesk(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(p => new Database(p.GetRequiredService<NpgsqlDataSource>(), p.GetRequiredService<PostgresStoreOptions>()));
        services.AddClocks();
        AddTasks(services);
        services.TryAddSingleton(p => new KpiDesk(
            p.GetRequiredService<Database>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.AddMessages();
        services.AddTriageDesk();
        services.AddWebhooks();
        services.TryAddSingleton(new DeskRetentionOptions());
        services.TryAddSingleton<DeskUpkeep>();
        services.AddHostedService(p => p.GetRequiredService<DeskUpkeep>());
        services.AddContacts();
        return services.AddKnowledge();
    }

    private static void AddTasks(IServiceCollection services)
    {
        services.AddWriter<TaskRequestWriter>();
        services.AddWriter<TaskEndWriter>();
        services.TryAddSingleton<FormSchemas>();
        services.TryAddSingleton<TaskStore>();
        services.TryAddSingleton<RoutingStore>();
        services.TryAddSingleton<QueueBell>();
        services.TryAddSingleton(new PresenceOptions());
        services.TryAddSingleton<IWorkingTime, EveryMinute>();
        services.TryAddSingleton<Matcher>();
        services.TryAddSingleton(p => new TaskTimeouts(
            p.GetRequiredService<RoutingStore>(),
            p.GetRequiredService<IWorkingTime>(),
            p.GetRequiredService<IAccess>()
        ));
        services.TryAddSingleton(p => new TaskDesk(
            p.GetRequiredService<TaskStore>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<QueueBell>()
        ));
        services.TryAddSingleton(p => new TaskAnswers(
            p.GetRequiredService<TaskStore>(),
            p.GetRequiredService<FormSchemas>(),
            p.GetRequiredService<WorkflowRuntime>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<IWorkSignal>(),
            p.GetRequiredService<QueueBell>()
        ));
        services.TryAddSingleton(p => new TaskFiles(
            p.GetRequiredService<TaskStore>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(p => new Queues(
            p.GetRequiredService<RoutingStore>(),
            p.GetRequiredService<TaskStore>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<QueueBell>(),
            p.GetRequiredService<Matcher>()
        ));
        services.TryAddSingleton(p => new Offers(
            p.GetRequiredService<TaskStore>(),
            p.GetRequiredService<RoutingStore>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<QueueBell>()
        ));
        services.TryAddSingleton(p => new AgentDesk(
            p.GetRequiredService<Database>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<QueueBell>()
        ));
        services.TryAddSingleton(p => new PresenceDesk(
            p.GetRequiredService<TaskStore>(),
            p.GetRequiredService<Offers>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<QueueBell>(),
            p.GetRequiredService<PresenceOptions>()
        ));
        services.AddHandler<ArrivalHandler>();
        services.AddHandler<CasePlaceHandler>();
        services.AddHandler<FreedHandler>();
        services.AddHandler<OverflowHandler>();
        services.AddHandler<OfferExpiry>();
        services.AddHandler<RingHandler>();
        services.AddHostedService<MatchWorker>();
    }
}
