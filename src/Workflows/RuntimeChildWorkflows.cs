using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Engine;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Workflows;

/// <summary>Child workflows of activities, on the durable runtime.</summary>
internal sealed class RuntimeChildWorkflows(WorkflowRuntime runtime, IVersionResolver resolver, Secrecy secrecy) : IChildWorkflows
{
    public async ValueTask<bool> IsPublishedAsync(string definitionId, CancellationToken ct) =>
        await resolver.ResolveAsync(new VersionRequest(definitionId), ct) is not null;

    public async ValueTask<ChildWorkflowResult> RunAsync(ChildWorkflowRequest request, CancellationToken ct)
    {
        StartInstanceResult result;

        try
        {
            result = await runtime.StartAsync(
                new StartInstanceRequest(request.DefinitionId)
                {
                    InstanceId = request.InstanceId,
                    Inputs = request.Inputs,
                    CorrelationId = request.CorrelationId,
                    ParentInstanceId = request.ParentInstanceId,
                },
                ct
            );
        }
        catch (DefinitionNotFoundException e)
        {
            throw new WorkflowFaultException(e.Message);
        }

        var state = result.State ?? throw new WorkflowFaultException(result.Refusal ?? $"Instance '{request.InstanceId}' did not start.");
        return new ChildWorkflowResult(
            state.InstanceId,
            state.SubStatus,
            state.Outputs.ToObject(),
            // A child hands out its outputs; what its secrets are is not for its parent.
            state.Incidents.IsEmpty
                ? null
                : (await secrecy.ShownAsync(result, ct)).State!.Incidents[0].Message
        );
    }
}
