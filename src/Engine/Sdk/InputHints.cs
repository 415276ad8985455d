namespace ServiceLoop.Engine;

/// <summary>Editors that the designer has for inputs: the values of <see cref="InputAttribute.UIHint"/>.</summary>
/// <remarks>Spelled as Elsa Studio spells them. What an editor stores is said with it: most a literal as text, lists and objects as JSON text.</remarks>
public static class InputHints
{
    /// <summary>A line of text.</summary>
    public const string SingleLine = "singleline";

    /// <summary>Several lines of text.</summary>
    public const string MultiLine = "multiline";

    /// <summary>True or false; stored as <c>"True"</c> or <c>"False"</c>.</summary>
    public const string Checkbox = "checkbox";

    /// <summary>Some of several values; stored as a JSON array.</summary>
    public const string CheckList = "checklist";

    /// <summary>One of several values, all in sight.</summary>
    public const string RadioList = "radiolist";

    /// <summary>One of several values.</summary>
    public const string Dropdown = "dropdown";

    /// <summary>A list of texts; stored as a JSON array.</summary>
    public const string MultiText = "multitext";

    /// <summary>Names with values; stored as a JSON object whose members are texts, or expressions <c>{ "type", "value" }</c> that are evaluated.</summary>
    public const string Dictionary = "dictionary";

    /// <summary>JSON text; stored as a literal.</summary>
    public const string JsonEditor = "json-editor";

    /// <summary>Source text in <see cref="InputAttribute.Language"/>.</summary>
    public const string CodeEditor = "code-editor";

    /// <summary>An expression in any language.</summary>
    public const string ExpressionEditor = "expression-editor";

    /// <summary>A variable of the workflow.</summary>
    public const string VariablePicker = "variable-picker";

    /// <summary>An input of the workflow.</summary>
    public const string InputPicker = "input-picker";

    /// <summary>An output of the workflow; stored as its name.</summary>
    public const string OutputPicker = "output-picker";

    /// <summary>An outcome of the workflow; stored as its name.</summary>
    public const string OutcomePicker = "outcome-picker";

    /// <summary>A type; stored as its alias.</summary>
    public const string TypePicker = "type-picker";

    /// <summary>A published workflow; stored as the id of its line of versions.</summary>
    public const string WorkflowDefinitionPicker = "workflow-definition-picker";

    /// <summary>A date, with a time if wanted; stored as the browser writes it.</summary>
    public const string DateTimePicker = "datetime-picker";

    /// <summary>Names that are the outcomes of the activity; stored as a JSON array.</summary>
    public const string DynamicOutcomes = "dynamic-outcomes";

    /// <summary>Labels with conditions, the outcomes of a switch in a flowchart.</summary>
    public const string FlowSwitchEditor = "flow-switch-editor";

    /// <summary>Labels with conditions, each with an activity.</summary>
    public const string SwitchEditor = "switch-editor";

    /// <summary>HTTP status codes, each with an activity.</summary>
    public const string HttpStatusCodes = "http-status-codes";
}
