using System.Text.RegularExpressions;
using Scriban.Parsing;
using Scriban.Syntax;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>Says in one sentence why a template failed, and where.</summary>
internal static class LiquidFaults
{
    /// <summary>An error at a place of the template.</summary>
    public static ExpressionException At(SourceSpan span, string message, Exception? inner = null) =>
        new(message.EndsWith('.') ? message : message + ".", Math.Max(1, span.Start.Line + 1), Math.Max(1, span.Start.Column + 1), inner);

    /// <summary>The expression error for whatever rendering threw.</summary>
    public static ExpressionException Translate(Exception exception, ScriptLimits limits) =>
        exception switch
        {
            ExpressionException e => e,
            ScriptRuntimeException { InnerException: ExpressionException e } outer => At(outer.Span, e.Message, outer),
            ScriptAbortException => new($"The template ran longer than {limits.Timeout.TotalSeconds} s.", inner: exception),
            ScriptRuntimeException { InnerException: RegexMatchTimeoutException } e => At(e.Span, "A regular expression ran too long", e),
            ScriptRuntimeException e => At(e.Span, Limited(e.OriginalMessage, limits), e),
            _ => new(exception.Message, inner: exception),
        };

    private static string Limited(string message, ScriptLimits limits) =>
        message.Contains("LoopLimit", StringComparison.Ordinal) || message.Contains("iteration limit", StringComparison.Ordinal)
            ? $"The template ran more than {limits.MaxTemplateLoops} turns of loops"
        : message.Contains("LimitToString", StringComparison.Ordinal) || message.Contains("OutputLimit", StringComparison.Ordinal)
            ? $"The template made a text of more than {limits.MaxTextLength} characters"
        : message;
}
