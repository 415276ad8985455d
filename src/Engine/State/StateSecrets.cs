using System.Collections.Immutable;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.State;

/// <summary>The places of a state that hold secrets, by its graph: what is in them, and the same state without it.</summary>
public static class StateSecrets
{
    /// <summary>The secret values that a state holds, plain; none of them null. Some may come twice.</summary>
    public static IReadOnlyList<object> Of(WorkflowGraph graph, WorkflowState state)
    {
        if (!graph.HoldsSecrets)
            return [];

        var found = new List<object>();
        Walk(
            graph,
            state,
            value =>
            {
                if (Plain(value) is { } secret)
                    found.Add(secret);

                return value;
            }
        );
        return found;
    }

    /// <summary>The same state with another value in each secret place that holds one.</summary>
    /// <param name="graph">The graph of its version.</param>
    /// <param name="state">The state.</param>
    /// <param name="mask">Stands for a secret.</param>
    public static WorkflowState Masked(WorkflowGraph graph, WorkflowState state, string mask) =>
        graph.HoldsSecrets ? Walk(graph, state, value => Plain(value) is null ? value : mask) : state;

    private static object? Plain(object? value) =>
        value is RawValue raw ? ValueJson.ReadStored(raw.Utf8, typeof(object)) : PlainValue.Of(value);

    private static WorkflowState Walk(WorkflowGraph graph, WorkflowState state, Func<object?, object?> change) =>
        state with
        {
            Inputs =
            [
                .. state.Inputs.Select(v =>
                    graph.Inputs.Any(i => i.IsSensitive && Same(i.Name, v.Name)) ? v with { Value = change(v.Value) } : v
                ),
            ],
            FinalVariables =
            [
                .. state.FinalVariables.Select(v =>
                    Array.Exists(graph.Root.Variables, s => s.IsSecret && Same(s.Name, v.Name)) ? v with { Value = change(v.Value) } : v
                ),
            ],
            Frames = [.. state.Frames.Select(f => f.Node < graph.Nodes.Length ? Walk(graph.Nodes[f.Node], f, change) : f)],
            ActivityOutputs =
            [
                .. state.ActivityOutputs.Select(o =>
                    o.Node < graph.Nodes.Length && Array.Exists(graph.Nodes[o.Node].Outputs, b => b.IsSecret && b.Name == o.Output)
                        ? o with
                        {
                            Value = change(o.Value),
                        }
                        : o
                ),
            ],
        };

    private static FrameState Walk(Node node, FrameState frame, Func<object?, object?> change) =>
        frame with
        {
            Variables = Each(frame.Variables, i => node.Variables[i].IsSecret, node.Variables.Length, change),
            Inputs = Each(frame.Inputs, i => node.Inputs[i].IsSecret, node.Inputs.Length, change),
            Given = Each(frame.Given, i => node.Outputs[i].IsSecret, node.Outputs.Length, change),
        };

    private static ImmutableArray<object?> Each(
        ImmutableArray<object?> values,
        Func<int, bool> isSecret,
        int count,
        Func<object?, object?> change
    ) => values.IsDefaultOrEmpty ? values : [.. values.Select((value, i) => i < count && isSecret(i) ? change(value) : value)];

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
