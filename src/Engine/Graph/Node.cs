using System.Collections.Frozen;
using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;

namespace ServiceLoop.Engine.Graph;

/// <summary>One compiled activity. Immutable once the graph is built.</summary>
public sealed class Node
{
    private FrozenDictionary<string, int>? slotsByName;

    internal Node(int index, Activity activity, ActivityDescriptor descriptor, Node? parent)
    {
        Index = index;
        Activity = activity;
        Descriptor = descriptor;
        Parent = parent;
        Composite =
            parent is null ? null
            : parent.IsComposite ? parent
            : parent.Composite;
    }

    /// <summary>Position in the graph.</summary>
    public int Index { get; }

    /// <summary>The shared activity object.</summary>
    public Activity Activity { get; }

    /// <summary>What is known about its type.</summary>
    public ActivityDescriptor Descriptor { get; }

    /// <summary>The activity that contains it; null for the workflow itself.</summary>
    public Node? Parent { get; }

    /// <summary>Id, unique in its container.</summary>
    public string Id => Activity.Id;

    /// <summary>What a person calls it: the text in its box, else its name, else its id.</summary>
    public string Label =>
        Activity.DisplayText is { Length: > 0 } text ? text
        : Activity.Name is { Length: > 0 } name ? name
        : Id;

    /// <summary>Ids from the workflow down, joined by colons.</summary>
    public string NodeId { get; internal set; } = "";

    /// <summary>The children, in order.</summary>
    public ImmutableArray<Node> Children { get; internal set; } = [];

    /// <summary>The nearest composite around it: the workflow or a workflow used as activity.</summary>
    internal Node? Composite { get; }

    internal bool IsComposite => Activity is Composite;

    internal InputBinding[] Inputs { get; set; } = [];

    internal OutputBinding[] Outputs { get; set; } = [];

    internal VariableSlot[] Variables { get; set; } = [];

    /// <summary>Values of all inputs when every one is constant; shared by all executions.</summary>
    internal object?[]? ConstantInputs { get; set; }

    /// <summary>Default values of the declared variables; copied for each execution.</summary>
    internal object?[] VariableDefaults { get; set; } = [];

    internal bool RunsInHost => Descriptor.RunsInHost;

    internal bool RunsInBackground { get; set; }

    /// <summary>When to commit around it.</summary>
    public CommitPoint Commit { get; internal set; }

    /// <summary>The step that undoes this one; null when none is named.</summary>
    internal Node? Undo { get; set; }

    /// <summary>Depth in the tree, from 0.</summary>
    internal int Depth { get; set; }

    /// <summary>Position among the children of its parent.</summary>
    internal int Ordinal { get; set; }

    internal int FindSlotByName(string name)
    {
        var variables = Variables;

        if (variables.Length > 8)
        {
            var byName = slotsByName ??= BuildSlotsByName();
            return byName.TryGetValue(name, out var slot) ? slot : -1;
        }

        for (var i = 0; i < variables.Length; i++)
            if (string.Equals(variables[i].Name, name, StringComparison.OrdinalIgnoreCase))
                return i;

        return -1;
    }

    internal int FindSlotById(string id)
    {
        var variables = Variables;

        for (var i = 0; i < variables.Length; i++)
            if (string.Equals(variables[i].Id, id, StringComparison.Ordinal))
                return i;

        return -1;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Descriptor.TypeName} '{Id}'";

    private FrozenDictionary<string, int> BuildSlotsByName()
    {
        var byName = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

        for (var i = 0; i < Variables.Length; i++)
            byName.TryAdd(Variables[i].Name, i);

        return byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
