using ServiceLoop.Engine.State;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>What the host does for activities that start other workflows. All else leaves the activity as an effect of the step.</summary>
/// <remarks>Safe for all threads.</remarks>
public interface IChildWorkflows
{
    /// <summary>True when the line of versions exists and one of them is published.</summary>
    ValueTask<bool> IsPublishedAsync(string definitionId, CancellationToken ct);

    /// <summary>Starts an instance of the published version and runs it until it ends or waits.</summary>
    /// <remarks>
    /// The host asks again with the same <see cref="ChildWorkflowRequest.InstanceId"/> when it died in between: an instance that exists already is not
    /// started a second time; its present state is the answer.
    /// </remarks>
    /// <exception cref="Engine.WorkflowFaultException">There is no published version any more.</exception>
    ValueTask<ChildWorkflowResult> RunAsync(ChildWorkflowRequest request, CancellationToken ct);
}

/// <summary>A child to start.</summary>
public sealed record ChildWorkflowRequest
{
    /// <summary>Id of the line of versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Id of the new instance; the same when the burst is repeated.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The instance that starts it.</summary>
    public required string ParentInstanceId { get; init; }

    /// <summary>Inputs, <c>ParentInstanceId</c> among them.</summary>
    public IReadOnlyDictionary<string, object?> Inputs { get; init; } = new Dictionary<string, object?>();

    /// <summary>Correlation id of the child; null for none.</summary>
    public string? CorrelationId { get; init; }
}

/// <summary>Where a child stands after its first burst.</summary>
/// <param name="InstanceId">Id of the child.</param>
/// <param name="SubStatus">Where it stands.</param>
/// <param name="Output">Its outputs so far.</param>
/// <param name="Fault">Message of its first open incident; null without one.</param>
public sealed record ChildWorkflowResult(
    string InstanceId,
    WorkflowSubStatus SubStatus,
    IReadOnlyDictionary<string, object?> Output,
    string? Fault = null
);
