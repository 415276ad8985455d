using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine;

/// <summary>The engine: one pure function.</summary>
public static class WorkflowEngine
{
    /// <summary>Takes one instance one step further: until every branch has ended, waits, or needs the host.</summary>
    /// <remarks>
    /// Pure: equal arguments give equal steps, byte for byte. A fault of the workflow is a state, never an exception. A stimulus that no longer
    /// applies (a bookmark that is gone, a second answer of the host) gives back the same state without effects.
    /// </remarks>
    /// <param name="graph">The graph of the version that the instance runs on.</param>
    /// <param name="state">What the instance is.</param>
    /// <param name="stimulus">What happens to it.</param>
    /// <param name="now">The moment, UTC.</param>
    /// <exception cref="ArgumentException">The graph is of another version, or a value that came with the stimulus is no data.</exception>
    /// <exception cref="AlterationException">A change by hand is not possible; nothing was changed.</exception>
    public static Step Advance(WorkflowGraph graph, WorkflowState state, Stimulus stimulus, DateTimeOffset now)
    {
        Check(graph, state);
        return Run.Take(graph, state, stimulus, now);
    }

    /// <summary>Takes a step again as it was taken in life, and takes down what executions got and gave.</summary>
    /// <param name="graph">The graph of the version that the instance ran on.</param>
    /// <param name="state">What the instance was.</param>
    /// <param name="stimulus">What happened to it.</param>
    /// <param name="now">The moment that the engine was told then, UTC.</param>
    /// <param name="values">Gets the values.</param>
    /// <remarks>As <see cref="Advance"/>.</remarks>
    public static Step Repeat(WorkflowGraph graph, WorkflowState state, Stimulus stimulus, DateTimeOffset now, ExecutionValues values)
    {
        Check(graph, state);
        return Run.Take(graph, state, stimulus, now, values);
    }

    private static void Check(WorkflowGraph graph, WorkflowState state)
    {
        if (state.DefinitionVersionId != graph.DefinitionVersionId)
            throw new ArgumentException(
                $"Instance '{state.InstanceId}' runs on version '{state.DefinitionVersionId}', but the graph is of version '{graph.DefinitionVersionId}'.",
                nameof(graph)
            );
    }
}
