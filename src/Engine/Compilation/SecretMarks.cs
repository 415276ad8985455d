using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Compilation;

/// <summary>Finds which inputs of activities have secret values: those that say it themselves, and those that read or set what is secret.</summary>
/// <remarks>What a script makes of a secret cannot be known here; whoever shows values masks the secret within them, too.</remarks>
internal static class SecretMarks
{
    /// <summary>Marks the inputs of bound nodes.</summary>
    /// <returns>Whether anything is secret at all.</returns>
    public static bool Set(IReadOnlyList<Node> nodes)
    {
        var found = false;

        foreach (var node in nodes)
        {
            found |= Array.Exists(node.Variables, v => v.IsSecret) || InputsOf(node).Any(i => i.IsSensitive);

            foreach (var input in node.Inputs)
            {
                input.IsSecret = (input.IsSensitive && IsGiven(input)) || ReadsSecret(node, input) || SetsSecret(node, input);
                found |= input.IsSecret;
            }
        }

        return found;
    }

    private static bool IsGiven(InputBinding input) =>
        input.Kind != BindingKind.Constant || input.Constant is not (null or "" or System.Collections.ICollection { Count: 0 });

    private static bool ReadsSecret(Node node, InputBinding input) =>
        input.Kind switch
        {
            BindingKind.Slot => input.SlotNode!.Variables[input.Slot].IsSecret,
            BindingKind.WorkflowInput => InputsOf(node.Composite)
                .Any(i => i.IsSensitive && string.Equals(i.Name, input.Source, StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };

    private static bool SetsSecret(Node node, InputBinding input) =>
        node.Activity switch
        {
            SetVariable set => set.SetsSecret && input.Name == nameof(SetVariable.Value),
            WorkflowCall => Array.Exists(
                node.Variables,
                v => v.IsSecret && string.Equals(v.Name, input.Name, StringComparison.OrdinalIgnoreCase)
            ),
            _ => false,
        };

    private static IEnumerable<Definitions.ArgumentDefinition> InputsOf(Node? node) =>
        node?.Activity switch
        {
            Workflow { Definition: { } definition } => definition.Inputs,
            WorkflowCall call => call.Definition.Inputs,
            _ => [],
        };
}
