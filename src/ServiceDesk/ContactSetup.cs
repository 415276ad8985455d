using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Promises;
using ServiceLoop.ServiceDesk.Surveys;
using ServiceLoop.ServiceDesk.Windows;

namespace ServiceLoop.ServiceDesk;

/// <summary>Puts together what has to do with customers and their contacts.</summary>
internal static class ContactSetup
{
    public static IServiceCollection AddContacts(this IServiceCollection services)
    {
        services.TryAddSingleton(new ContactOptions());
        services.TryAddSingleton<IServiceHours, CalendarHours>();
        services.TryAddSingleton<LinkTokens>();
        services.TryAddSingleton<ContactTimes>();
        services.TryAddSingleton<CustomerDesk>();
        services.TryAddSingleton<InteractionDesk>();
        services.TryAddSingleton<CaseDesk>();
        services.TryAddSingleton<CallbackPlans>();
        services.TryAddSingleton(p => new CallbackDesk(
            p.GetRequiredService<Database>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<IWorkSignal>(),
            p.GetRequiredService<CallbackPlans>(),
            p.GetRequiredService<ContactTimes>(),
            p.GetRequiredService<LinkTokens>(),
            p.GetRequiredService<ContactOptions>()
        ));
        services.TryAddSingleton<PromiseDesk>();
        services.TryAddSingleton<FollowUpDesk>();
        services.TryAddSingleton<SurveyDesk>();
        services.TryAddSingleton<FindingDesk>();
        return services.AddWriters().AddHandlers();
    }

    private static IServiceCollection AddWriters(this IServiceCollection services) =>
        services
            .Writer<CaseOpeningWriter>()
            .Writer<CaseMoveWriter>()
            .Writer<CaseCustomerWriter>()
            .Writer<CallbackWishWriter>()
            .Writer<PromiseMadeWriter>()
            .Writer<FollowUpWishWriter>()
            .Writer<FindingReportWriter>();

    private static IServiceCollection AddHandlers(this IServiceCollection services) =>
        services
            .Handler<CallbackPlanHandler>()
            .Handler<CallbackDueHandler>()
            .Handler<CallbackLateHandler>()
            .Handler<CallbackSolvedHandler>()
            .Handler<PromiseDueHandler>()
            .Handler<FollowUpPlanHandler>()
            .Handler<FollowUpSendHandler>()
            .Handler<FollowUpExpireHandler>();

    private static IServiceCollection Writer<T>(this IServiceCollection services)
        where T : class, IRecordWriter
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordWriter, T>());
        return services;
    }

    private static IServiceCollection Handler<T>(this IServiceCollection services)
        where T : class, IMessageHandler
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IMessageHandler, T>());
        return services;
    }
}
