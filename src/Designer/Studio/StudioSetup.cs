using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ServiceLoop.Designer.Studio;

/// <summary>Elsa Studio below <c>/studio/</c>: its files, our pages around it.</summary>
public static class StudioSetup
{
    /// <summary>Adds the pages' services. They ask <c>DefinitionService</c> and <c>WorkflowRuntime</c> what exists.</summary>
    public static IServiceCollection AddStudio(this IServiceCollection services)
    {
        services.AddLocalization();
        services.TryAddSingleton(_ => StudioPackage.Find());
        services.TryAddSingleton<StudioPage>();
        return services;
    }

    /// <summary>Opens <c>/studio/</c>.</summary>
    public static IEndpointRouteBuilder MapStudio(this IEndpointRouteBuilder routes) => routes.MapStudioFiles().MapStudioPages();
}
