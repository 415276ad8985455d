using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Changes;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Improvements;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Promises;
using ServiceLoop.ServiceDesk.Routing;
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
        services.TryAddSingleton<SurveyLetters>();
        services.TryAddSingleton<CallbackLetters>();
        services.TryAddSingleton(p => new FollowUpDesk(
            p.GetRequiredService<Database>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<IWorkSignal>(),
            p.GetRequiredService<ContactTimes>(),
            p.GetRequiredService<LinkTokens>(),
            p.GetRequiredService<SurveyLetters>()
        ));
        services.TryAddSingleton<SurveyDesk>();
        services.TryAddSingleton<FindingDesk>();
        services.TryAddSingleton<ImprovementDesk>();
        services.TryAddSingleton<ChangeDesk>();
        services.TryAddEnumerable([
            ServiceDescriptor.Singleton<ICaseFollower, CaseWebhooks>(),
            ServiceDescriptor.Singleton<ICaseFollower, SettledCallbacks>(),
            ServiceDescriptor.Singleton<ICaseFollower, CasePlaces>(),
            ServiceDescriptor.Singleton<ICaseFollower, CaseAlarms>(),
            ServiceDescriptor.Singleton<ICaseFollower, WatchedCases>(),
        ]);
        return services.AddWriters().AddHandlers();
    }

    private static IServiceCollection AddWriters(this IServiceCollection services) =>
        services
            .AddWriter<CaseOpeningWriter>()
            .AddWriter<CaseMoveWriter>()
            .AddWriter<CaseCustomerWriter>()
            .AddWriter<CaseAnswerWriter>()
            .AddWriter<InstanceLeftWriter>()
            .AddWriter<CallbackWishWriter>()
            .AddWriter<PromiseMadeWriter>()
            .AddWriter<FollowUpWishWriter>()
            .AddWriter<FindingReportWriter>();

    private static IServiceCollection AddHandlers(this IServiceCollection services) =>
        services
            .AddHandler<InstanceLeftHandler>()
            .AddHandler<CallbackPlanHandler>()
            .AddHandler<CallbackDueHandler>()
            .AddHandler<CallbackLateHandler>()
            .AddHandler<CallbackSolvedHandler>()
            .AddHandler<CallbackExpiryHandler>()
            .AddHandler<WaitOffers>()
            .AddHandler<OutOfHours>()
            .AddHandler<CustomerReplies>()
            .AddHandler<PromiseDueHandler>()
            .AddHandler<FollowUpPlanHandler>()
            .AddHandler<FollowUpSendHandler>()
            .AddHandler<FollowUpExpireHandler>();
}
