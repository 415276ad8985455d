using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting;

/// <summary>Liquid templates.</summary>
public sealed class LiquidLanguage(ScriptLimits? limits = null) : IExpressionLanguage
{
    public string Type => "Liquid";

    public Evaluator Compile(string source) => throw new NotSupportedException(limits?.ToString());
}
