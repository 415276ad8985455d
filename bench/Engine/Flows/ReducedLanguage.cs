using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Engine.Bench.Flows;

/// <summary>The ceiling of a condition: the source is the name of a variable, and evaluating it is reading that.</summary>
internal sealed class ReducedLanguage : IExpressionLanguage
{
    public string Type => "JavaScript";

    public Evaluator Compile(string source) => new Reading(source);

    private sealed class Reading(string name) : Evaluator
    {
        public override object? Evaluate(IExpressionScope scope) => scope.TryGetVariable(name, out var value) ? value : null;
    }
}
