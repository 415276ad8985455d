using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Compilation;

/// <summary>Binds expressions to where their values come from: literals are converted once, variables become slots, scripts are compiled.</summary>
internal sealed class InputBinder(
    IReadOnlyDictionary<string, IExpressionLanguage> languages,
    FlowSemantics semantics,
    List<CompileError> errors
)
{
    /// <summary>True when some expression may read outputs of activities.</summary>
    public bool ReadsOutputs { get; set; }

    /// <summary>Binds one expression as an input of the given type, seen from a node.</summary>
    public InputBinding Bind(
        Node node,
        string name,
        Type type,
        ExpressionDefinition? expression,
        bool autoEvaluate = true,
        bool isSensitive = false
    )
    {
        if (expression is null)
            return Constant(name, type, ExpressionDefinition.Literal(null), null);

        switch (expression.Type)
        {
            case "Literal":
                return Literal(node, name, type, expression, expression.Value);
            case "Object" or "Json":
                return Json(node, name, type, expression);
            case "Variable":
                return VariableRead(node, name, type, expression);
            case "Input":
                return new InputBinding
                {
                    Name = name,
                    Type = type,
                    Kind = BindingKind.WorkflowInput,
                    Expression = expression,
                    Source = NameOf(expression),
                };
            case "Delegate":
                return Constant(name, type, expression, null);
            default:
                return Script(node, name, type, expression, autoEvaluate, isSensitive);
        }
    }

    /// <summary>Binds an input whose members may be expressions of their own.</summary>
    public InputBinding BindMembers(Node node, string name, Type type, ExpressionDefinition? expression, bool isSensitive)
    {
        var whole = Bind(node, name, type, expression, isSensitive: isSensitive);

        if (
            expression is not { Type: "Object" or "Json" }
            || PlainValue.Of(whole.Constant) is not IDictionary<string, object?> given
            || !given.Values.Any(v => MembersEvaluator.Read(v, IsLanguage, expression.Path) is not null)
        )
            return whole;

        return new InputBinding
        {
            Name = name,
            Type = type,
            Kind = BindingKind.Script,
            Expression = expression,
            Evaluator = new MembersEvaluator([.. given.Select(m => (m.Key, Member(m.Key, m.Value)))]),
            IsSensitive = isSensitive,
        };

        InputBinding Member(string member, object? value) =>
            MembersEvaluator.Read(value, IsLanguage, expression.Path) is { } inner
                ? Bind(node, $"{name}[{member}]", typeof(object), inner)
                : Constant(member, typeof(object), ExpressionDefinition.Literal(value), value);
    }

    private bool IsLanguage(string type) => type is "Literal" or "Object" or "Json" or "Variable" or "Input" || languages.ContainsKey(type);

    private void Report(CompileError error) => errors.Add(error);

    private InputBinding Literal(Node node, string name, Type type, ExpressionDefinition expression, object? value)
    {
        if (!ValueConverter.TryConvert(value, type, out var converted))
        {
            if (semantics == FlowSemantics.Sound)
                Report(
                    new(
                        "input.value",
                        expression.Path,
                        $"'{expression.Quoted}' is not a value of type {WorkflowTypes.AliasOf(type)}, which input '{name}' of '{node.Id}' needs.",
                        ActivityId: node.Id
                    )
                );

            converted = ValueConverter.DefaultOf(type);
        }

        return Constant(name, type, expression, converted);
    }

    private InputBinding Json(Node node, string name, Type type, ExpressionDefinition expression)
    {
        if (expression.Value is not string text || text.Trim().Length == 0)
            return Constant(name, type, expression, ValueConverter.Convert(expression.Value, type));

        if (type == typeof(string))
            return Constant(name, type, expression, text);

        if (ValueJson.TryParse(text, out var parsed) && ValueConverter.TryConvert(parsed, type, out var value))
            return Constant(name, type, expression, value);

        if (semantics == FlowSemantics.Sound)
            Report(
                new(
                    "input.json",
                    expression.Path,
                    $"Input '{name}' of '{node.Id}' is not JSON for {WorkflowTypes.AliasOf(type)}: '{expression.Quoted}'.",
                    ActivityId: node.Id
                )
            );

        return Constant(name, type, expression, ValueConverter.DefaultOf(type));
    }

    private InputBinding VariableRead(Node node, string name, Type type, ExpressionDefinition expression)
    {
        var id = expression.Value is IDictionary<string, object?> members
            ? ValueConverter.Text(members.FirstOrDefault(m => m.Key.Equals("id", StringComparison.OrdinalIgnoreCase)).Value)
            : expression.Value as string;
        var (slotNode, slot) = id is null ? (null, -1) : GraphBuilder.FindVariable(node.Parent ?? node, id);
        var source = NameOf(expression) ?? id;

        if (slotNode is null && source is null)
            Report(
                new(
                    "expression.variable",
                    expression.Path,
                    $"Input '{name}' of '{node.Id}' reads a variable without naming one.",
                    semantics == FlowSemantics.Sound ? CompileSeverity.Error : CompileSeverity.Warning,
                    node.Id
                )
            );
        else if (slotNode is null)
            Report(
                new(
                    "expression.unknown-variable",
                    expression.Path,
                    $"Input '{name}' of '{node.Id}' reads the variable '{source}', which is not declared around it.",
                    CompileSeverity.Warning,
                    node.Id
                )
            );

        return new InputBinding
        {
            Name = name,
            Type = type,
            Kind = slotNode is null ? BindingKind.Variable : BindingKind.Slot,
            Expression = expression,
            Source = source ?? "",
            SlotNode = slotNode,
            Slot = slot,
        };
    }

    private InputBinding Script(Node node, string name, Type type, ExpressionDefinition expression, bool autoEvaluate, bool isSensitive)
    {
        if (!languages.TryGetValue(expression.Type, out var language))
        {
            Report(
                new(
                    "expression.unknown-language",
                    expression.Path,
                    $"Input '{name}' of '{node.Id}' is written in '{expression.Type}', which is not known. Use one of: Literal, Object, Variable, Input, {string.Join(", ", languages.Keys)}.",
                    semantics == FlowSemantics.Sound ? CompileSeverity.Error : CompileSeverity.Warning,
                    node.Id
                )
            );
            return Constant(name, type, expression, ValueConverter.DefaultOf(type));
        }

        Evaluator evaluator;

        try
        {
            evaluator = language.Compile(expression.Value as string ?? ValueConverter.Text(expression.Value) ?? "");
        }
        catch (ExpressionException e)
        {
            // Elsa finds it only when the activity is reached.
            Report(
                new(
                    "expression.syntax",
                    expression.Path,
                    $"{expression.Type} of input '{name}' of '{node.Id}' does not parse{Place(e)}: {e.Message} In: {expression.Quoted}",
                    semantics == FlowSemantics.Sound ? CompileSeverity.Error : CompileSeverity.Warning,
                    node.Id
                )
            );
            evaluator = new FailingEvaluator(e);
        }

        ReadsOutputs |= evaluator.ReadsOutputs;
        return new InputBinding
        {
            Name = name,
            Type = type,
            Kind = BindingKind.Script,
            Expression = expression,
            Evaluator = evaluator,
            AutoEvaluate = autoEvaluate,
            IsSensitive = isSensitive,
        };
    }

    internal static string Place(ExpressionException e) => e.Line > 0 ? $" at line {e.Line}, column {e.Column}" : "";

    private static string? NameOf(ExpressionDefinition expression) =>
        expression.Value is IDictionary<string, object?> members
            ? ValueConverter.Text(members.FirstOrDefault(m => m.Key.Equals("name", StringComparison.OrdinalIgnoreCase)).Value)
            : expression.Value as string;

    private static InputBinding Constant(string name, Type type, ExpressionDefinition expression, object? value) =>
        new()
        {
            Name = name,
            Type = type,
            Kind = BindingKind.Constant,
            Expression = expression,
            Constant = value ?? ValueConverter.DefaultOf(type),
        };

    private sealed class FailingEvaluator(ExpressionException exception) : Evaluator
    {
        public override object? Evaluate(IExpressionScope scope) =>
            throw new ExpressionException(exception.Message, exception.Line, exception.Column, exception);
    }
}
