using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tasks;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime;

/// <summary>Puts the runtime together.</summary>
public static class RuntimeSetup
{
    /// <summary>
    /// Adds definitions, instances and work. The host adds an <see cref="IWorkflowStore"/> and a <see cref="WorkflowCompiler"/>, an
    /// <see cref="IWorkSignal"/> if it has a pump, and one <see cref="IMessageHandler"/> for each topic.
    /// </summary>
    public static IServiceCollection AddServiceLoopRuntime(this IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IWorkSignal, SilentSignal>();
        services.TryAddSingleton<IInstanceSignal, SilentInstanceSignal>();
        services.TryAddSingleton<IAccess, OpenAccess>();
        services.TryAddSingleton<GraphCache>();
        services.TryAddSingleton<Guards>();
        services.TryAddSingleton<Bursts>();
        services.TryAddSingleton<IVersionResolver, VersionResolver>();
        services.TryAddSingleton<Starts>();
        services.TryAddSingleton(p => new WorkflowRuntime(
            p.GetRequiredService<Bursts>(),
            p.GetRequiredService<Starts>(),
            p.GetRequiredService<IAccess>()
        ));
        services.TryAddSingleton<WorkDesk>();
        services.TryAddSingleton<Histories>();
        services.TryAddSingleton<Secrecy>();
        services.TryAddSingleton<Reveals>();
        services.TryAddSingleton<InstanceFiles>();
        services.TryAddSingleton(p => new DefinitionService(
            p.GetRequiredService<IWorkflowStore>(),
            p.GetRequiredService<GraphCache>(),
            p.GetRequiredService<Guards>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<IWorkSignal>(),
            p.GetRequiredService<IAccess>(),
            p.GetServices<IPublicationCheck>(),
            p.GetServices<IDraftCheck>()
        ));
        services.TryAddSingleton(p => new WorkRunner(
            p.GetRequiredService<Bursts>(),
            p.GetRequiredService<Starts>(),
            p.GetRequiredService<WorkflowRuntime>(),
            p.GetServices<IMessageHandler>(),
            p.GetRequiredService<IAccess>(),
            p.GetRequiredService<ILogger<WorkRunner>>()
        ));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordWriter, RunTaskWriter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecordWriter, RunTaskEndWriter>());
        return services;
    }
}
