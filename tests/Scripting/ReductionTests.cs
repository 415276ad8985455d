using System.Globalization;
using System.Text;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Values;
using ServiceLoop.Scripting.Reduction;

namespace ServiceLoop.Scripting.Tests;

public sealed class ReductionTests
{
    private const int Expressions = 6_000;
    private const int Seed = 20260301;

    private static readonly object?[] Values =
    [
        null,
        "",
        "0",
        "1",
        " 12 ",
        "a",
        "abc",
        "true",
        "1e3",
        "0x10",
        "é",
        "Z",
        "null",
        "-",
        "9007199254740993",
        true,
        false,
        0L,
        1L,
        -1L,
        42L,
        long.MaxValue,
        int.MaxValue,
        0.1,
        -0.0,
        1e21,
        1e-7,
        123456789.125,
        double.NaN,
        double.PositiveInfinity,
        double.MaxValue,
        double.Epsilon,
        2.50m,
        0.1m,
        Guid.Empty,
        TimeSpan.FromSeconds(1.5),
        DayOfWeek.Friday,
        new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(-3)).AddTicks(3),
        new byte[] { 1, 2, 3 },
        new List<object?> { 1L, "a", null },
        new Dictionary<string, object?>
        {
            ["tier"] = "gold",
            ["n"] = 3L,
            ["at"] = DateTimeOffset.UnixEpoch,
            ["deep"] = new Dictionary<string, object?> { ["x"] = 1.5 },
        },
        new Dictionary<string, object?>
        {
            ["b"] = 1L,
            ["2"] = 2L,
            ["1"] = new List<object?> { 7m },
        },
    ];

    private static readonly string[] Literals =
    [
        "0",
        "1",
        "2",
        "-1",
        "1.5",
        "1e21",
        "0.1",
        "''",
        "'a'",
        "'1'",
        "\"gold\"",
        "true",
        "false",
        "null",
        "undefined",
        "' '",
        "`t`",
    ];

    private static readonly string[] Binary = ["<", "<=", ">", ">=", "==", "!=", "===", "!==", "+", "-", "*", "/", "%", "&&", "||", "??"];

    [Fact]
    public void Reduced_expressions_agree_with_the_interpreter()
    {
        var random = new Random(Seed);
        var (compared, reduced) = (0, 0);

        for (var i = 0; i < Expressions; i++)
        {
            var source = Script(random);
            var scope = Scope(random);
            var evaluator = Compile(source);

            if (evaluator is null)
                continue;

            compared++;
            reduced += (evaluator as ReducedEvaluator)?.TryEvaluate(scope, out _) == true ? 1 : 0;

            var direct = Outcome(evaluator, scope);
            var interpreted = Outcome(Scripts.JavaScript.Interpreted(source), scope);
            direct.ShouldBe(interpreted, $"{source} with {Describe(scope)}");
        }

        compared.ShouldBeGreaterThan(Expressions / 2);
        reduced.ShouldBeGreaterThan(compared / 2);
    }

    [Theory]
    [InlineData("getVariable('x')")]
    [InlineData("variables.x")]
    [InlineData("return variables.x;")]
    [InlineData("getX()")]
    [InlineData("getX();")]
    [InlineData("getInput('i')")]
    [InlineData("`n=${getX()}, ${variables.s}`")]
    [InlineData("getX() < 3")]
    [InlineData("getX() + 1")]
    [InlineData("variables.s == \"open\"")]
    [InlineData("variables.o.tier === 'gold' && getX() >= 2 || !variables.s")]
    [InlineData("(getX() > 1) ? 'a' : 'b'")]
    [InlineData("getCorrelationId()")]
    [InlineData("variables.list.length > 0")]
    [InlineData("'text'")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("")]
    public void What_workflows_mostly_hold_needs_no_interpreter(string source)
    {
        var scope = new FakeScope
        {
            Variables =
            {
                ["x"] = 2L,
                ["s"] = "open",
                ["o"] = new Dictionary<string, object?> { ["tier"] = "gold" },
                ["list"] = new List<object?> { 1L },
            },
            Inputs = { ["i"] = 1L },
        };

        var reduced = Scripts.JavaScript.Compile(source).ShouldBeOfType<ReducedEvaluator>();

        reduced.TryEvaluate(scope, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("getResultFromAsk()")]
    [InlineData("newGuid()")]
    [InlineData("variables.x = 1")]
    [InlineData("getX(); getX()")]
    [InlineData("getX().toString()")]
    [InlineData("[1]")]
    [InlineData("({})")]
    [InlineData("getVariable(getX())")]
    public void All_else_is_left_to_the_interpreter(string source)
    {
        var evaluator = Scripts.JavaScript.Compile(source);

        (evaluator as ReducedEvaluator)?.TryEvaluate(new FakeScope { Variables = { ["x"] = 1L } }, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("getNobody()")]
    [InlineData("getNobody() < 3")]
    [InlineData("variables.o.x.y")]
    [InlineData("getConfig()")]
    public void Errors_are_those_of_the_interpreter(string source)
    {
        var scope = new FakeScope { Variables = { ["o"] = new Dictionary<string, object?>() } };

        var error = Should.Throw<ExpressionException>(() => Scripts.Run(source, scope));

        error.Message.ShouldBe(Should.Throw<ExpressionException>(() => Scripts.JavaScript.Interpreted(source).Evaluate(scope)).Message);
        error.Line.ShouldBe(1);
    }

    private static Evaluator? Compile(string source)
    {
        try
        {
            return Scripts.JavaScript.Compile(source);
        }
        catch (ExpressionException)
        {
            return null; // a ?? b || c, - -1 and the like
        }
    }

    private static string Outcome(Evaluator evaluator, FakeScope scope)
    {
        try
        {
            return Exact(evaluator.Evaluate(scope));
        }
        catch (ExpressionException e)
        {
            return $"error {e.Message} at {e.Line}:{e.Column}";
        }
    }

    // JSON would hide the difference between -0 and 0, a moment and its text, and the order of members.
    private static string Exact(object? value) =>
        value switch
        {
            null => "null",
            double.NaN => "double NaN",
            double number => string.Create(CultureInfo.InvariantCulture, $"double {BitConverter.DoubleToInt64Bits(number):x} {number:R}"),
            DateTimeOffset moment => $"offset {moment:O}",
            DateTime moment => $"moment {moment:O}",
            byte[] bytes => $"bytes {Convert.ToHexString(bytes)}",
            IDictionary<string, object?> members => $"{{{string.Join(", ", members.Select(m => $"{m.Key}: {Exact(m.Value)}"))}}}",
            List<object?> items => $"[{string.Join(", ", items.Select(Exact))}]",
            _ => $"{value.GetType().Name} {value}",
        };

    private static string Describe(FakeScope scope) =>
        string.Join(
            ", ",
            scope.Variables.Concat(scope.Inputs).Select(v => $"{v.Key}={v.Value?.GetType().Name} {ValueConverter.Text(v.Value)}")
        );

    private static string Script(Random random)
    {
        var expression = Expression(random, random.Next(4));
        return random.Next(4) switch
        {
            0 => $"return {expression};",
            1 => $"{expression};",
            _ => expression,
        };
    }

    private static string Expression(Random random, int depth)
    {
        if (depth == 0)
            return Leaf(random);

        string Next() => Expression(random, depth - 1);

        return random.Next(12) switch
        {
            0 => $"!{Next()}",
            1 => $"-({Next()})",
            2 => $"+({Next()})",
            3 => $"typeof {Next()}",
            4 => $"({Next()} ? {Next()} : {Next()})",
            5 => new StringBuilder("`").Append("a${").Append(Next()).Append("}b${").Append(Next()).Append("}`").ToString(),
            6 => $"({Next()}).length",
            7 => $"({Next()}).tier",
            _ => $"({Next()} {Binary[random.Next(Binary.Length)]} {Next()})",
        };
    }

    private static string Leaf(Random random) =>
        random.Next(12) switch
        {
            0 => "getVariable('x')",
            1 => "getVariable(\"nobody\")",
            2 => "variables.x",
            3 => "variables.y",
            4 => "getX()",
            5 => "getY()",
            6 => "getI()",
            7 => "getInput('i')",
            8 => "variables.o.n",
            9 => random.Next(4) == 0 ? "getNobody()" : "variables.toString",
            _ => Literals[random.Next(Literals.Length)],
        };

    private static FakeScope Scope(Random random) =>
        new()
        {
            Variables =
            {
                ["x"] = Values[random.Next(Values.Length)],
                ["Y"] = Values[random.Next(Values.Length)],
                ["o"] = new Dictionary<string, object?> { ["n"] = Values[random.Next(Values.Length)], ["tier"] = "gold" },
            },
            Inputs = { ["i"] = Values[random.Next(Values.Length)] },
            InsideComposite = random.Next(5) == 0,
        };
}
