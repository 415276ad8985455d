using Acornima.Ast;
using Jint;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>A parsed script that runs in a fresh interpreter each time.</summary>
internal sealed class JavaScriptEvaluator(Prepared<Script> script, Survey survey, ScriptLimits limits, SideThreads threads) : Evaluator
{
    // Copying the members of a text ({ ...s }, for-in) takes some 250 bytes for each character, which the interpreter notices too late.
    private readonly ScriptLimits limits = survey.Spreads ? limits with { MaxAllocatedBytes = limits.MaxAllocatedBytes / 4 } : limits;

    /// <summary>Name under which positions belong to the author's text.</summary>
    public const string SourceName = "script";

    // Nothing from outside ever settles a promise here: what is pending after the script's own jobs stays pending.
    private static readonly TimeSpan PromisePatience = TimeSpan.FromMilliseconds(1);

    /// <summary>The syntax tree.</summary>
    public Script Program => script.Program!;

    /// <inheritdoc/>
    public override bool ReadsOutputs => survey.ReadsOutputs;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadVariables => survey.ReadVariables;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadInputs => survey.ReadInputs;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> ReadAccessors => survey.ReadAccessors;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string>? WrittenVariables => survey.WrittenVariables;

    /// <inheritdoc/>
    public override object? Evaluate(IExpressionScope scope) => survey.NeedsThread ? threads.Run(scope, Interpret) : Interpret(scope);

    private object? Interpret(IExpressionScope scope)
    {
        try
        {
            using var run = new ScriptRun(scope, limits);

            Guards.Install(run.Engine, limits, survey.Reach);
            ScriptGlobals.Install(run, survey);

            var value = run.Engine.Evaluate(script);

            if (value.IsPromise())
                value = value.UnwrapIfPromise(PromisePatience);

            var result = run.Values.ToPlain(value);
            run.Variables.WriteBack();
            return result;
        }
        catch (Exception e) when (e is not ExpressionException)
        {
            throw ScriptFaults.Translate(e, limits);
        }
    }
}
