using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.Reduction;

/// <summary>A part of an expression that is computed without an interpreter.</summary>
/// <remarks>
/// A node either gives exactly what JavaScript gives or says that it cannot, as soon as an object would have to be converted or something would
/// have to be thrown. Nodes only read, so the interpreter can then start the whole expression again.
/// </remarks>
internal abstract class ReducedNode
{
    /// <summary>Computes the value; false when the interpreter must do it.</summary>
    public abstract bool TryCompute(IExpressionScope scope, out Scalar value);
}

/// <summary>A literal.</summary>
internal sealed class ConstantNode(Scalar value) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar computed)
    {
        computed = value;
        return true;
    }
}

/// <summary><c>!x</c>, <c>-x</c>, <c>+x</c> and <c>typeof x</c>.</summary>
internal sealed class UnaryNode(Acornima.Operator op, ReducedNode operand) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        if (!operand.TryCompute(scope, out value))
            return false;

        switch (op)
        {
            case Acornima.Operator.LogicalNot:
                value = Scalar.Of(!value.IsTruthy);
                return true;
            case Acornima.Operator.TypeOf:
                value = Scalar.Of(TypeOf(value));
                return true;
            case Acornima.Operator.UnaryNegation when !value.IsObject:
                value = Scalar.Of(-value.ToNumber());
                return true;
            case Acornima.Operator.UnaryPlus when !value.IsObject:
                value = Scalar.Of(value.ToNumber());
                return true;
            default:
                return false;
        }
    }

    private static string TypeOf(Scalar value) =>
        value.Is switch
        {
            Scalar.Kind.Undefined => "undefined",
            Scalar.Kind.Boolean => "boolean",
            Scalar.Kind.Number => "number",
            Scalar.Kind.Text => "string",
            _ => "object",
        };
}

/// <summary><c>a &amp;&amp; b</c>, <c>a || b</c> and <c>a ?? b</c>.</summary>
internal sealed class LogicalNode(Acornima.Operator op, ReducedNode left, ReducedNode right) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        if (!left.TryCompute(scope, out value))
            return false;

        var decided = op switch
        {
            Acornima.Operator.LogicalAnd => !value.IsTruthy,
            Acornima.Operator.LogicalOr => value.IsTruthy,
            _ => !value.IsNullish,
        };
        return decided || right.TryCompute(scope, out value);
    }
}

/// <summary><c>a ? b : c</c>.</summary>
internal sealed class ChoiceNode(ReducedNode test, ReducedNode yes, ReducedNode no) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar value) =>
        test.TryCompute(scope, out value) && (value.IsTruthy ? yes : no).TryCompute(scope, out value);
}

/// <summary>A template string.</summary>
internal sealed class TemplateNode(IReadOnlyList<string> texts, IReadOnlyList<ReducedNode> parts) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        var pieces = new string[texts.Count + parts.Count];
        pieces[0] = texts[0];
        value = default;

        for (var i = 0; i < parts.Count; i++)
        {
            if (!parts[i].TryCompute(scope, out value) || value.IsObject)
                return false;

            pieces[(2 * i) + 1] = value.ToText();
            pieces[(2 * i) + 2] = texts[i + 1];
        }

        value = Scalar.Of(string.Concat(pieces));
        return true;
    }
}
