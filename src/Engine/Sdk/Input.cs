using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Engine;

/// <summary>A typed argument of an activity, given as an expression and evaluated before the activity runs.</summary>
public abstract class Input
{
    private protected Input(ExpressionDefinition expression) => Expression = expression;

    /// <summary>Where the value comes from.</summary>
    public ExpressionDefinition Expression { get; internal set; }

    /// <summary>The type that the value is converted to.</summary>
    public abstract Type Type { get; }

    /// <summary>Position among the inputs of its node; -1 before compilation.</summary>
    internal int Index { get; set; } = -1;

    internal abstract object? ValueIn(ActivityExecutionContext context);
}

/// <summary>A typed argument of an activity.</summary>
/// <typeparam name="T">Type of the value that <see cref="Get"/> gives.</typeparam>
public sealed class Input<T> : Input
{
    /// <summary>An input with a fixed value.</summary>
    public Input(T? literal)
        : base(ExpressionDefinition.Literal(literal)) { }

    /// <summary>An input with an expression.</summary>
    public Input(ExpressionDefinition expression)
        : base(expression) { }

    /// <summary>An input that reads a variable.</summary>
    public Input(Variable variable)
        : base(new("Variable", new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = variable.Id, ["name"] = variable.Name }))
    { }

    /// <inheritdoc/>
    public override Type Type => typeof(T);

    /// <summary>The value for this execution: evaluated once and kept, also across a suspension.</summary>
    public T? Get(ActivityExecutionContext context) => context.Get(this);

    internal override object? ValueIn(ActivityExecutionContext context) => context.Get(this);

    /// <summary>A fixed value as an input.</summary>
    public static implicit operator Input<T>(T? literal) => new(literal);

    /// <summary>A variable as an input.</summary>
    public static implicit operator Input<T>(Variable variable) => new(variable);
}

/// <summary>A typed result of an activity, bound to a variable or to an output of the workflow.</summary>
public abstract class Output
{
    /// <summary>Id of the variable, or name of the workflow output, that takes the value; null takes it nowhere.</summary>
    public string? Target { get; set; }

    /// <summary>The type of the value.</summary>
    public abstract Type Type { get; }

    /// <summary>Position among the outputs of its node; -1 before compilation.</summary>
    internal int Index { get; set; } = -1;
}

/// <summary>A typed result of an activity.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public sealed class Output<T> : Output
{
    /// <inheritdoc/>
    public override Type Type => typeof(T);

    /// <summary>Gives the output its value; it also goes to the bound variable or workflow output.</summary>
    public void Set(ActivityExecutionContext context, T? value) => context.Set(this, value);
}

/// <summary>A variable of a workflow or of a container.</summary>
public class Variable
{
    /// <summary>Creates a variable.</summary>
    /// <param name="name">Name, matched without regard to case.</param>
    /// <param name="type">Declared type; values are converted to it.</param>
    /// <param name="value">Default value.</param>
    /// <param name="id">Id that definitions bind to; the name when null.</param>
    public Variable(string name, Type? type = null, object? value = null, string? id = null) =>
        (Name, Type, Value, Id) = (name, type ?? typeof(object), value, id ?? name);

    /// <summary>Id that definitions bind to.</summary>
    public string Id { get; }

    /// <summary>Name, matched without regard to case.</summary>
    public string Name { get; }

    /// <summary>Declared type.</summary>
    public Type Type { get; }

    /// <summary>Default value; plain, or text that is converted.</summary>
    public object? Value { get; }

    /// <summary>True: its values are secret. They are encrypted where they are stored, and masked where they are shown.</summary>
    public bool IsSensitive { get; init; }
}

/// <summary>A variable with a type known at compile time.</summary>
public sealed class Variable<T>(string name, T? value = default) : Variable(name, typeof(T), value);
