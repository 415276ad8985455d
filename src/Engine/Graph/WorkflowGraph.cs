using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Engine.Graph;

/// <summary>A definition version, compiled once: immutable, shared by all threads, cached by version id.</summary>
public sealed class WorkflowGraph
{
    internal WorkflowGraph(ImmutableArray<Node> nodes) => Nodes = nodes;

    /// <summary>Id of the version.</summary>
    public required string DefinitionVersionId { get; init; }

    /// <summary>Id of the line of versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Number of the version, from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Name of the workflow.</summary>
    public string? Name { get; init; }

    /// <summary>All nodes; the first is the workflow itself.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>The workflow itself.</summary>
    public Node Root => Nodes[0];

    /// <summary>The rules of its flowcharts.</summary>
    public FlowSemantics Semantics { get; init; }

    /// <summary>What a fault does.</summary>
    public IncidentStrategy IncidentStrategy { get; init; }

    /// <summary>Whether it may start beside others.</summary>
    public ActivationStrategy ActivationStrategy { get; init; }

    /// <summary>Declared inputs.</summary>
    public ImmutableArray<ArgumentDefinition> Inputs { get; init; } = [];

    /// <summary>Declared outputs.</summary>
    public ImmutableArray<ArgumentDefinition> Outputs { get; init; } = [];

    /// <summary>Declared outcomes.</summary>
    public ImmutableArray<string> Outcomes { get; init; } = [];

    /// <summary>
    /// True: some variable, input of the workflow or input of an activity is secret. All that is stored of an instance is encrypted then, as a secret gets
    /// around: into other inputs, outputs, messages.
    /// </summary>
    public bool HoldsSecrets { get; init; }

    /// <summary>Activities that one step may run before it is taken for an endless loop.</summary>
    public int StepBudget { get; init; } = 10_000;

    /// <summary>A burst that takes longer is committed on its way, before the next activity; null commits by other strategies only.</summary>
    public TimeSpan? CommitInterval { get; init; }

    /// <summary>What is odd but not wrong.</summary>
    public ImmutableArray<CompileError> Warnings { get; init; } = [];

    /// <summary>True: some expression reads outputs of other activities, so these survive a suspension.</summary>
    internal bool ReadsOutputs { get; init; }

    /// <summary>True in Elsa's modes: what was queued still runs after an end or a fault.</summary>
    internal bool IsElsaExact => Semantics != FlowSemantics.Sound;

    /// <summary>Finds a node by the id of its activity; the first in order of definition, outer before inner.</summary>
    public Node? FindByActivityId(string id)
    {
        Node? found = null;

        foreach (var node in Nodes)
            if (string.Equals(node.Id, id, StringComparison.Ordinal) && (found is null || node.Depth < found.Depth))
                found = node;

        return found;
    }

    /// <summary>Finds a node by its path of ids.</summary>
    public Node? FindByNodeId(string nodeId) => Nodes.FirstOrDefault(n => string.Equals(n.NodeId, nodeId, StringComparison.Ordinal));
}
