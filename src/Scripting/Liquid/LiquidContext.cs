using System.Globalization;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>One rendering: the globals, the filters and the limits, and how values become text.</summary>
/// <remarks>Source of the texts: Liquid (<c>true</c>, lists without separators) and Fluid, Elsa's Liquid (moments as <c>2026-03-01 09:30:00Z</c>).</remarks>
internal sealed class LiquidContext : TemplateContext
{
    public LiquidContext(IExpressionScope scope, ScriptLimits limits, CancellationToken ct)
        : base(LiquidFilters.Builtin)
    {
        (Scope, Limits) = (scope, limits);
        Language = ScriptLang.Liquid;
        IsLiquid = true;
        EnableRelaxedTargetAccess = true;
        EnableRelaxedMemberAccess = true;
        EnableRelaxedIndexerAccess = true;
        EnableBreakAndContinueAsReturnOutsideLoop = true;
        EnableNullIndexer = true;
        LoopLimit = limits.MaxTemplateLoops;
        LoopLimitQueryable = limits.MaxTemplateLoops;
        RecursiveLimit = 50;
        ObjectRecursionLimit = 50;
        LimitToString = limits.MaxTextLength;
        OutputLimit = limits.MaxTextLength;
        OnStringLimit = ScriptLimitBehavior.Throw;
        OnOutputLimit = ScriptLimitBehavior.Throw;
        RegexTimeOut = limits.RegexTimeout;
        CancellationToken = ct;
        MemberFilter = static _ => false;
        PushCulture(CultureInfo.InvariantCulture);
        PushGlobal(LiquidValues.Globals(scope));
    }

    /// <summary>What the template may see.</summary>
    public IExpressionScope Scope { get; }

    /// <summary>The limits of this rendering.</summary>
    public ScriptLimits Limits { get; }

    /// <inheritdoc/>
    public override string ObjectToString(object? value, bool nested = false) => LiquidValues.Text(value);

    /// <inheritdoc/>
    /// <remarks>A loop over nothing is a loop over an empty list: it renders its <c>else</c>.</remarks>
    public override object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
    {
        var value = base.Evaluate(scriptNode, aliasReturnedFunction);
        return value is null or EmptyScriptObject && scriptNode?.Parent is ScriptForStatement loop && loop.Iterator == scriptNode
            ? new LiquidList()
            : value;
    }

    /// <inheritdoc/>
    public override bool ToBool(SourceSpan span, object? value) => value is not (null or false);
}
