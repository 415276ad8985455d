using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Workflows.Api.Definitions;
using ServiceLoop.Workflows.Api.Descriptors;
using ServiceLoop.Workflows.Api.Desk;
using ServiceLoop.Workflows.Api.Instances;
using ServiceLoop.Workflows.Api.Live;
using ServiceLoop.Workflows.Api.People;
using ServiceLoop.Workflows.Auth;

namespace ServiceLoop.Workflows.Api;

/// <summary>All REST doors: Elsa's, and our own for operators.</summary>
internal static class ApiSetup
{
    /// <summary>Where Elsa's clients look; Elsa Studio wants it without a slash behind.</summary>
    public const string ElsaRoot = "/elsa/api";

    /// <summary>Where our own clients look.</summary>
    public const string OwnRoot = "/api";

    /// <summary>Where operators look.</summary>
    public const string OperationsRoot = "/api/operations";

    public static IServiceCollection AddServiceLoopApi(this IServiceCollection services)
    {
        services.AddDescriptors();
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemHandler>();

        // A body that cannot be read is told like everything else, not with an empty 400.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services
            .AddSingleton<DefinitionViews>()
            .AddSingleton<DefinitionSaving>()
            .AddSingleton<IDraftCheck, RepeatedOutcomes>()
            .AddSingleton<DefinitionDeletions>()
            .AddSingleton<DefinitionConsumers>();
        services.AddSingleton<HubActor>();
        services.AddSignalR().AddHubOptions<InstanceHub>(options => options.AddFilter<HubActor>());
        services.AddSingleton<Observers>().AddSingleton<InstancePushes>().AddHostedService<InstanceWatch>();
        services.Replace(ServiceDescriptor.Singleton<IInstanceSignal>(provider => provider.GetRequiredService<Observers>()));
        return services;
    }

    public static IEndpointRouteBuilder MapServiceLoopApi(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGroup(ElsaRoot)
            .DisableAntiforgery()
            .MapDefinitions()
            .MapExecutions()
            .MapEvents()
            .MapTasks()
            .MapBookmarks()
            .MapInstances()
            .MapActivityExecutions()
            .MapDescriptors()
            .MapIdentity();
        routes.MapGroup(OperationsRoot).DisableAntiforgery().MapWork().MapRepairs();
        routes.MapHub<InstanceHub>(InstanceHub.Path).Needs(Permissions.InstancesRead);
        routes
            .MapGroup(OwnRoot)
            .DisableAntiforgery()
            .MapAudit()
            .MapPeople()
            .MapVersions()
            .MapDiff()
            .MapMigrations()
            .MapReveals()
            .MapClock()
            .MapDesk();
        return routes;
    }
}
