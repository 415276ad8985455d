using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.ServiceDesk.Escalations.Degraded;

/// <summary>Puts the degraded definitions before whoever decides on versions.</summary>
internal static class DegradedSetup
{
    /// <exception cref="InvalidOperationException">Nobody decides on versions yet: the runtime is added before the desk.</exception>
    public static void AddDegradedStarts(this IServiceCollection services)
    {
        var usual =
            services.LastOrDefault(s => s.ServiceType == typeof(IVersionResolver))
            ?? throw new InvalidOperationException("Add the runtime before the desk: nobody decides on versions yet.");

        if (usual.ImplementationFactory?.Method.DeclaringType == typeof(DegradedSetup))
            return;

        services.Remove(usual);
        services.AddSingleton<IVersionResolver>(p => Resolver(p, usual));
    }

    private static DegradedStarts Resolver(IServiceProvider services, ServiceDescriptor usual) =>
        new(
            (IVersionResolver)(
                usual.ImplementationInstance
                ?? usual.ImplementationFactory?.Invoke(services)
                ?? ActivatorUtilities.CreateInstance(services, usual.ImplementationType!)
            ),
            services.GetRequiredService<DegradedStore>(),
            services.GetRequiredService<GraphCache>(),
            services.GetRequiredService<TimeProvider>()
        );
}
