using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.JavaScript;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.Reduction;

/// <summary><c>getVariable("x")</c>: null when there is no such variable.</summary>
internal sealed class VariableNode(string name) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        value = scope.TryGetVariable(name, out var plain) ? Scalar.From(plain) : Scalar.Null;
        return true;
    }
}

/// <summary><c>variables.x</c>: what is missing may still be a member of every object, such as <c>toString</c>.</summary>
internal sealed class VariableMemberNode(string name) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        var found = scope.TryGetVariable(name, out var plain);
        value = Scalar.From(plain);
        return found;
    }
}

/// <summary><c>getInput("x")</c>: null when it was not given.</summary>
internal sealed class InputNode(string name) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        value = scope.TryGetInput(name, out var plain) ? Scalar.From(plain) : Scalar.Null;
        return true;
    }
}

/// <summary><c>getX()</c>: an input, a variable or a fact of the instance; what does not exist is the interpreter's error.</summary>
internal sealed class AccessorNode(string name) : ReducedNode
{
    private readonly bool isVariableName = Accessors.IsVariableName(name);

    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        // The common cases of Accessors.Find without its enumerations; names that may be outputs never come here.
        if ((!scope.InsideComposite && scope.TryGetInput(name, out var plain)) || (isVariableName && scope.TryGetVariable(name, out plain)))
        {
            value = Scalar.From(plain);
            return true;
        }

        var target = Accessors.Find(scope, name, out plain);
        value = Scalar.From(plain);
        return target != Accessors.Target.None;
    }
}

/// <summary><c>x.member</c> of a structure, and <c>x.length</c> of a list or text.</summary>
internal sealed class MemberNode(ReducedNode owner, string name) : ReducedNode
{
    public override bool TryCompute(IExpressionScope scope, out Scalar value)
    {
        if (!owner.TryCompute(scope, out value))
            return false;

        if (value.IsText && name == "length")
        {
            value = Scalar.Of((double)value.AsText.Length);
            return true;
        }

        if (!value.IsObject)
            return false;

        switch (value.AsObject)
        {
            case IDictionary<string, object?> members when members.TryGetValue(name, out var member):
                value = Scalar.From(member);
                return true;
            case System.Collections.IList list when name == "length":
                value = Scalar.Of((double)list.Count);
                return true;
            default:
                return false;
        }
    }
}
