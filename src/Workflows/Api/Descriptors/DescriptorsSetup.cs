namespace ServiceLoop.Workflows.Api.Descriptors;

/// <summary>What the designer asks about the server: activity types, languages, types, strategies, features.</summary>
internal static class DescriptorsSetup
{
    public static IServiceCollection AddDescriptors(this IServiceCollection services)
    {
        services.AddSingleton<ActivityDescriptors>();
        services.AddSingleton<ActivityTest>();
        services.AddHostedService(p => p.GetRequiredService<ActivityDescriptors>());
        return services;
    }

    public static RouteGroupBuilder MapDescriptors(this RouteGroupBuilder routes) =>
        routes.MapActivityDescriptors().MapHostDescriptors().MapFeatures().MapResilience().MapScripting().MapActivityTests();
}
