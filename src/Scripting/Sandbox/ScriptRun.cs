using System.Globalization;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Interop;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Scripting.Sandbox;

/// <summary>One evaluation: a fresh interpreter with its limits, its clock and what the script has seen and changed so far.</summary>
internal sealed class ScriptRun : IDisposable
{
    public ScriptRun(IExpressionScope scope, ScriptLimits limits)
    {
        Scope = scope;
        Limits = limits;
        Engine = new(OptionsOf(scope, limits));
        Values = new(Engine, limits);
        Variables = new(this);
    }

    /// <summary>What the script may see and do.</summary>
    public IExpressionScope Scope { get; }

    /// <summary>The limits of this evaluation.</summary>
    public ScriptLimits Limits { get; }

    /// <summary>The interpreter; nothing of it survives the evaluation.</summary>
    public Jint.Engine Engine { get; }

    /// <summary>Conversion into and out of the interpreter.</summary>
    public ScriptValues Values { get; }

    /// <summary>Variables as the script sees them.</summary>
    public ScriptVariables Variables { get; }

    /// <summary>The types <c>DateTime</c> and its like, once the script needed one of them.</summary>
    public ObjectInstance? Types { get; set; }

    /// <inheritdoc/>
    public void Dispose() => Engine.Dispose();

    /// <summary>A function of ours for the script. Errors that the script may catch are thrown with <see cref="Error"/>.</summary>
    public ClrFunction Function(string name, Func<JsValue[], JsValue> body) => new(Engine, name, (_, arguments) => body(arguments));

    /// <summary>An error that the script can catch.</summary>
    public JavaScriptException Error(string message) => new(Engine.Intrinsics.Error, message);

    private static Options OptionsOf(IExpressionScope scope, ScriptLimits limits)
    {
        var options = new Options
        {
            Culture = CultureInfo.InvariantCulture,
            TimeZone = TimeZoneInfo.Utc,
            TimeSystem = new StepClock(scope),
            AgentCanSuspend = false,
        };
        options.Host.StringCompilationAllowed = false;
        options.Constraints.RegexTimeout = limits.RegexTimeout;
        options.Constraints.MaxArraySize = (uint)limits.MaxArrayLength;
        options.Constraints.StackOverflowGuard = true;
        options
            .MaxStatements(limits.MaxStatements)
            .LimitMemory(limits.MaxAllocatedBytes)
            .TimeoutInterval(limits.Timeout)
            .LimitRecursion(limits.MaxRecursion);
        return options;
    }

    /// <summary>The clock of the step instead of the machine's.</summary>
    private sealed class StepClock(IExpressionScope scope) : ITimeSystem
    {
        private static readonly DefaultTimeSystem Parser = new(TimeZoneInfo.Utc, CultureInfo.InvariantCulture);

        public TimeZoneInfo DefaultTimeZone => TimeZoneInfo.Utc;

        public DateTimeOffset GetUtcNow() => scope.Now;

        public TimeSpan GetUtcOffset(long epochMilliseconds) => TimeSpan.Zero;

        public bool TryParse(string date, out long epochMilliseconds) => Parser.TryParse(date, out epochMilliseconds);
    }
}
