using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting;

/// <summary>The script languages of this assembly, to be registered with the engine.</summary>
public static class ScriptLanguages
{
    /// <summary>JavaScript and Liquid, both safe for all threads.</summary>
    /// <param name="limits">Limits of one evaluation; null takes the defaults.</param>
    public static IReadOnlyList<IExpressionLanguage> All(ScriptLimits? limits = null) =>
        [new JavaScriptLanguage(limits), new LiquidLanguage(limits)];
}
