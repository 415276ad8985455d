using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine.Execution;

/// <summary>A stimulus that starts a new instance of a workflow.</summary>
/// <param name="ActivityId">The activity that it starts at.</param>
/// <param name="NodeId">Path of ids to it.</param>
/// <param name="Name">Name of the stimulus.</param>
/// <param name="Hash">Hash of name and payload.</param>
/// <param name="Payload">What must be equal.</param>
/// <param name="DueAt">When it fires by itself, UTC; null waits for the stimulus.</param>
public sealed record TriggerRecord(
    string ActivityId,
    string NodeId,
    string Name,
    string Hash,
    ImmutableArray<NamedValue> Payload,
    DateTimeOffset? DueAt
);

/// <summary>Finds what starts a workflow: every trigger that may, anywhere in the tree.</summary>
public static class TriggerIndex
{
    /// <summary>The triggers of a graph. Inputs are evaluated without an instance: variables have their defaults.</summary>
    /// <param name="graph">The graph of the version that is published.</param>
    /// <param name="now">The moment, UTC.</param>
    /// <param name="errors">Triggers that cannot be indexed; a version with one must not be published.</param>
    public static ImmutableArray<TriggerRecord> Of(WorkflowGraph graph, DateTimeOffset now, out ImmutableArray<CompileError> errors)
    {
        var found = ImmutableArray.CreateBuilder<TriggerRecord>();
        var wrong = ImmutableArray.CreateBuilder<CompileError>();

        foreach (var node in graph.Nodes)
        {
            if (!node.Descriptor.IsTrigger || !node.Activity.CanStartWorkflow)
                continue;

            try
            {
                var frame = Run.Imagine(graph, node, now);

                foreach (var request in node.Activity.InvokeGetTriggers(frame))
                    found.Add(
                        new TriggerRecord(
                            node.Id,
                            node.NodeId,
                            request.Name,
                            StimulusHash.Of(request.Name, request.Payload, request.ExcludedFromHash),
                            request.Payload is null
                                ? []
                                : [.. request.Payload.Select(p => new NamedValue(p.Key, Values.PlainValue.Of(p.Value)))],
                            request.DueAt
                        )
                    );
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                var detail = e is InputFaultException input ? $"{e.Message}. {input.Detail}" : e.Message;
                wrong.Add(
                    new CompileError(
                        "trigger.input",
                        node.Activity.Path,
                        $"Trigger '{node.Id}' cannot be indexed: {detail}",
                        ActivityId: node.Id
                    )
                );
            }
        }

        errors = wrong.DrainToImmutable();
        return found.DrainToImmutable();
    }
}
