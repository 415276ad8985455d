using Scriban;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>A parsed template.</summary>
/// <param name="template">The template.</param>
/// <param name="isBlank">True when the source is empty or blank: that is no text at all, as in Elsa.</param>
/// <param name="limits">Limits of one evaluation.</param>
internal sealed class LiquidEvaluator(Template template, bool isBlank, ScriptLimits limits) : Evaluator
{
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
}
