using System.Collections;
using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Nodes;

/// <summary>Gives a variable a value.</summary>
[Activity("Elsa", "Primitives", "Gives a variable a value.", DisplayName = "Set Variable")]
public sealed class SetVariable : CodeActivity
{
    private string? variableId;
    private Node? slotNode;
    private int slot;

    /// <summary>The variable; definitions name it by its id.</summary>
    [Input(Description = "The variable.", UIHint = InputHints.VariablePicker)]
    [ReadByActivity]
    public Variable? Variable { get; set; }

    /// <summary>The value; converted to the type of the variable.</summary>
    [Input(Description = "The value.", UIHint = InputHints.SingleLine)]
    public Input<object?> Value { get; set; } = new((object?)null);

    /// <summary>True: the variable is secret.</summary>
    internal bool SetsSecret => slotNode?.Variables[slot].IsSecret == true;

    internal override void ReadMembers(ActivityReader reader, JsonElement json)
    {
        if (ElsaJson.Find(json, "variable") is { } variable)
            variableId =
                variable.ValueKind == JsonValueKind.Object ? ElsaJson.Text(ElsaJson.Find(variable, "id")) : ElsaJson.Text(variable);
    }

    internal override void Prepare(GraphBuilder builder)
    {
        variableId ??= Variable?.Id;
        (slotNode, slot) = variableId is null ? (null, -1) : GraphBuilder.FindVariable(Node.Parent ?? Node, variableId);

        if (slotNode is null)
            builder.Report(
                new(
                    "variable.unknown",
                    $"{Path}.variable",
                    $"'{Id}' sets the variable '{variableId}', which is not declared around it. Declare it, or choose another.",
                    CompileSeverity.Warning,
                    Id
                )
            );
    }

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (slotNode is null)
            throw new WorkflowFaultException($"The variable '{variableId}' is not declared around '{Id}'.");

        ((Frame)context).AssignSlot(slotNode, slot, Value is null ? null : Value.Get(context));
    }
}

/// <summary>Gives an output of the workflow a value.</summary>
[Activity("Elsa", "Primitives", "Gives an output of the workflow a value.", DisplayName = "Set Output")]
public sealed class SetOutput : CodeActivity
{
    /// <summary>Name of the output.</summary>
    [Input(Description = "Name of the output.", UIHint = InputHints.OutputPicker)]
    public Input<string> OutputName { get; set; } = new("");

    /// <summary>The value.</summary>
    [Input(Description = "The value.", UIHint = InputHints.SingleLine)]
    public Input<object?> OutputValue { get; set; } = new((object?)null);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var name = OutputName?.Get(context);

        if (string.IsNullOrEmpty(name))
            throw new WorkflowFaultException($"'{Id}' names no output. Set OutputName.");

        ((Frame)context).SetWorkflowOutput(name, OutputValue is null ? null : OutputValue.Get(context));
    }
}

/// <summary>Sets the correlation id of the instance.</summary>
[Activity("Elsa", "Primitives", "Sets the correlation id of the instance.")]
public sealed class Correlate : CodeActivity
{
    /// <summary>The correlation id.</summary>
    [Input(Description = "The correlation id.", UIHint = InputHints.SingleLine)]
    public Input<string> CorrelationId { get; set; } = new("");

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => context.CorrelationId = CorrelationId?.Get(context);
}

/// <summary>Sets the name of the instance.</summary>
[Activity("Elsa", "Primitives", "Sets the name of the instance.", DisplayName = "Set Name")]
public sealed class SetName : CodeActivity
{
    /// <summary>The name.</summary>
    [Input(Description = "The name.", UIHint = InputHints.SingleLine)]
    public Input<string> Value { get; set; } = new("");

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => context.WorkflowName = Value?.Get(context);
}

/// <summary>Prints a line.</summary>
[Activity("Elsa", "Console", "Prints a line.", DisplayName = "Write Line")]
public sealed class WriteLine : CodeActivity
{
    /// <summary>The text.</summary>
    [Input(Description = "The text.", UIHint = InputHints.SingleLine)]
    public Input<string> Text { get; set; } = new("");

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        if (Text?.Get(context) is { } text)
            context.Emit(new Effect.WriteLine(text));
    }
}

/// <summary>Fails on purpose.</summary>
[Activity("Elsa", "Primitives", "Fails on purpose, with a code that others may act on.")]
public sealed class Fault : Activity
{
    /// <summary>Stable code.</summary>
    [Input(Description = "Stable code.")]
    public Input<string> Code { get; set; } = new((string?)null);

    /// <summary>Group of codes.</summary>
    [Input(Description = "Group of codes, for example HTTP.")]
    public Input<string> Category { get; set; } = new((string?)null);

    /// <summary>Kind of fault.</summary>
    [Input(Description = "Kind of fault, for example System or Business.")]
    public Input<string> FaultType { get; set; } = new((string?)null);

    /// <summary>What went wrong.</summary>
    [Input(Description = "What went wrong, as a sentence.", UIHint = InputHints.SingleLine)]
    public Input<string> Message { get; set; } = new((string?)null);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) =>
        throw new WorkflowFaultException(
            Message?.Get(context) ?? "The workflow failed on purpose.",
            Code?.Get(context),
            Category?.Get(context),
            FaultType?.Get(context)
        );
}

/// <summary>Ends the whole workflow at once.</summary>
[Activity("Elsa", "Primitives", "Ends the whole workflow at once.")]
public sealed class Finish : Activity, ITerminalNode
{
    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context) => ((Frame)context).Run.FinishWorkflow((Frame)context);
}

/// <summary>Completes the nearest composite, a workflow or a workflow used as activity, with outcomes.</summary>
[Activity("Elsa", "Composition", "Completes the workflow, or the workflow used as activity, with outcomes.")]
public sealed class Complete : Activity, ITerminalNode
{
    /// <summary>A name, a list of names, or a JSON array of them; none means Done.</summary>
    [Input(Description = "A name, or a list of names; none means Done.", UIHint = InputHints.OutcomePicker)]
    public Input<object> Outcomes { get; set; } = new((object?)null);

    /// <inheritdoc/>
    protected override void Execute(ActivityExecutionContext context)
    {
        var outcomes = Named(Outcomes?.Get(context));
        var composite = ((Frame)context).Parent;

        while (composite is not null && !composite.Node.IsComposite)
            composite = composite.Parent;

        if (composite is not null)
            composite.ChosenOutcomes = outcomes;

        // First its own chart or sequence ends by itself, then whatever is left.
        context.Complete();
        composite?.Complete(outcomes);
    }

    private static ImmutableArray<string> Named(object? value)
    {
        if (value is string text && text.TrimStart() is ['[', ..] && ValueJson.TryParse(text, out var parsed))
            value = parsed;

        return value switch
        {
            null or "" => Engine.Outcomes.Default,
            string name => [name],
            IEnumerable list => list.Cast<object?>().Select(ValueConverter.Text).OfType<string>().ToImmutableArray()
                is { IsEmpty: false } names
                ? names
                : Engine.Outcomes.Default,
            _ => [ValueConverter.Text(value)!],
        };
    }
}
