using Microsoft.Extensions.Primitives;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Workflows.Auth;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>Puts HTTP workflows together.</summary>
internal static class HttpWorkflowSetup
{
    // What a workflow answers is written by its author. A browser gives it an origin of its own: it cannot act as who looks at it.
    private const string Sandbox = "sandbox allow-forms allow-scripts allow-popups allow-downloads";

    public static IServiceCollection AddHttpWorkflows(this IServiceCollection services, IConfiguration settings)
    {
        services.AddSingleton(settings.ReadSection<HttpWorkflowOptions>("Http"));
        services.AddSingleton<Routes>();
        services.AddSingleton<WorkflowDoor>();
        services.AddScoped<RequestReply>();
        services.AddScoped<IHttpReply>(provider => provider.GetRequiredService<RequestReply>());
        services.AddRouting();
        services.AddAuthorization();
        services.AddSingleton<IPublicationCheck, AnswerCheck>();
        services.AddHostedService<DefinitionWatch>();
        return services;
    }

    /// <summary>All methods, everything below the base path.</summary>
    public static IEndpointRouteBuilder MapHttpWorkflows(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<HttpWorkflowOptions>();
        var door = routes.ServiceProvider.GetRequiredService<WorkflowDoor>();
        var all = routes
            .Map($"{options.Root}/{{**path}}", context => ServeAsync(door, context))
            .DisableAntiforgery()
            .LimitStrangers()
            .DisableRequestTimeout()
            .ExcludeFromDescription();

        if (options.Anonymous)
            all.OpenToAll("The settings say so; endpoints that ask for authorization ask all the same.");
        else
            all.Needs(Permissions.WorkflowsCall);

        return routes;
    }

    private static Task ServeAsync(WorkflowDoor door, HttpContext context)
    {
        // Added to what the workflow says itself, and only when it has: policies of several headers all count.
        context.Response.OnStarting(
            static state =>
            {
                var headers = ((HttpResponse)state).Headers;
                headers.ContentSecurityPolicy = StringValues.Concat(headers.ContentSecurityPolicy, Sandbox);
                return Task.CompletedTask;
            },
            context.Response
        );
        return door.ServeAsync(context);
    }
}

/// <summary>Forgets what is remembered of definitions that some node has changed. A message that is lost costs a second at most.</summary>
internal sealed class DefinitionWatch(NotifyListener listener, Routes routes, GraphCache graphs) : IHostedService
{
    private IDisposable? subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // What this node changes itself is known before its call returns.
        graphs.Watch(_ => routes.Forget());
        subscription = listener.Subscribe(definitionId =>
        {
            routes.Forget();

            if (definitionId is not null)
                graphs.Forget(definitionId);
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        subscription?.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Refuses to publish answers that can never be sent.</summary>
internal sealed class AnswerCheck : IPublicationCheck
{
    public IEnumerable<CompileError> Check(WorkflowGraph graph) => AnswerAfterWait.Find(graph);
}
