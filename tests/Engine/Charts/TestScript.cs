using System.Globalization;
using System.Text.RegularExpressions;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Engine.Tests.Charts;

/// <summary>The handful of JavaScript that the charts use, so that the engine is tested without a script library.</summary>
internal sealed partial class TestScript : IExpressionLanguage
{
    public string Type => "JavaScript";

    public Evaluator Compile(string source) => new Script(source);

    [GeneratedRegex(@"^get(?<name>\w+)\(\)\s*(?:(?<mod>%)(?<by>\d+))?\s*(?<op>[-+<>=!]=?=?)?\s*(?<value>-?\d+)?$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\$\{(.+?)\}")]
    private static partial Regex Hole();

    private sealed class Script(string source) : Evaluator
    {
        public override object? Evaluate(IExpressionScope scope)
        {
            if (source is "true" or "false")
                return source == "true";

            if (source.StartsWith("throw", StringComparison.Ordinal))
                throw new ExpressionException("thrown on purpose", 1, 1);

            if (source is ['`', .., '`'])
                return Hole().Replace(source[1..^1], m => ValueConverter.Text(new Script(m.Groups[1].Value).Evaluate(scope)) ?? "null");

            var match = Pattern().Match(source);

            if (!match.Success)
                throw new ExpressionException($"'{source}' is more than the test script knows");

            scope.TryGetVariable(match.Groups["name"].Value, out var found);
            var number = ValueConverter.To<double>(found);

            if (match.Groups["mod"].Success)
                number %= double.Parse(match.Groups["by"].Value, CultureInfo.InvariantCulture);

            var value = match.Groups["value"].Success ? double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture) : 0;

            return match.Groups["op"].Value switch
            {
                "" => number,
                "+" => number + value,
                "-" => number - value,
                "<" => number < value,
                "<=" => number <= value,
                ">" => number > value,
                ">=" => number >= value,
                "==" or "===" => number == value,
                "!=" or "!==" => number != value,
                var other => throw new ExpressionException($"'{other}' is more than the test script knows"),
            };
        }
    }
}
