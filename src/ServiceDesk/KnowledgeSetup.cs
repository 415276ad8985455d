using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.ServiceDesk.Intake;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.ServiceDesk.ProblemFiles;
using ServiceLoop.ServiceDesk.Tracking;

namespace ServiceLoop.ServiceDesk;

/// <summary>Puts together the entry of all channels, problem files, knowledge, and what customers see.</summary>
internal static class KnowledgeSetup
{
    public static IServiceCollection AddKnowledge(this IServiceCollection services)
    {
        services.TryAddSingleton(p => new IntakeStore(p.GetRequiredService<Database>(), p.GetService<IValueCipher>()));
        services.TryAddSingleton(p => new IntakeDesk(
            p.GetRequiredService<IntakeStore>(),
            p.GetRequiredService<InteractionDesk>(),
            p.GetRequiredService<StatusLinks>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton(p => new IntakeSources(
            p.GetRequiredService<IntakeStore>(),
            p.GetRequiredService<IntakeDesk>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton<ProblemFileDesk>();
        services.TryAddSingleton<ArticleDesk>();
        services.TryAddSingleton<ArticleProposals>();
        services.TryAddSingleton<StarterArticles>();
        services.TryAddSingleton<KnowledgeSearch>();
        services.TryAddSingleton<KnowledgeUses>();
        services.TryAddSingleton<HandOverDesk>();
        services.TryAddSingleton<StatusLinks>();
        services.TryAddSingleton<StatusDesk>();
        services.AddHandler<ArticleExpiry>();
        return services.AddWriter<SolutionAttemptWriter>().AddWriter<KnowledgeUseWriter>().AddWriter<HandOverWriter>();
    }
}
