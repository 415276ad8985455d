using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>A variable of an instance.</summary>
/// <param name="Id">Id by which activities are bound to it.</param>
/// <param name="Name">Name; matched without regard to case.</param>
/// <param name="TypeName">Alias of the declared type; null for one that a script made.</param>
/// <param name="IsArray">True: an array of the type.</param>
/// <param name="Value">Plain value.</param>
public sealed record InstanceVariable(string Id, string Name, string? TypeName, bool IsArray, object? Value)
{
    /// <summary>True: it is secret. In a state that may be shown, a mask stands for its value.</summary>
    public bool IsSensitive { get; init; }
}

/// <summary>Variables of a workflow: in its first execution while it lives, kept apart when it has ended.</summary>
internal static class InstanceVariables
{
    /// <summary>For who has asked the gate already: the declared ones in the order of their declaration, then those that scripts made.</summary>
    public static async Task<IReadOnlyList<InstanceVariable>> OfAsync(WorkflowState state, IWorkflowStore store, CancellationToken ct)
    {
        // Of the row, not of the graph: its names are known though it may not compile any more.
        var declared = await store.FindDefinitionAsync(state.DefinitionVersionId, ct) is { } row
            ? StoredDefinition.Read(row).Variables
            : [];

        if (state.Frames.FirstOrDefault(f => f.Node == 0) is not { } frame)
            return
            [
                .. state
                    .FinalVariables.ToObject()
                    .Select(v =>
                    {
                        var known = declared.FirstOrDefault(d => d.Name == v.Key);
                        return new InstanceVariable(known?.Id ?? v.Key, v.Key, known?.TypeName, known?.IsArray ?? false, v.Value)
                        {
                            IsSensitive = known?.IsSensitive ?? false,
                        };
                    }),
            ];

        return
        [
            .. declared.Zip(
                frame.Variables,
                (d, value) =>
                    new InstanceVariable(d.Id, d.Name, d.TypeName, d.IsArray, StoredValues.Decode(value)) { IsSensitive = d.IsSensitive }
            ),
            .. frame.Dynamic.Select(v => new InstanceVariable(v.Name, v.Name, null, IsArray: false, StoredValues.Decode(v.Value))),
        ];
    }
}
