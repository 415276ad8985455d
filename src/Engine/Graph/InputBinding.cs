using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Engine.Graph;

/// <summary>How an input gets its value: decided once, when the graph is built.</summary>
internal enum BindingKind
{
    Constant,
    Slot,
    Variable,
    WorkflowInput,
    Script,
}

/// <summary>One input of a node, bound to where its value comes from.</summary>
internal sealed record InputBinding
{
    public required string Name { get; init; }

    public required Type Type { get; init; }

    public required BindingKind Kind { get; init; }

    public required ExpressionDefinition Expression { get; init; }

    /// <summary>The value of a constant, already of the input's type.</summary>
    public object? Constant { get; init; }

    /// <summary>Name of the variable or workflow input.</summary>
    public string? Source { get; init; }

    /// <summary>The node that declares the variable.</summary>
    public Node? SlotNode { get; init; }

    public int Slot { get; init; }

    public Evaluator? Evaluator { get; init; }

    public bool AutoEvaluate { get; init; } = true;

    /// <summary>True: its activity says that its values are secret.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>True: its values are secret, as its activity says it, or because they come from or go to something secret.</summary>
    public bool IsSecret { get; set; }
}

/// <summary>One output of a node, bound to a variable or to an output of the workflow.</summary>
internal sealed class OutputBinding
{
    public required string Name { get; init; }

    public required Type Type { get; init; }

    /// <summary>The node that declares the variable; null when it goes to an output, or nowhere.</summary>
    public Node? SlotNode { get; init; }

    public int Slot { get; init; }

    /// <summary>Name of the workflow output; null when it goes to a variable, or nowhere.</summary>
    public string? WorkflowOutput { get; init; }

    /// <summary>True: it goes to a secret variable.</summary>
    public bool IsSecret => SlotNode?.Variables[Slot].IsSecret == true;
}

/// <summary>A declared variable of a node.</summary>
internal sealed class VariableSlot
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required Type Type { get; init; }

    /// <summary>The default, already of the declared type and plain.</summary>
    public object? Default { get; init; }

    /// <summary>True: its values are secret.</summary>
    public bool IsSecret { get; init; }
}
