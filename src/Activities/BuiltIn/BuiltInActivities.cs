using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Elsa's activities that need the host or a package.</summary>
public static class BuiltInActivities
{
    /// <summary>Adds all of them to the catalog.</summary>
    public static ActivityCatalog AddTo(ActivityCatalog catalog) =>
        catalog
            // other workflows
            .Add<DispatchWorkflow>()
            .Add<ExecuteWorkflow>()
            .Add<BulkDispatchWorkflows>()
            // HTTP
            .Add<HttpEndpoint>()
            .Add<WriteHttpResponse>()
            .Add<SendHttpRequest>()
            .Add<FlowSendHttpRequest>()
            // time
            .Add<Cron>();

    /// <summary>Adds what they need, except <see cref="IChildWorkflows"/>. A host that serves requests registers its own <see cref="IHttpReply"/> first.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="http">Limits of outgoing requests; the defaults when null.</param>
    public static IServiceCollection AddBuiltInActivities(this IServiceCollection services, OutgoingHttpOptions? http = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(http ?? new OutgoingHttpOptions());
        services.TryAddSingleton<OutgoingHttp>();
        services.TryAddSingleton<IHttpReply, ClosedReply>();
        services
            .AddHttpClient(OutgoingHttp.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(OutgoingHttp.CreateHandler);
        return services;
    }
}
