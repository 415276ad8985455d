using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>Decides whether an instance may start beside those that run.</summary>
internal static class Activation
{
    /// <summary>Why it may not start, as a sentence; null when it may.</summary>
    /// <remarks>As in Elsa, without a correlation id nothing can be told apart: any running instance of the definition refuses.</remarks>
    public static string? Refuse(WorkflowGraph graph, string? correlationId, IEnumerable<InMemoryInstance> instances)
    {
        var running = instances.Where(i => i.IsRunning);

        return graph.ActivationStrategy switch
        {
            ActivationStrategy.Always => null,
            ActivationStrategy.Singleton => running.Any(OfDefinition) ? $"An instance of '{graph.DefinitionId}' runs already." : null,
            ActivationStrategy.CorrelatedSingleton => running.Any(i => OfDefinition(i) && Correlated(i))
                ? $"An instance of '{graph.DefinitionId}' with the correlation id '{correlationId}' runs already."
                : null,
            ActivationStrategy.Correlation => running.Any(i => correlationId is null ? OfDefinition(i) : Correlated(i))
                ? $"An instance with the correlation id '{correlationId}' runs already."
                : null,
            _ => throw new InvalidOperationException($"Unknown activation strategy {graph.ActivationStrategy}."),
        };

        bool OfDefinition(InMemoryInstance instance) => instance.State.DefinitionId == graph.DefinitionId;

        bool Correlated(InMemoryInstance instance) => correlationId is null || instance.State.CorrelationId == correlationId;
    }
}
