using ServiceLoop.Engine.Values;

namespace ServiceLoop.Scripting.Tests;

public sealed class JavaScriptValuesTests
{
    private static readonly DateTimeOffset Moment = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)).AddTicks(7);

    public static TheoryData<string, object?> Results =>
        new()
        {
            { "2", 2.0 },
            { "1 + 1", 2.0 },
            { "'a'", "a" },
            { "true", true },
            { "null", null },
            { "undefined", null },
            { "", null },
            { "// nothing", null },
            { ";;", null },
            { "return 5", 5.0 },
            { "return", null },
            { "var x = 3; x * 2", 6.0 },
            { "if (true) { 'yes' } else { 'no' }", "yes" },
            { "var x = 1; if (x > 0) return 'early'; return 'late'", "early" },
            { "(function () {})", null },
            { "Symbol('x')", null },
            { "new Date(0)", DateTimeOffset.UnixEpoch },
            { "new Date(NaN)", null },
            { "new String('a')", "a" },
            { "new Number(4)", 4.0 },
            { "0/0", double.NaN },
            { "-1/0", double.NegativeInfinity },
            { "(async function () { return await 5 })()", 5.0 },
            { "Promise.resolve(7)", 7.0 },
            { "Promise.all([1, Promise.resolve(2)]).then(a => a.join())", "1,2" },
            { "undeclared = 5; undeclared", 5.0 },
            { "'abc'.replace(/b/g, x => x.toUpperCase())", "aBc" },
            { "'a-b-c'.replaceAll('-', '$&$&')", "a--b--c" },
            { "'abc'.replace('b', 'x')", "axc" },
            {
                "JSON.stringify({ a: 1, b: [undefined, () => 1], c: undefined }, null, 1)",
                "{\n \"a\": 1,\n \"b\": [\n  null,\n  null\n ]\n}"
            },
            { "JSON.stringify({ a: 1, b: 2, c: { a: 3 } }, ['a', 'c'])", """{"a":1,"c":{"a":3}}""" },
            { "JSON.stringify({ a: 1 }, (k, v) => k === 'a' ? v + 1 : v)", """{"a":2}""" },
            { "JSON.parse('{\"a\":[1]}').a[0]", 1.0 },
            { "[[1, [2, [3]]]].flat(Infinity).join('')", "123" },
            { "[1].concat([2], 3).join()", "1,2,3" },
            { "'' + [1, [2, 3]]", "1,2,3" },
            { "new Uint8Array([1, 300]).join()", "1,44" },
            { "new Uint8Array(2).constructor === Uint8Array && new Uint8Array(1) instanceof Uint8Array", true },
            { "'x'.repeat(3) + 'x'.padStart(2) + 'x'.concat('y', 1)", "xxx xxy1" },
            { "var s = ''; for (var k in ['a']) s += k; for (var k in 'b') s += k; s", "00" },
            { "/(\\d+)/.exec('a12')[1]", "12" },
            { "[...'a1b2'.matchAll(/\\d/g)].map(m => m[0]).join()", "1,2" },
            { "(1234.5).toLocaleString()", "1,234.5" },
        };

    public static TheoryData<object?, object?> RoundTrips =>
        new()
        {
            { 5L, 5.0 },
            { 5, 5.0 },
            { 2.5m, 2.5 },
            { "a", "a" },
            { true, true },
            { null, null },
            { Moment, Moment },
            { new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc) },
            { TimeSpan.FromMinutes(90), "01:30:00" },
            { Guid.Empty, "00000000-0000-0000-0000-000000000000" },
            { DayOfWeek.Friday, "Friday" },
        };

    [Theory]
    [MemberData(nameof(Results))]
    public void Results_are_plain(string source, object? expected)
    {
        Scripts.Run(source).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(RoundTrips))]
    public void A_value_that_passes_through_is_the_same_with_and_without_the_interpreter(object? value, object? expected)
    {
        var scope = new FakeScope { Variables = { ["x"] = value } };

        Scripts.Run("variables.x", scope).ShouldBe(expected);
        Scripts.JavaScript.Interpreted("variables.x").Evaluate(scope).ShouldBe(expected);
    }

    [Fact]
    public void Structures_are_copied_in_and_out()
    {
        var order = new Dictionary<string, object?>
        {
            ["items"] = new List<object?> { 1L, "a", null },
            ["bytes"] = new byte[] { 1, 2 },
        };
        var scope = new FakeScope { Variables = { ["o"] = order } };

        var copy = Scripts.Run("var o = variables.o; ({ o: o, n: o.items.length + o.bytes[1] })", scope);

        ValueJson.ToText(copy).ShouldBe("""{"o":{"items":[1,"a",null],"bytes":"AQI="},"n":5}""");
        copy.ShouldBeOfType<Dictionary<string, object?>>()["o"].ShouldNotBeSameAs(order);
    }

    [Fact]
    public void Arrays_and_bytes_come_as_lists_and_bytes()
    {
        Scripts.Run("[1, , 'a']").ShouldBeOfType<List<object?>>().ShouldBe([1.0, null, "a"]);
        Scripts.Run("bytesFromString('ab')").ShouldBe("ab"u8.ToArray());
        Scripts.Run("bytesFromString('ab').buffer").ShouldBe("ab"u8.ToArray());
    }

    [Theory]
    [InlineData("var a = {}; a.a = a; a", "refers to itself")]
    [InlineData("var a = []; a[0] = { a: a }; a", "refers to itself")]
    [InlineData("var a = {}; a.a = a; JSON.stringify(a)", "yclic")]
    [InlineData("var a = {}; a.a = a; toJson(a)", "refers to itself")]
    [InlineData("var a = 1; for (var i = 0; i < 500; i++) a = [a]; a", "128 levels")]
    [InlineData("var a = [1]; for (var i = 0; i < 30; i++) a = [a, a]; a", "1000000 values")]
    [InlineData("new Date(8e15)", "years 1 to 9999")]
    public void Values_that_cannot_be_stored_are_refused(string source, string message)
    {
        Scripts.Fails(source).Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("1 +", 1, 4)]
    [InlineData("var x = 1;\nvar y = ;", 2, 9)]
    [InlineData("10n", 1, 1)]
    [InlineData("return function (", 1, 18)]
    public void Parse_errors_carry_their_place(string source, int line, int column)
    {
        var error = Should.Throw<Engine.Expressions.ExpressionException>(() => Scripts.JavaScript.Compile(source));

        (error.Line, error.Column).ShouldBe((line, column));
    }

    [Theory]
    [InlineData("throw new Error('no stock')", "no stock", 1, 7)]
    [InlineData("\n\nthrow 'text'", "text", 3, 1)]
    [InlineData("var o = null;\no.x", "Cannot read", 2, 1)]
    [InlineData("Promise.reject(new Error('late'))", "late", 0, 0)]
    [InlineData("new Promise(function () {})", "The script returned a promise that nothing", 0, 0)]
    [InlineData("eval('1')", "String compilation has been disabled", 1, 1)]
    [InlineData("new Function('return 1')", "String compilation has been disabled", 1, 1)]
    [InlineData("importNamespace('System')", "importNamespace is not defined", 1, 1)]
    [InlineData("System.IO.File", "System is not defined", 1, 1)]
    [InlineData("setTimeout(function () {}, 1)", "setTimeout is not defined", 1, 1)]
    [InlineData("require('fs')", "require is not defined", 1, 1)]
    [InlineData("import('fs')", "Module loading", 0, 0)]
    public void Failures_are_expression_errors_with_a_place(string source, string message, int line, int column)
    {
        var error = Scripts.Fails(source);

        error.Message.ShouldStartWith(message);

        if (line > 0)
            error.Line.ShouldBe(line);

        if (line > 0 && column > 1)
            error.Column.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(
        "Array.prototype.first = 1; Object.prototype.leak = 1; getVariable = null; undeclared = 1; var declared = 1; function f() {}"
    )]
    [InlineData("globalThis.leak = 1; String.prototype.trim = null; delete globalThis.isNullOrEmpty; Math.max = null; JSON = null")]
    public void Nothing_of_one_script_is_visible_to_the_next(string attack)
    {
        var scope = new FakeScope();

        Scripts.Run(attack, scope);

        Scripts
            .Run(
                "[typeof [].first, typeof ({}).leak, typeof getVariable, typeof undeclared, typeof declared, typeof f, "
                    + "typeof ' '.trim, typeof isNullOrEmpty, typeof Math.max, typeof JSON.stringify].join()",
                scope
            )
            .ShouldBe("undefined,undefined,function,undefined,undefined,undefined,function,function,function,function");
    }

    [Theory]
    [InlineData("getOutputFrom('a')", true)]
    [InlineData("getLastResult()", true)]
    [InlineData("getResultFromAsk()", true)]
    [InlineData("globalThis['get' + x]()", true)]
    [InlineData("getName()", false)]
    public void Scripts_say_whether_they_may_read_outputs(string source, bool reads)
    {
        Scripts.JavaScript.Compile(source).ReadsOutputs.ShouldBe(reads);
    }

    [Theory]
    [InlineData("getVariable('a') + variables.b.c + variables['d']", "a,b,d")]
    [InlineData("variables.a = 1; variables.a + variables.b", "b")]
    [InlineData("setVariable('a', 1); getVariable('a')", "")]
    [InlineData("var variables = {}; variables.a", "")]
    [InlineData("(getVariable => getVariable('a'))(x => x)", "")]
    [InlineData("getName()", "")]
    public void Scripts_name_the_variables_that_they_certainly_read(string source, string expected)
    {
        string.Join(',', Scripts.JavaScript.Compile(source).ReadVariables.Order(StringComparer.Ordinal)).ShouldBe(expected);
    }
}
