using System.Diagnostics.CodeAnalysis;
using Acornima;
using Acornima.Ast;
using ServiceLoop.Scripting.JavaScript;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.Reduction;

/// <summary>Recognizes scripts of a single simple expression, which are most of those that workflows hold.</summary>
internal static class Reducer
{
    private const int MaxDepth = 32;

    /// <summary>The reduced form of a program; false when it needs the interpreter.</summary>
    public static bool TryReduce(Script program, [NotNullWhen(true)] out ReducedNode? node)
    {
        Expression? expression = null;
        node = null;

        foreach (var statement in program.Body)
        {
            if (statement is EmptyStatement)
                continue;

            if (expression is not null || statement is not (ExpressionStatement or ReturnStatement { Argument: not null }))
                return false;

            expression = statement is ReturnStatement result ? result.Argument : ((ExpressionStatement)statement).Expression;
        }

        node = expression is null ? new ConstantNode(Scalar.Undefined) : Reduce(expression, 0);
        return node is not null;
    }

    private static ReducedNode? Reduce(Expression expression, int depth)
    {
        if (depth > MaxDepth)
            return null;

        return expression switch
        {
            StringLiteral text => new ConstantNode(Scalar.Of(text.Value)),
            NumericLiteral number => new ConstantNode(Scalar.Of(number.Value)),
            BooleanLiteral flag => new ConstantNode(Scalar.Of(flag.Value)),
            NullLiteral => new ConstantNode(Scalar.Null),
            Identifier { Name: "undefined" } => new ConstantNode(Scalar.Undefined),
            ParenthesizedExpression inner => Reduce(inner.Expression, depth + 1),
            TemplateLiteral template => Template(template, depth),
            CallExpression { Optional: false, Callee: Identifier function } call => Call(function.Name, call),
            MemberExpression { Optional: false } member => Member(member, depth),
            LogicalExpression logical => Pair(logical, depth, (a, b) => new LogicalNode(logical.Operator, a, b)),
            BinaryExpression binary when BinaryNode.Knows(binary.Operator) => Pair(
                binary,
                depth,
                (a, b) => new BinaryNode(binary.Operator, a, b)
            ),
            UnaryExpression { Operator: Operator.LogicalNot or Operator.UnaryNegation or Operator.UnaryPlus or Operator.TypeOf } unary =>
                Reduce(unary.Argument, depth + 1) is { } operand ? new UnaryNode(unary.Operator, operand) : null,
            ConditionalExpression choice => Choice(choice, depth),
            _ => null,
        };
    }

    private static ReducedNode? Pair(BinaryExpression binary, int depth, Func<ReducedNode, ReducedNode, ReducedNode> make) =>
        Reduce(binary.Left, depth + 1) is { } left && Reduce(binary.Right, depth + 1) is { } right ? make(left, right) : null;

    private static ChoiceNode? Choice(ConditionalExpression choice, int depth) =>
        Reduce(choice.Test, depth + 1) is { } test
        && Reduce(choice.Consequent, depth + 1) is { } yes
        && Reduce(choice.Alternate, depth + 1) is { } no
            ? new(test, yes, no)
            : null;

    private static TemplateNode? Template(TemplateLiteral template, int depth)
    {
        var parts = new List<ReducedNode>();

        foreach (var expression in template.Expressions)
        {
            if (Reduce(expression, depth + 1) is not { } part)
                return null;

            parts.Add(part);
        }

        return new([.. template.Quasis.Select(quasi => quasi.Value.Cooked!)], parts);
    }

    private static ReducedNode? Call(string function, CallExpression call)
    {
        if (function is "getVariable" or "getInput")
            return call.Arguments is not [StringLiteral name] ? null
                : function == "getInput" ? new InputNode(name.Value)
                : new VariableNode(name.Value);

        // What else has a name of this form is a function of ours, or may be an output.
        return
            call.Arguments.Count == 0
            && Accessors.ReadName(function) is { } accessor
            && function is not ("getOutputFrom" or "getConfig" or "getGuidString" or "getShortGuid")
            && !Accessors.MayBeOutput(accessor)
            ? new AccessorNode(accessor)
            : null;
    }

    private static ReducedNode? Member(MemberExpression member, int depth)
    {
        var name = member switch
        {
            { Computed: false, Property: Identifier identifier } => identifier.Name,
            { Computed: true, Property: StringLiteral text } => text.Value,
            _ => null,
        };

        if (name is null or "__proto__")
            return null;

        if (member.Object is Identifier { Name: "variables" })
            return new VariableMemberNode(name);

        return Reduce(member.Object, depth + 1) is { } owner ? new MemberNode(owner, name) : null;
    }
}
