using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.ServiceDesk.TriageModels;

namespace ServiceLoop.ServiceDesk.Triage;

/// <summary>Puts triage together. Without a classifier of another project every contact goes to a person.</summary>
internal static class TriageSetup
{
    public static IServiceCollection AddTriageDesk(this IServiceCollection services)
    {
        services.TryAddSingleton<IClassifier, NoClassifier>();
        services.TryAddSingleton<TaxonomyStore>();
        services.TryAddSingleton<TaxonomyDesk>();
        services.TryAddSingleton<TriageStore>();
        services.TryAddSingleton<TriageDesk>();
        services.TryAddSingleton<ModelStore>();
        services.TryAddSingleton<ModelDesk>();
        return services.AddWriter<TriageOutcomeWriter>().AddWriter<TriageDecisionWriter>().AddWriter<ServiceModeWriter>();
    }
}
