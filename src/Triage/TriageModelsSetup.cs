using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Triage.Embeddings;
using ServiceLoop.Triage.Scoring;

namespace ServiceLoop.Triage;

/// <summary>Adds the built-in classifier.</summary>
public static class TriageModelsSetup
{
    /// <summary>Adds it; the service desk must be there too.</summary>
    public static IServiceCollection AddTriageModels(this IServiceCollection services, StarterOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<ISentenceEmbedding, MiniLm>();
        services.TryAddSingleton<ActiveModel>();
        services.Replace(ServiceDescriptor.Singleton<IClassifier>(p => p.GetRequiredService<ActiveModel>()));
        services.AddHostedService<ModelWatch>();
        services.AddHostedService<StarterModel>();
        return services;
    }
}
