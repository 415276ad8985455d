using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Escalations.Degraded;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Puts calendars, clocks and escalations together.</summary>
internal static class ClocksSetup
{
    public static IServiceCollection AddClocks(this IServiceCollection services)
    {
        services.TryAddSingleton(p => new CalendarStore(p.GetRequiredService<Database>()));
        services.TryAddSingleton(p => new WorkingTimes(p.GetRequiredService<CalendarStore>()));
        services.TryAddSingleton<IWorkingTime, QueueTime>();
        services.TryAddSingleton(p => new CalendarService(
            p.GetRequiredService<CalendarStore>(),
            p.GetRequiredService<Recomputes>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<IWorkSignal>(),
            p.GetRequiredService<TimeProvider>()
        ));

        services.TryAddSingleton<ClockStore>();
        services.TryAddSingleton<PolicyStore>();
        services.TryAddSingleton<ClockDesk>();
        services.TryAddSingleton<CaseClocks>();
        services.TryAddSingleton<Recomputes>();
        services.TryAddSingleton<Rebinds>();
        services.TryAddSingleton(p => new ClockService(
            p.GetRequiredService<ClockDesk>(),
            p.GetRequiredService<CaseClocks>(),
            p.GetRequiredService<WorkingTimes>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(p => new SlaPolicyService(
            p.GetRequiredService<PolicyStore>(),
            p.GetRequiredService<ClockStore>(),
            p.GetRequiredService<Rebinds>(),
            p.GetRequiredService<WorkingTimes>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>()
        ));

        services.TryAddSingleton<EscalationStore>();
        services.TryAddSingleton<IAudience, ContactAudience>();
        services.TryAddSingleton<INoticeSender, NoticesByMessage>();
        services.TryAddSingleton<DegradedStore>();
        services.TryAddSingleton<EscalationDesk>();
        services.TryAddSingleton<StormDesk>();
        services.TryAddSingleton(p => new EscalationService(
            p.GetRequiredService<EscalationDesk>(),
            p.GetRequiredService<DegradedStore>(),
            p.GetRequiredService<WorkingTimes>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.AddDegradedStarts();

        return services
            .AddWriter<StartedClockWriter>()
            .AddWriter<ClockAskWriter>()
            .AddWriter<EscalationSignalWriter>()
            .AddWriter<AcknowledgementWriter>()
            .AddHandler<ThresholdMessage>()
            .AddHandler<ClockCommandMessage>()
            .AddHandler<LongPauseMessage>()
            .AddHandler<RecomputeMessage>()
            .AddHandler<RebindMessage>()
            .AddHandler<CaseEventMessage>()
            .AddHandler<CaseNewsMessage>()
            .AddHandler<SignalMessage>()
            .AddHandler<EscalationTimerMessage>()
            .AddHandler<NoticeMessage>()
            .AddHandler<ReleaseMessage>()
            .AddHandler<CaseWatch>()
            .AddHandler<StormMessage>()
            .AddHandler<DegradedCheck>()
            .AddHandler<ParentAcknowledgedMessage>()
            .AddHandler<AcknowledgementMessage>();
    }
}
