using Jint;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.JavaScript;
using ServiceLoop.Scripting.Reduction;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting;

/// <summary>JavaScript with the globals of Elsa 3, without access to .NET, the clock, chance, files or the network.</summary>
/// <remarks>
/// A source is parsed once. Trivial ones (a literal, <c>variables.x</c>, <c>getN() &lt; 3</c>) become reads that never start an interpreter; all
/// others get a fresh interpreter for each evaluation, so that nothing that one script does is visible to the next, as in Elsa.
/// </remarks>
public sealed class JavaScriptLanguage : IExpressionLanguage
{
    private const int MaxSourceLength = 1_000_000;

    private readonly ScriptLimits limits;
    private readonly SideThreads threads;

    /// <summary>Creates the language; the instance is safe for all threads.</summary>
    /// <param name="limits">Limits of one evaluation; null takes the defaults.</param>
    public JavaScriptLanguage(ScriptLimits? limits = null)
    {
        this.limits = limits ?? new();
        threads = new(this.limits);
    }

    /// <inheritdoc/>
    public string Type => "JavaScript";

    /// <inheritdoc/>
    public Evaluator Compile(string source)
    {
        var evaluator = Interpreted(source);
        return Reducer.TryReduce(evaluator.Program, out var node) ? new ReducedEvaluator(node, evaluator) : evaluator;
    }

    /// <summary>The evaluator that always runs the interpreter: the yardstick for the reduced ones.</summary>
    internal JavaScriptEvaluator Interpreted(string source)
    {
        if (source.Length > MaxSourceLength)
            throw new ExpressionException($"The script has {source.Length} characters; at most {MaxSourceLength} are allowed.");

        try
        {
            var script = Jint.Engine.PrepareScript(
                source,
                JavaScriptEvaluator.SourceName,
                strict: false,
                new() { CollectReferencedGlobals = true }
            );
            return new(script, Survey.Of(source, script), limits, threads);
        }
        catch (ScriptPreparationException e) when (e.InnerException is Acornima.ParseErrorException error)
        {
            throw new ExpressionException($"{error.Description}.", error.LineNumber, error.Column + 1, e);
        }
        catch (ScriptPreparationException e)
        {
            throw new ExpressionException("The script nests too deeply to be parsed. Split it into smaller statements.", inner: e);
        }
    }
}
