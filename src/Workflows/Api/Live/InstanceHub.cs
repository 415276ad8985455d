using Microsoft.AspNetCore.SignalR;

namespace ServiceLoop.Workflows.Api.Live;

/// <summary>What a viewer is told; the names are those that Elsa Studio listens to.</summary>
internal static class ViewerCalls
{
    /// <summary>Badges of activities changed: <see cref="StatsMessage"/>.</summary>
    public const string Stats = "ActivityExecutionLogUpdatedAsync";

    /// <summary>The journal grew: <see cref="JournalMessage"/>.</summary>
    public const string Journal = "WorkflowExecutionLogUpdatedAsync";

    /// <summary>The instance itself changed: <see cref="InstanceMessage"/>.</summary>
    public const string Instance = "WorkflowInstanceUpdatedAsync";
}

/// <summary>The door for viewers that stay: <c>/elsa/hubs/workflow-instance</c>.</summary>
/// <remarks>A connection costs a place in a table; nothing is done for an instance that nobody looks at.</remarks>
internal sealed class InstanceHub(Observers observers) : Hub
{
    /// <summary>Where Elsa Studio looks for it: its API's address with another last part.</summary>
    public const string Path = "/elsa/hubs/workflow-instance";

    // Studio opens one connection for each instance; more is no viewer.
    private const int MaxInstances = 100;

    // Ids longer than this cannot be told to other nodes, and are no instance's.
    private const int MaxIdLength = 500;

    /// <summary>From now on this connection is told of an instance. An unknown one is no error: it may be about to start.</summary>
    /// <exception cref="HubException">Too many, or no id at all.</exception>
    [HubMethodName("ObserveInstanceAsync")]
    public async Task ObserveInstanceAsync(string workflowInstanceId)
    {
        if (string.IsNullOrWhiteSpace(workflowInstanceId) || workflowInstanceId.Length > MaxIdLength || workflowInstanceId.Contains('\n'))
            throw new HubException("Name the instance to observe.");

        if (!observers.TryAdd(Context.ConnectionId, workflowInstanceId, MaxInstances))
            throw new HubException($"One connection observes at most {MaxInstances} instances.");

        await Groups.AddToGroupAsync(Context.ConnectionId, workflowInstanceId, Context.ConnectionAborted);
        observers.Wake(workflowInstanceId);
    }

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        observers.Remove(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}

/// <summary>Statistics of activities that something happened to.</summary>
internal sealed record StatsMessage(IReadOnlyList<Instances.ExecutionStatsView> Stats);

/// <summary>Says nothing: the viewer reads again.</summary>
internal sealed record JournalMessage;

/// <summary>Names the instance: the viewer reads it again.</summary>
internal sealed record InstanceMessage(string WorkflowInstanceId);
