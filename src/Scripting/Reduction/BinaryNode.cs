using Acornima;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.Reduction;

/// <summary>Comparison and arithmetic of two values that are not objects, by the rules of ECMA-262 §7.2 and §13.</summary>
internal sealed class BinaryNode(Operator op, ReducedNode left, ReducedNode right) : ReducedNode
{
    /// <summary>The operators that can be reduced.</summary>
    public static bool Knows(Operator op) =>
        op
            is Operator.Equality
                or Operator.Inequality
                or Operator.StrictEquality
                or Operator.StrictInequality
                or Operator.LessThan
                or Operator.LessThanOrEqual
                or Operator.GreaterThan
                or Operator.GreaterThanOrEqual
                or Operator.Addition
                or Operator.Subtraction
                or Operator.Multiplication
                or Operator.Division
                or Operator.Remainder;

    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        if (!left.TryCompute(scope, out var a) || !right.TryCompute(scope, out var b))
        {
            value = default;
            return false;
        }

        if (op is Operator.Equality or Operator.Inequality)
            return TryEqual(LooselyEqual(a, b), op == Operator.Inequality, out value);

        if (op is Operator.StrictEquality or Operator.StrictInequality)
            return TryEqual(StrictlyEqual(a, b), op == Operator.StrictInequality, out value);

        value = default;

        if (a.IsObject || b.IsObject)
            return false;

        value = op switch
        {
            Operator.Addition when a.IsText || b.IsText => Scalar.Of(string.Concat(a.ToText(), b.ToText())),
            Operator.Addition => Scalar.Of(a.ToNumber() + b.ToNumber()),
            Operator.Subtraction => Scalar.Of(a.ToNumber() - b.ToNumber()),
            Operator.Multiplication => Scalar.Of(a.ToNumber() * b.ToNumber()),
            Operator.Division => Scalar.Of(a.ToNumber() / b.ToNumber()),
            Operator.Remainder => Scalar.Of(a.ToNumber() % b.ToNumber()),
            _ => Scalar.Of(Compare(a, b)),
        };
        return true;
    }

    private static bool TryEqual(bool? equal, bool negated, out Scalar value)
    {
        value = Scalar.Of(equal != negated);
        return equal is not null;
    }

    // Null means that both are objects of ours, whose identity only the interpreter knows, or that one would have to be converted.
    private static bool? StrictlyEqual(Scalar a, Scalar b) =>
        a.Is != b.Is
            ? false
            : a.Is switch
            {
                Scalar.Kind.Object => null,
                Scalar.Kind.Text => a.AsText == b.AsText,
                Scalar.Kind.Number or Scalar.Kind.Boolean => a.Number == b.Number,
                _ => true,
            };

    private static bool? LooselyEqual(Scalar a, Scalar b) =>
        a.IsNullish || b.IsNullish ? a.IsNullish && b.IsNullish
        : a.Is == b.Is ? StrictlyEqual(a, b)
        : a.IsObject || b.IsObject ? null
        : a.ToNumber() == b.ToNumber();

    private bool Compare(Scalar a, Scalar b)
    {
        if (a.IsText && b.IsText)
        {
            var order = string.CompareOrdinal(a.AsText, b.AsText);
            return op switch
            {
                Operator.LessThan => order < 0,
                Operator.LessThanOrEqual => order <= 0,
                Operator.GreaterThan => order > 0,
                _ => order >= 0,
            };
        }

        var (x, y) = (a.ToNumber(), b.ToNumber());
        return op switch
        {
            Operator.LessThan => x < y,
            Operator.LessThanOrEqual => x <= y,
            Operator.GreaterThan => x > y,
            _ => x >= y,
        };
    }
}
