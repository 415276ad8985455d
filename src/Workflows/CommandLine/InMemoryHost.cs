using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine;
using ServiceLoop.Runtime.InMemory;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>Puts an in-memory host together with the services that the activities of the product ask for.</summary>
internal static class InMemoryHost
{
    /// <summary>A host on a clock of its own.</summary>
    public static InMemoryWorkflows Create(SettableClock clock, InMemoryOptions options) =>
        new(Parts.Compiler(), clock, options with { Services = Services });

    /// <summary>The services of a host.</summary>
    public static ServiceProvider Services(InMemoryWorkflows host) =>
        new ServiceCollection()
            .AddSingleton<IChildWorkflows>(new InMemoryChildWorkflows(host))
            .AddLogging()
            .AddBuiltInActivities()
            .BuildServiceProvider();
}

/// <summary>Child workflows of activities, on the in-memory host.</summary>
internal sealed class InMemoryChildWorkflows(InMemoryWorkflows host) : IChildWorkflows
{
    public ValueTask<bool> IsPublishedAsync(string definitionId, CancellationToken ct) =>
        new(host.Definitions.Any(d => d.DefinitionId == definitionId && d.IsPublished));

    public async ValueTask<ChildWorkflowResult> RunAsync(ChildWorkflowRequest request, CancellationToken ct)
    {
        var start = new StartRequest(request.DefinitionId)
        {
            InstanceId = request.InstanceId,
            Inputs = request.Inputs,
            CorrelationId = request.CorrelationId,
            ParentInstanceId = request.ParentInstanceId,
        };
        StartResult result;

        try
        {
            result = await host.StartAsync(start, ct);
        }
        catch (KeyNotFoundException e)
        {
            throw new WorkflowFaultException(e.Message);
        }

        var state = result.Instance?.State ?? throw new WorkflowFaultException(result.Refusal!);
        return new ChildWorkflowResult(
            state.InstanceId,
            state.SubStatus,
            state.Outputs.ToObject(),
            state.Incidents.IsEmpty ? null : state.Incidents[0].Message
        );
    }
}
