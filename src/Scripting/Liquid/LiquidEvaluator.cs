using Scriban;
using Scriban.Syntax;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>A parsed template.</summary>
/// <param name="template">The template.</param>
/// <param name="isBlank">True when the source is empty or blank: that is no text at all, as in Elsa.</param>
/// <param name="limits">Limits of one evaluation.</param>
internal sealed class LiquidEvaluator(Template template, bool isBlank, ScriptLimits limits) : Evaluator
{
    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadVariables => MembersOf("Variables");

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadInputs => MembersOf("Input");

    /// <inheritdoc/>
    public override object? Evaluate(IExpressionScope scope)
    {
        if (isBlank)
            return null;

        try
        {
            using var time = new CancellationTokenSource(limits.Timeout);
            return template.Render(new LiquidContext(scope, limits, time.Token));
        }
        catch (Exception e)
        {
            throw LiquidFaults.Translate(e, limits);
        }
    }

    /// <summary>Names read as <c>Name.Member</c> or <c>Name["Member"]</c>.</summary>
    private HashSet<string> MembersOf(string name)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var pending = new Stack<ScriptNode>();

        if (template.Page is not null)
            pending.Push(template.Page);

        while (pending.TryPop(out var node))
        {
            if (node is ScriptMemberExpression { Target: ScriptVariable target, Member.Name: { Length: > 0 } member } && Is(target))
                names.Add(member);
            else if (
                node is ScriptIndexerExpression { Target: ScriptVariable list, Index: ScriptLiteral { Value: string index } }
                && Is(list)
            )
                names.Add(index);

            foreach (var child in node.Children)
                if (child is not null)
                    pending.Push(child);
        }

        return names;

        bool Is(ScriptVariable variable) => string.Equals(variable.Name, name, StringComparison.OrdinalIgnoreCase);
    }
}
