using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Execution;

/// <summary>What expressions see of an execution.</summary>
internal sealed partial class Frame : IExpressionScope
{
    private IReadOnlyList<string>? scriptOutcomes;
    private IReadOnlyDictionary<string, object?>? arguments;

    string IExpressionScope.InstanceId => Run.InstanceId;

    string? IExpressionScope.InstanceName
    {
        get => Run.Name;
        set => Run.Name = value;
    }

    string IExpressionScope.DefinitionId => Run.Graph.DefinitionId;

    string IExpressionScope.DefinitionVersionId => Run.Graph.DefinitionVersionId;

    int IExpressionScope.DefinitionVersion => Run.Graph.Version;

    bool IExpressionScope.InsideComposite
    {
        get
        {
            for (var frame = this; frame is not null; frame = frame.Parent)
                if (frame.Node.Activity is WorkflowCall && frame.Slots is not null)
                    return true;

            return false;
        }
    }

    IEnumerable<string> IExpressionScope.VariableNames
    {
        get
        {
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

            for (var frame = this; frame is not null; frame = frame.Parent)
            {
                if (frame.Dynamic is not null)
                    foreach (var name in frame.Dynamic.Keys)
                        if (seen.Add(name))
                            yield return name;

                if (frame.Slots is not null)
                    foreach (var slot in frame.Node.Variables)
                        if (seen.Add(slot.Name))
                            yield return slot.Name;
            }
        }
    }

    IEnumerable<string> IExpressionScope.InputNames => Run.InputNames;

    IEnumerable<(string ActivityId, string? ActivityName, string Output)> IExpressionScope.OutputNames =>
        NodesInSight().SelectMany(n => n.Outputs, (n, output) => (n.Id, n.Activity.Name, output.Name));

    object? IExpressionScope.LastResult => Run.LastResult;

    IReadOnlyDictionary<string, object?> IExpressionScope.Arguments => arguments ?? Run.NoValues;

    public bool TryGetVariable(string name, out object? value)
    {
        for (var frame = this; frame is not null; frame = frame.Parent)
        {
            if (frame.Dynamic is not null && frame.Dynamic.TryGetValue(name, out value))
            {
                value = Decoded(frame.Dynamic, name, value);
                return true;
            }

            if (frame.Slots is not null && frame.Node.FindSlotByName(name) is >= 0 and var slot)
            {
                value = frame.ReadSlot(slot);
                return true;
            }
        }

        value = null;
        return false;
    }

    public override object? GetVariable(string name) => TryGetVariable(name, out var value) ? PlainCopy(value) : null;

    public override void SetVariable(string name, object? value)
    {
        Frame? container = null;

        for (var frame = this; frame is not null; frame = frame.Parent)
        {
            if (frame.Dynamic is not null && frame.Dynamic.ContainsKey(name))
            {
                frame.Dynamic[name] = PlainValue.Of(value);
                return;
            }

            if (frame.Slots is not null && frame.Node.FindSlotByName(name) is >= 0 and var slot)
            {
                frame.Slots[slot] = GraphBuilder.SlotValue(value, frame.Node.Variables[slot].Type);
                return;
            }

            if (container is null && !ReferenceEquals(frame, this) && (frame.Node.Descriptor.IsContainer || frame.Node.IsComposite))
                container = frame;
        }

        container ??= this;
        (container.Dynamic ??= new(StringComparer.OrdinalIgnoreCase))[name] = PlainValue.Of(value);
    }

    public bool TryGetInput(string name, out object? value)
    {
        // Inside a workflow used as activity, its arguments are the inputs.
        for (var frame = this; frame is not null; frame = frame.Parent)
        {
            if (frame.Node.Activity is WorkflowCall && frame.Slots is not null && frame.Node.FindSlotByName(name) is >= 0 and var slot)
            {
                value = frame.ReadSlot(slot);
                return true;
            }
        }

        return Run.TryGetInput(name, out value);
    }

    public object? GetOutput(string activity, string? output)
    {
        foreach (var seen in NodesInSight())
            if (
                seen.Outputs.Length > 0
                && (
                    string.Equals(seen.Activity.Name, activity, StringComparison.Ordinal)
                    || string.Equals(seen.Id, activity, StringComparison.Ordinal)
                )
            )
                return Run.FindOutput(seen, output ?? (seen.Outputs.Length == 1 ? seen.Outputs[0].Name : "Result"));

        return null;
    }

    void IExpressionScope.SetOutcomes(IReadOnlyList<string> outcomes) => scriptOutcomes = outcomes;

    public double NextRandom() => Run.NextRandom();

    public Guid NextGuid() => Run.NextGuid();

    T IExpressionScope.Session<T>(Func<T> create) => Run.Session(create);

    /// <summary>Evaluates a script that an activity runs itself; outcomes that the script chose come back.</summary>
    public object? EvaluateScript(Evaluator evaluator, ExpressionDefinition source, out ImmutableArray<string> outcomes)
    {
        scriptOutcomes = null;

        try
        {
            return evaluator.Evaluate(this);
        }
        catch (ExpressionException e)
        {
            throw new InputFaultException("Failed to run the script", Describe(source, e), e);
        }
        finally
        {
            outcomes = scriptOutcomes is { Count: > 0 } chosen ? [.. chosen] : Outcomes.Default;
        }
    }

    /// <summary>Evaluates all inputs in the order of declaration and keeps the values.</summary>
    public void EvaluateInputs()
    {
        if (Node.ConstantInputs is { } constants)
        {
            Inputs = constants;
            return;
        }

        var bindings = Node.Inputs;

        if (bindings.Length == 0)
            return;

        var values = new object?[bindings.Length];

        for (var i = 0; i < bindings.Length; i++)
            values[i] = bindings[i].AutoEvaluate ? EvaluateBinding(bindings[i]) : bindings[i].Constant;

        Inputs = values;
    }

    public object? EvaluateBinding(InputBinding binding)
    {
        object? value;

        switch (binding.Kind)
        {
            case BindingKind.Constant:
                return binding.Constant;
            case BindingKind.Slot:
                value = FindFrame(binding.SlotNode!) is { Slots: not null } owner
                    ? owner.ReadSlot(binding.Slot)
                    : binding.SlotNode!.Variables[binding.Slot].Default;
                break;
            case BindingKind.Variable:
                TryGetVariable(binding.Source!, out value);
                break;
            case BindingKind.WorkflowInput:
                TryGetInput(binding.Source!, out value);
                break;
            default:
                try
                {
                    value = binding.Evaluator!.Evaluate(this);
                }
                catch (ExpressionException e)
                {
                    throw new InputFaultException(
                        $"Failed to evaluate activity input '{binding.Name}'",
                        Describe(binding.Expression, e),
                        e
                    );
                }

                break;
        }

        return binding.Type == typeof(object) ? PlainCopy(value) : ValueConverter.Convert(value, binding.Type);
    }

    public object? ReadSlot(int slot)
    {
        var value = Slots![slot];

        if (value is RawValue raw)
            Slots[slot] = value = ValueJson.ReadStored(raw.Utf8, Node.Variables[slot].Type);

        return value;
    }

    /// <summary>What was written, where it failed and why.</summary>
    private static string Describe(ExpressionDefinition expression, ExpressionException e) =>
        $"{expression.Type}{InputBinder.Place(e)}: {e.Message} In: {expression.Quoted}";

    /// <summary>Lists and objects are copied whenever they leave the state, so that nobody changes it from outside.</summary>
    private static object? PlainCopy(object? value) => PlainValue.IsScalar(value) ? value : PlainValue.Of(value);

    private IEnumerable<Node> NodesInSight()
    {
        for (var around = Node.Parent; around is not null; around = around.Parent)
        {
            foreach (var child in around.Children)
                yield return child;

            if (around.IsComposite)
                yield break;
        }
    }
}

/// <summary>An input or script that failed; the message is Elsa's, the detail quotes the expression and the position.</summary>
internal sealed class InputFaultException(string message, string detail, Exception inner) : Exception(message, inner)
{
    public string Detail { get; } = detail;
}
