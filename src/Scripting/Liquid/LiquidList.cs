using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>A list with the members that Liquid gives to lists.</summary>
internal sealed class LiquidList : ScriptArray
{
    public LiquidList() { }

    public LiquidList(IEnumerable<object?> items)
        : base(items) { }

    /// <inheritdoc/>
    public override bool TryGetValue(TemplateContext? context, SourceSpan span, string member, out object? value)
    {
        value = member switch
        {
            "first" when Count > 0 => this[0],
            "last" when Count > 0 => this[Count - 1],
            "size" => (decimal)Count,
            _ => null,
        };
        return value is not null;
    }
}

/// <summary>The tag <c>cycle</c>: each time the next of its values.</summary>
internal sealed class CycleTag : IScriptCustomFunction
{
    public int RequiredParameterCount => 1;

    public int ParameterCount => 2;

    public ScriptVarParamKind VarParamKind => ScriptVarParamKind.None;

    public Type ReturnType => typeof(object);

    public ScriptParameterInfo GetParameterInfo(int index) =>
        index == 0 ? new(typeof(object), "list") : new ScriptParameterInfo(typeof(object), "group", null);

    public object? Invoke(TemplateContext context, ScriptNode? callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement)
    {
        if (arguments[0] is not ScriptArray { Count: > 0 } values)
            return null;

        var key = "cycle:" + LiquidValues.Text(arguments.Count > 1 && arguments[1] is { } group ? group : values);
        var turn = context.Tags.TryGetValue(key, out var last) ? (int)last! + 1 : 0;
        context.Tags[key] = turn;
        return values[turn % values.Count];
    }

    public ValueTask<object?> InvokeAsync(
        TemplateContext context,
        ScriptNode? callerContext,
        ScriptArray arguments,
        ScriptBlockStatement? blockStatement
    ) => new(Invoke(context, callerContext, arguments, blockStatement));
}
