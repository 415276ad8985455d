using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>Variables of a workflow: in its first execution while it lives, kept apart when it has ended.</summary>
internal static class InstanceVariables
{
    public static async Task<IReadOnlyList<VariableView>> OfAsync(WorkflowState state, DefinitionService definitions, CancellationToken ct)
    {
        var declared = await definitions.FindAsync(state.DefinitionVersionId, ct) is { } row ? StoredDefinition.Read(row).Variables : [];

        if (state.Frames.FirstOrDefault(f => f.Node == 0) is not { } frame)
            return
            [
                .. state
                    .FinalVariables.ToObject()
                    .Select(v => new VariableView(declared.FirstOrDefault(d => d.Name == v.Key)?.Id ?? v.Key, v.Key, v.Value)),
            ];

        return
        [
            .. declared.Zip(frame.Variables, (d, value) => new VariableView(d.Id, d.Name, StoredValues.Decode(value))),
            .. frame.Dynamic.Select(v => new VariableView(v.Name, v.Name, StoredValues.Decode(v.Value))),
        ];
    }
}
