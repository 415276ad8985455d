namespace ServiceLoop.Engine;

/// <summary>What an activity is to the host that runs it.</summary>
public enum ActivityKind
{
    /// <summary>Runs in the burst.</summary>
    Action,

    /// <summary>May start a workflow.</summary>
    Trigger,

    /// <summary>Runs in the background, after the commit.</summary>
    Job,

    /// <summary>Runs in the burst, or in the background where the definition says <c>runAsynchronously</c>.</summary>
    Task,
}

/// <summary>When the burst is committed around an activity.</summary>
public enum CommitPoint
{
    /// <summary>With the end of the burst.</summary>
    Later,

    /// <summary>Before it runs: the intent is on disk first, and after a crash it comes back as an incident, never silently twice.</summary>
    Before,

    /// <summary>After it completed.</summary>
    After,

    /// <summary>Before and after.</summary>
    BeforeAndAfter,
}

/// <summary>Names an activity type and describes it to the designer.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ActivityAttribute(string @namespace, string? category = null, string? description = null) : Attribute
{
    /// <summary>First part of the type name: <c>Elsa</c> for built-ins.</summary>
    public string Namespace { get; } = @namespace;

    /// <summary>Group in the designer's palette.</summary>
    public string? Category { get; } = category;

    /// <summary>One sentence for the designer.</summary>
    public string? Description { get; } = description;

    /// <summary>Second part of the type name; the class name when null.</summary>
    public string? Type { get; set; }

    /// <summary>Name in the designer; the class name in words when null.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Version of the type, from 1.</summary>
    public int Version { get; set; } = 1;

    /// <summary>How the host runs it.</summary>
    public ActivityKind Kind { get; set; }

    /// <summary>For <see cref="ActivityKind.Task"/>: whether it runs in the background when the definition does not say.</summary>
    public bool RunAsynchronously { get; set; }

    /// <summary>When the burst is committed around it.</summary>
    public CommitPoint Commit { get; set; }

    /// <summary>False hides the type from the palette.</summary>
    public bool IsBrowsable { get; set; } = true;

    /// <summary>Kind of calls that it repeats when <c>customProperties.resilienceStrategy</c> asks for it, for example <c>HTTP</c>; null repeats none.</summary>
    public string? ResilienceCategory { get; set; }
}

/// <summary>Describes an input to the designer. The property is an <see cref="Input{T}"/>, or a plain value that is not wrapped.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InputAttribute : Attribute
{
    /// <summary>Name in the designer.</summary>
    public string? DisplayName { get; set; }

    /// <summary>One sentence for the designer.</summary>
    public string? Description { get; set; }

    /// <summary>Tab in the designer.</summary>
    public string? Category { get; set; }

    /// <summary>Editor in the designer: one of <see cref="InputHints"/>; what fits the type when null.</summary>
    public string? UIHint { get; set; }

    /// <summary>Language that the designer offers first.</summary>
    public string? DefaultSyntax { get; set; }

    /// <summary>Values to choose from, for lists; the names of the type when it is an enum and this is null.</summary>
    public string[]? Options { get; set; }

    /// <summary>An enum whose names are the values to choose from, where the type of the input is wider.</summary>
    public Type? OptionsType { get; set; }

    /// <summary>For a code editor: the language of the text, for example <c>javascript</c> or <c>json</c>.</summary>
    public string? Language { get; set; }

    /// <summary>For outcomes that the author names: those that are there anyway.</summary>
    public string[]? FixedOutcomes { get; set; }

    /// <summary>False hides the input in the designer.</summary>
    public bool IsBrowsable { get; set; } = true;

    /// <summary>Default shown by the designer; the property's initial value when null.</summary>
    public object? DefaultValue { get; set; }

    /// <summary>False: the activity evaluates the input itself, as often as it likes.</summary>
    public bool AutoEvaluate { get; set; } = true;

    /// <summary>True: values are masked on screen and left out of records.</summary>
    public bool IsSensitive { get; set; }

    /// <summary>Position in the designer.</summary>
    public float Order { get; set; }
}

/// <summary>Marks an input whose member of the definition the activity reads itself; the rest of the engine leaves it alone.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ReadByActivityAttribute : Attribute;

/// <summary>Describes an output to the designer.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OutputAttribute : Attribute
{
    /// <summary>Name in the designer.</summary>
    public string? DisplayName { get; set; }

    /// <summary>One sentence for the designer.</summary>
    public string? Description { get; set; }
}

/// <summary>The outcomes of an activity: its ports in a flowchart.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FlowNodeAttribute(params string[] outcomes) : Attribute
{
    /// <summary>Names of the outcomes, in the order of the ports.</summary>
    public IReadOnlyList<string> Outcomes { get; } = outcomes;
}

/// <summary>Marks a property that holds a child activity or a list of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PortAttribute(string? name = null) : Attribute
{
    /// <summary>Name of the port; the property name when null.</summary>
    public string? Name { get; } = name;

    /// <summary>False: the designer shows no place for it.</summary>
    public bool IsBrowsable { get; set; } = true;
}
