using System.Globalization;
using System.Text.RegularExpressions;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.JavaScript;

namespace ServiceLoop.Scripting.Sandbox;

/// <summary>Says in one sentence why a script failed, and where.</summary>
internal static class ScriptFaults
{
    private const int MaxMessageLength = 1000;

    /// <summary>The expression error for whatever the interpreter threw.</summary>
    public static ExpressionException Translate(Exception exception, ScriptLimits limits) =>
        exception switch
        {
            JavaScriptException e => OfScript(e, limits),
            PromiseRejectedException e => OfPromise(e),
            StatementsCountOverflowException => new(
                Text($"The script ran more than {limits.MaxStatements} statements. Look for a loop that does not end."),
                inner: exception
            ),
            MemoryLimitExceededException e when e.Message.StartsWith("The array size", StringComparison.Ordinal) => new(
                Text($"The script made an array of more than {limits.MaxArrayLength} elements."),
                inner: exception
            ),
            MemoryLimitExceededException => new(
                Text($"The script allocated more than {limits.MaxAllocatedBytes} bytes."),
                inner: exception
            ),
            RecursionDepthOverflowException => new(
                Text($"The script called itself more than {limits.MaxRecursion} levels deep."),
                inner: exception
            ),
            RegexMatchTimeoutException => new(
                Text($"A regular expression ran longer than {limits.RegexTimeout.TotalSeconds} s. Simplify the pattern."),
                inner: exception
            ),
            TimeoutException => OfTime(limits, exception),
            InsufficientExecutionStackException => new("The script nests too deeply for the stack.", inner: exception),
            OutOfMemoryException => new(Text($"The script made a text of more than {limits.MaxTextLength} characters."), inner: exception),
            _ => new(exception.Message, inner: exception),
        };

    /// <summary>The error for a script that ran out of time.</summary>
    public static ExpressionException OfTime(ScriptLimits limits, Exception? inner = null) =>
        new(Text($"The script ran longer than {limits.Timeout.TotalSeconds} s."), inner: inner);

    private static ExpressionException OfScript(JavaScriptException e, ScriptLimits limits)
    {
        var message = e.Message.Length == 0 ? "The script threw an error without a message." : e.Message;

        if (message.StartsWith("Maximum call stack size", StringComparison.Ordinal))
            message = Text($"{message}: the script nests deeper than the stack allows, or than {limits.MaxRecursion} levels.");

        var start = e.Location.Start;
        return e.Location.SourceFile == JavaScriptEvaluator.SourceName
            ? new(Cut(message), start.Line, start.Column + 1, e)
            : new ExpressionException(Cut(message), inner: e);
    }

    private static ExpressionException OfPromise(PromiseRejectedException e)
    {
        var reason = e.RejectedValue;

        if (reason is JsString && reason.ToString().StartsWith("Timeout of", StringComparison.Ordinal))
            return new(
                "The script returned a promise that nothing will ever settle: there are no timers and no requests in scripts.",
                inner: e
            );

        try
        {
            var message = reason is ObjectInstance error ? error.Get("message").ToString() : reason.ToString();
            return new(Cut(message), inner: e);
        }
        catch (JavaScriptException)
        {
            return new("The script returned a promise that was rejected.", inner: e);
        }
    }

    private static string Cut(string message) => message.Length <= MaxMessageLength ? message : message[..MaxMessageLength] + "…";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
