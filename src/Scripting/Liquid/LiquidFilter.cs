using Scriban;
using Scriban.Runtime;
using Scriban.Syntax;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>What a filter gets: the piped value first, then its arguments.</summary>
internal readonly struct FilterCall(LiquidContext context, ScriptArray values)
{
    /// <summary>The rendering.</summary>
    public LiquidContext Context => context;

    /// <summary>How many values there are, the piped one included.</summary>
    public int Count => values.Count;

    /// <summary>A value, null when it is missing.</summary>
    public object? this[int index] => index < values.Count ? LiquidValues.ToTemplate(values[index]) : null;

    /// <summary>The value as text.</summary>
    public string Text(int index) => LiquidValues.Text(this[index]);

    /// <summary>The value as a number; what is none counts as 0, as in Liquid.</summary>
    public decimal Number(int index) =>
        this[index] switch
        {
            decimal number => number,
            string text => decimal.TryParse(
                text,
                System.Globalization.NumberStyles.Float,
                System.Globalization.CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : 0,
            _ => 0,
        };

    /// <summary>The value as a whole number within the range of a text or list.</summary>
    public int Whole(int index) => (int)Math.Clamp(Math.Truncate(Number(index)), int.MinValue / 2, int.MaxValue / 2);

    /// <summary>The value as a list: a list itself, or one element; nothing is an empty list.</summary>
    public IReadOnlyList<object?> List(int index) =>
        this[index] switch
        {
            null => [],
            System.Collections.IEnumerable items and not (string or ScriptObject) => [.. items.Cast<object?>()],
            var single => [single],
        };

    /// <summary>A list that is not longer than allowed.</summary>
    public LiquidList Limited(IEnumerable<object?> items)
    {
        var list = new LiquidList(items.Take(context.Limits.MaxArrayLength + 1));
        return list.Count <= context.Limits.MaxArrayLength
            ? list
            : throw new ExpressionException($"The template made a list of more than {context.Limits.MaxArrayLength} elements.");
    }

    /// <summary>Fails before a text that is too long is made.</summary>
    public void Reserve(long length)
    {
        if (length > context.Limits.MaxTextLength)
            throw new ExpressionException($"The template made a text of more than {context.Limits.MaxTextLength} characters.");
    }
}

/// <summary>A filter as the template engine calls it.</summary>
internal sealed class LiquidFilter(Func<FilterCall, object?> body) : IScriptCustomFunction
{
    public int RequiredParameterCount => 0;

    public int ParameterCount => 0;

    public ScriptVarParamKind VarParamKind => ScriptVarParamKind.Direct;

    public Type ReturnType => typeof(object);

    public ScriptParameterInfo GetParameterInfo(int index) => new(typeof(object), "value");

    public object? Invoke(
        TemplateContext context,
        ScriptNode? callerContext,
        ScriptArray arguments,
        ScriptBlockStatement? blockStatement
    ) => body(new((LiquidContext)context, arguments));

    public ValueTask<object?> InvokeAsync(
        TemplateContext context,
        ScriptNode? callerContext,
        ScriptArray arguments,
        ScriptBlockStatement? blockStatement
    ) => new(Invoke(context, callerContext, arguments, blockStatement));
}
