using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Workflows.Health;

/// <summary>Whether the server lives, and whether work may be sent to it.</summary>
internal static class HealthDoors
{
    private const string Ready = "ready";

    // A probe that hangs is answered by its sender's impatience; this one answers first.
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(3);

    public static IServiceCollection AddServiceLoopHealth(this IServiceCollection services)
    {
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services
            .AddHealthChecks()
            .AddCheck<DrainCheck>("drain", tags: [Ready])
            .AddCheck<StoreCheck>("store", tags: [Ready], timeout: StoreTimeout);
        return services;
    }

    /// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: the store answers too, and the node is not leaving. <c>/api/health</c>: as ready.</summary>
    public static IEndpointRouteBuilder MapServiceLoopHealth(this IEndpointRouteBuilder routes)
    {
        const string Why = "Probes have no identity; they learn nothing but whether the node serves.";
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).OpenToAll(Why);
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) }).OpenToAll(Why);
        routes.MapHealthChecks("/api/health", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) }).OpenToAll(Why);
        return routes;
    }
}

/// <summary>Not ready as soon as the node is asked to stop.</summary>
internal sealed class DrainCheck(Drain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining ? HealthCheckResult.Unhealthy("The node is stopping.") : HealthCheckResult.Healthy());
}
