using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServiceLoop.Engine.Compilation;

/// <summary>What is known about an activity type, read from its attributes once.</summary>
public sealed class ActivityDescriptor
{
    /// <summary>Full name: namespace and name, for example <c>Elsa.WriteLine</c>.</summary>
    public required string TypeName { get; init; }

    /// <summary>First part of the full name.</summary>
    public required string Namespace { get; init; }

    /// <summary>Second part of the full name.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the type.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Group in the palette.</summary>
    public string Category { get; init; } = "Misc";

    /// <summary>Name in the designer.</summary>
    public required string DisplayName { get; init; }

    /// <summary>One sentence.</summary>
    public string? Description { get; init; }

    /// <summary>How the host runs it.</summary>
    public ActivityKind Kind { get; init; }

    /// <summary>Whether a task runs in the background by default.</summary>
    public bool RunAsynchronously { get; init; }

    /// <summary>When the burst is committed around it.</summary>
    public CommitPoint Commit { get; init; }

    /// <summary>False: not in the palette.</summary>
    public bool IsBrowsable { get; init; } = true;

    /// <summary>True: it may start a workflow.</summary>
    public bool IsTrigger { get; init; }

    /// <summary>True: it ends its flowchart.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>True: it is the preferred start of a flowchart.</summary>
    public bool IsStart { get; init; }

    /// <summary>True: it contains other activities.</summary>
    public bool IsContainer { get; init; }

    /// <summary>True: its code runs in the host.</summary>
    public bool RunsInHost { get; init; }

    /// <summary>Kind of calls that it repeats when its definition asks for it; null repeats none.</summary>
    public string? ResilienceCategory { get; init; }

    /// <summary>True: it completes by itself.</summary>
    public bool CompletesItself { get; init; }

    /// <summary>Inputs in the order of declaration.</summary>
    public ImmutableArray<InputDescriptor> Inputs { get; init; } = [];

    /// <summary>Outputs in the order of declaration.</summary>
    public ImmutableArray<OutputDescriptor> Outputs { get; init; } = [];

    /// <summary>Children it holds.</summary>
    public ImmutableArray<PortDescriptor> Ports { get; init; } = [];

    /// <summary>Outcomes that its type declares; empty means Done.</summary>
    public ImmutableArray<string> Outcomes { get; init; } = [];

    /// <summary>The .NET type behind it; null for a workflow used as activity.</summary>
    public Type? ClrType { get; init; }

    /// <summary>For a workflow used as activity: id of its line of versions.</summary>
    public string? WorkflowDefinitionId { get; init; }

    /// <summary>For a workflow used as activity: id of the version.</summary>
    public string? WorkflowDefinitionVersionId { get; init; }

    /// <summary>Makes a new, unconfigured activity of this type.</summary>
    internal Func<Activity> Create { get; init; } = static () => throw new InvalidOperationException("This type is not made from a class.");

    internal FrozenDictionary<string, ResumePoint> ResumePoints { get; init; } = FrozenDictionary<string, ResumePoint>.Empty;

    internal FrozenDictionary<string, Action<Activity, ActivityExecutionContext, ActivityCompletion>> CompletionCallbacks { get; init; } =
        FrozenDictionary<string, Action<Activity, ActivityExecutionContext, ActivityCompletion>>.Empty;

    internal FrozenDictionary<string, InputDescriptor> InputsByName { get; init; } = FrozenDictionary<string, InputDescriptor>.Empty;

    internal FrozenDictionary<string, OutputDescriptor> OutputsByName { get; init; } = FrozenDictionary<string, OutputDescriptor>.Empty;

    internal FrozenDictionary<string, PortDescriptor> PortsByName { get; init; } = FrozenDictionary<string, PortDescriptor>.Empty;
}

/// <summary>A method that continues an activity after its bookmark was resumed.</summary>
/// <param name="InEngine">Runs inside the step; null when it runs in the host.</param>
/// <param name="InHost">Runs in the host; null when it runs inside the step.</param>
internal sealed record ResumePoint(
    Action<Activity, ActivityExecutionContext>? InEngine,
    Func<Activity, ActivityExecutionContext, ValueTask>? InHost
);

/// <summary>What is known about an input.</summary>
public sealed class InputDescriptor
{
    /// <summary>Property name.</summary>
    public required string Name { get; init; }

    /// <summary>Type of the value.</summary>
    public required Type Type { get; init; }

    /// <summary>True: an <see cref="Input{T}"/> with an expression; false: plain JSON.</summary>
    public bool IsWrapped { get; init; } = true;

    /// <summary>Attribute with texts for the designer.</summary>
    public required InputAttribute Attribute { get; init; }

    /// <summary>Value that a new activity has.</summary>
    public object? DefaultValue { get; init; }

    /// <summary>Editor in the designer: one of <see cref="InputHints"/>.</summary>
    public string Hint => Attribute.UIHint ?? HintFor(Nullable.GetUnderlyingType(Type) ?? Type);

    /// <summary>True: the activity reads it from the definition itself.</summary>
    public bool IsReadByActivity { get; init; }

    /// <summary>Makes an item of a list of cases with activities; null when it is no such list.</summary>
    internal Func<ActivityCase>? CreateCase { get; init; }

    internal Func<Activity, object?> Get { get; init; } = static _ => null;

    /// <summary>Sets the property: an expression for wrapped inputs (null clears it), else a value of the type.</summary>
    internal Action<Activity, object?> Set { get; init; } = static (_, _) => { };

    /// <summary>The editor that fits a type.</summary>
    public static string HintFor(Type type) =>
        type == typeof(bool) ? InputHints.Checkbox
        : type.IsEnum ? InputHints.Dropdown
        : type == typeof(Variable) ? InputHints.VariablePicker
        : type.IsArray && type != typeof(byte[]) ? InputHints.MultiText
        : type == typeof(IDictionary<string, object?>) ? InputHints.Dictionary
        : InputHints.SingleLine;
}

/// <summary>What is known about an output.</summary>
public sealed class OutputDescriptor
{
    /// <summary>Property name.</summary>
    public required string Name { get; init; }

    /// <summary>Type of the value.</summary>
    public required Type Type { get; init; }

    /// <summary>Name in the designer.</summary>
    public string? DisplayName { get; init; }

    /// <summary>One sentence.</summary>
    public string? Description { get; init; }

    internal Func<Activity, Output?> Get { get; init; } = static _ => null;

    internal Func<Activity, Output> GetOrCreate { get; init; } = static _ => new Output<object>();
}

/// <summary>What is known about a port: a place for a child.</summary>
public sealed class PortDescriptor
{
    /// <summary>Name of the port.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the property.</summary>
    public required string PropertyName { get; init; }

    /// <summary>True: holds a list.</summary>
    public bool IsList { get; init; }

    /// <summary>False: the designer shows no place for it.</summary>
    public bool IsBrowsable { get; init; } = true;

    internal Func<Activity, object?> Get { get; init; } = static _ => null;

    internal Action<Activity, object?> Set { get; init; } = static (_, _) => { };
}
