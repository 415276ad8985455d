using System.Globalization;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.TestKit.Chance;

/// <summary>A language of one verb and its words, which reaches everything that a scope offers. Stands in for JavaScript in random workflows.</summary>
/// <remarks>
/// <c>value 3</c> · <c>get x</c> · <c>set x 3</c> · <c>count x 5</c> (adds one; true up to five) · <c>every x 2</c> · <c>input a</c> · <c>out A Result</c> ·
/// <c>last</c> · <c>random</c> · <c>guid</c> · <c>now</c> · <c>names</c> · <c>correlate c</c> · <c>outcomes a,b</c> · <c>throw</c> ·
/// <c>needs x</c> (fails while there is none) · <c>flaky x 2</c> (fails the second time; false from the fourth)
/// </remarks>
public sealed class WordScript : IExpressionLanguage
{
    private static readonly string[] Verbs =
    [
        "value",
        "get",
        "set",
        "count",
        "every",
        "input",
        "out",
        "last",
        "random",
        "guid",
        "now",
        "names",
        "correlate",
        "outcomes",
        "throw",
        "needs",
        "flaky",
    ];

    public string Type => "JavaScript";

    public Evaluator Compile(string source)
    {
        var words = source.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        if (words.Length == 0 || !Verbs.Contains(words[0]))
            throw new ExpressionException($"'{source}' begins with no known verb.", 1, 1);

        return new Words(words);
    }

    private sealed class Words(string[] words) : Evaluator
    {
        public override bool ReadsOutputs => words[0] is "out" or "last";

        private string Name => words.Length > 1 ? words[1] : "x";

        private int Number =>
            words.Length > 1 && int.TryParse(words[^1], NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 1;

        public override object? Evaluate(IExpressionScope scope)
        {
            switch (words[0])
            {
                case "value":
                    return PlainValue.Of(SampleValues.At(Math.Abs(Number)));
                case "get":
                    return scope.TryGetVariable(Name, out var found) ? found : null;
                case "set":
                    scope.SetVariable(Name, SampleValues.At(Math.Abs(Number)));
                    return scope.TryGetVariable(Name, out var changed) ? changed : null;
                case "count":
                    scope.TryGetVariable(Name, out var counter);
                    var next = ValueConverter.To<long>(counter) + 1;
                    scope.SetVariable(Name, next);
                    return next <= Number;
                case "every":
                    scope.TryGetVariable(Name, out var value);
                    return ValueConverter.To<long>(value) % Math.Max(1, Math.Abs((long)Number)) == 0;
                case "input":
                    return scope.TryGetInput(Name, out var input) ? input : null;
                case "out":
                    return scope.GetOutput(Name, words.Length > 2 ? words[2] : null);
                case "last":
                    return scope.LastResult;
                case "random":
                    return scope.NextRandom();
                case "guid":
                    return scope.NextGuid();
                case "now":
                    return scope.Now;
                case "names":
                    return string.Join(
                        ',',
                        scope
                            .VariableNames.Concat(scope.InputNames)
                            .Concat(scope.OutputNames.Select(o => $"{o.ActivityId}.{o.Output}"))
                            .Append(scope.InsideComposite ? "inside" : "outside")
                    );
                case "correlate":
                    scope.CorrelationId = Name;
                    scope.InstanceName = $"{scope.InstanceName}{Name[0]}"[..Math.Min(8, (scope.InstanceName?.Length ?? 0) + 1)];
                    return scope.CorrelationId;
                case "outcomes":
                    scope.SetOutcomes(Name.Split(','));
                    return Name;
                case "needs":
                    return scope.TryGetVariable(Name, out var needed) && needed is not null
                        ? needed
                        : throw new ExpressionException($"{Name} is not there");
                case "flaky":
                    scope.TryGetVariable(Name, out var tries);
                    var turn = ValueConverter.To<long>(tries) + 1;
                    scope.SetVariable(Name, turn);
                    return turn == Number ? throw new ExpressionException("failed this once") : turn < Number + 2;
                default:
                    throw new ExpressionException("thrown on purpose", 1, 1);
            }
        }
    }
}
