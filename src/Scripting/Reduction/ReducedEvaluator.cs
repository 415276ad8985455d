using System.Collections;
using System.Diagnostics.CodeAnalysis;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.Reduction;

/// <summary>Computes a simple expression directly, and hands it to the interpreter when its operands are not simple.</summary>
internal sealed class ReducedEvaluator(ReducedNode node, Evaluator interpreter) : Evaluator
{
    private const int MaxDepth = 120;

    /// <inheritdoc/>
    public override bool ReadsOutputs => interpreter.ReadsOutputs;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadVariables => interpreter.ReadVariables;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadInputs => interpreter.ReadInputs;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadAccessors => interpreter.ReadAccessors;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string>? WrittenVariables => interpreter.WrittenVariables;

    /// <inheritdoc/>
    public override object? Evaluate(IExpressionScope scope) =>
        node.TryCompute(scope, out var value) && TryLeave(value, out var plain) ? plain : interpreter.Evaluate(scope);

    /// <summary>Computes without the interpreter; false when that is not possible.</summary>
    internal bool TryEvaluate(IExpressionScope scope, out object? plain)
    {
        plain = null;
        return node.TryCompute(scope, out var value) && TryLeave(value, out plain);
    }

    private static bool TryLeave(Scalar value, out object? plain)
    {
        switch (value.Is)
        {
            case Scalar.Kind.Number:
                plain = value.Number;
                return true;
            case Scalar.Kind.Text:
                plain = value.AsText;
                return true;
            case Scalar.Kind.Boolean:
                plain = value.Number != 0;
                return true;
            case Scalar.Kind.Object:
                return TryCopy(value.AsObject, 0, out plain);
            default:
                plain = null;
                return true;
        }
    }

    // What the way into the interpreter and out again would make of it.
    private static bool TryCopy(object? source, int depth, [NotNullWhen(true)] out object? copy)
    {
        copy = null;

        switch (source)
        {
            case DateTimeOffset or DateTime:
                copy = source;
                return true;
            case byte[] bytes:
                copy = bytes.Clone();
                return true;
            case IDictionary<string, object?> members when depth < MaxDepth:
                return TryCopy(members, depth, out copy);
            case IList items when depth < MaxDepth:
                return TryCopy(items, depth, out copy);
            default:
                return false;
        }
    }

    private static bool TryCopy(IDictionary<string, object?> members, int depth, [NotNullWhen(true)] out object? copy)
    {
        var target = new Dictionary<string, object?>(members.Count, StringComparer.Ordinal);
        copy = target;

        foreach (var (name, member) in members)
        {
            // JavaScript moves names that are numbers to the front.
            if ((name.Length > 0 && char.IsAsciiDigit(name[0])) || !TryMember(member, depth, out var value))
                return false;

            target[name] = value;
        }

        return true;
    }

    private static bool TryCopy(IList items, int depth, [NotNullWhen(true)] out object? copy)
    {
        var target = new List<object?>(items.Count);
        copy = target;

        foreach (var item in items)
        {
            if (!TryMember(item, depth, out var value))
                return false;

            target.Add(value);
        }

        return true;
    }

    private static bool TryMember(object? member, int depth, out object? value) =>
        Scalar.TryOf(member, out var scalar) ? TryLeave(scalar, out value) : TryCopy(member, depth + 1, out value);
}
