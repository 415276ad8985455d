using System.Diagnostics;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.Tests;

/// <summary>Scripts that would crash, hang or starve the process. Each must end in an expression error, or in a harmless value.</summary>
public sealed class HostileScriptTests
{
    // Which limit comes first depends on the speed of the machine.
    private const string Limit = "statements|bytes|elements|characters|longer than|values|levels|stack";
    private const string Nested = "var a = ['xxxxxxxx']; for (var i = 0; i < 30; i++) a = [a, a, a, a, a, a, a, a, a, a];";
    private const string Endless = "({ [Symbol.iterator]: () => ({ next: Object }) })";

    private static readonly ScriptLimits Strict = new()
    {
        Timeout = TimeSpan.FromSeconds(1),
        RegexTimeout = TimeSpan.FromMilliseconds(200),
    };

    private static readonly JavaScriptLanguage Language = new(Strict);

    [Theory]
    [InlineData("while (true) {}", Limit)]
    [InlineData("for (;;);", Limit)]
    [InlineData("for (;;) { try { while (true) {} } catch (e) {} finally { continue } }", Limit)]
    [InlineData("(async function () { for (;;) await 1 })()", Limit)]
    [InlineData("function f() { return f() + 1 } f()", Limit)]
    [InlineData("function f() { try { f() } catch (e) { f() } } f()", Limit)]
    [InlineData("function a() { return b() } function b() { return [1].map(a) } a()", Limit)]
    [InlineData("new Array(1e9)", "1000000 elements")]
    [InlineData("new Array(-1)", "Invalid array length")]
    [InlineData("Array.from({ length: 1e9 })", "1000000 elements")]
    [InlineData("[].concat.call([], { length: 9007199254740991, [Symbol.isConcatSpreadable]: true })", Limit)]
    [InlineData("Array(999999).fill('xxxxxxxxxxxxxxxx'.repeat(100)).join()", Limit)]
    [InlineData("var a = [1]; for (;;) a = a.concat(a)", "1000000 elements")]
    [InlineData("var o = {}; for (var i = 0; ; i++) o['k' + i] = i", Limit)]
    [InlineData("'a'.repeat(1e9)", "4194304 characters")]
    [InlineData("'a'['rep' + 'eat'](1e9)", "4194304 characters")]
    [InlineData("'a'.padEnd(1e9)", "4194304 characters")]
    [InlineData("var s = 'a'.repeat(4e6); s.concat(s, s, s, s, s, s, s)", "4194304 characters")]
    [InlineData("'a'.repeat(1e6).replaceAll('', 'b'.repeat(1e6))", "4194304 characters")]
    [InlineData("'a'.repeat(1e5).replace(/a/g, 'b'.repeat(1e5))", Limit)]
    [InlineData("'a'.repeat(1e5).replace(/a/g, \"$'\")", "4194304 characters")]
    [InlineData("var b = 'b'.repeat(1e5); 'a'.repeat(1e5).replace(/a/g, () => b)", Limit)]
    [InlineData("/a/g[Symbol.replace]('a'.repeat(1e5), 'b'.repeat(1e5))", Limit)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) s += s", Limit)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) s = `${s}${s}`", Limit)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) s = [s, s].join('')", Limit)]
    [InlineData("/^(a+)+$/.test('a'.repeat(40) + 'b')", Limit)]
    [InlineData("new RegExp('^(a+)+$').test('a'.repeat(40) + 'b')", Limit)]
    [InlineData("('a'.repeat(40) + 'b').match('^(a+)+$')", Limit)]
    [InlineData("var s = ('a'.repeat(20) + 'c').repeat(1000); s.match(/(?:(a+)+b|c)/g).length", Limit)]
    [InlineData("var s = ('a'.repeat(20) + 'c').repeat(1000); s.replace(/(?:(a+)+b|c)/gu, 'x').length", Limit)]
    [InlineData("var s = ('a'.repeat(20) + 'c').repeat(1000); Array.from(s.matchAll(/(?:(a+)+b|c)/g)).length", Limit)]
    [InlineData(Nested + "JSON.stringify(a)", Limit)]
    [InlineData(Nested + "'' + a", Limit)]
    [InlineData(Nested + "a.join()", Limit)]
    [InlineData(Nested + "`${a}`", Limit)]
    [InlineData(Nested + "a.flat(Infinity)", Limit)]
    [InlineData(Nested + "a", "1000000 values")]
    [InlineData(Nested + "variables.x = a", "1000000 values")]
    [InlineData(Nested + "toJson(a)", "1000000 values")]
    [InlineData("var big = 'x'.repeat(4e6), o = { get x() { return big } }; JSON.stringify(Array(1000).fill(o))", "4194304 characters")]
    [InlineData("JSON.parse('['.repeat(100000))", "depth")]
    [InlineData("var a = []; for (var i = 0; i < 100000; i++) a = [a]; JSON.stringify(a)", Limit)]
    [InlineData("var a = []; for (var i = 0; i < 100000; i++) a = [a]; '' + a", Limit)]
    [InlineData("var o = { get x() { return this.x } }; o.x", Limit)]
    [InlineData("var o = { toString() { return '' + o } }; '' + o", Limit)]
    [InlineData("var o = { valueOf() { return +o } }; +o", Limit)]
    [InlineData("var o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o)", Limit)]
    [InlineData("var p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x", Limit)]
    [InlineData("var p = new Proxy({}, { get() { for (;;); } }); p.x", Limit)]
    [InlineData("new Proxy({}, { ownKeys() { for (;;); } })", Limit)]
    [InlineData("({ get x() { for (;;); } })", Limit)]
    [InlineData("throw { get message() { throw 1 }, toString() { throw 2 } }", "without a message|undefined|object")]
    [InlineData("throw new Proxy({}, { get() { throw 1 } })", "without a message|undefined|object")]
    [InlineData("throw 'x'.repeat(4e6)", "xxx")]
    [InlineData("throw null", "null")]
    [InlineData("new Uint8Array(2e9)", Limit)]
    [InlineData("new ArrayBuffer(2e9)", Limit)]
    [InlineData("new Uint8Array({ length: 1e9 })", "Pass a length")]
    [InlineData("new Uint8Array(" + Endless + ")", "Pass a length")]
    [InlineData("new (bytesFromString('').constructor)(2e9)", Limit)]
    [InlineData("Promise.all(" + Endless + ")", "Pass an array")]
    [InlineData("new AggregateError(" + Endless + ")", "not defined")]
    [InlineData("new Set(" + Endless + ")", Limit)]
    [InlineData("[..." + Endless + "]", Limit)]
    [InlineData("Object.groupBy(" + Endless + ", Object)", Limit)]
    [InlineData("Iterator.from({ next: Object }).every(isNaN)", "not defined")]
    [InlineData("[].values.call({ length: 9007199254740991 }).drop(1e15).next()", "not a function")]
    [InlineData("new Set([1]).union({ size: 1, has: Object, keys: () => ({ next: Object }) })", "not a function")]
    [InlineData("Array.prototype.some.call({ length: 9007199254740991 }, Boolean)", Limit)]
    [InlineData("var a = []; a.length = 4294967295; a.forEach(Boolean)", Limit)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) { s += s; ({ ...s }) }", Limit)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) { s += s; for (var k in s) break }", Limit)]
    [InlineData("var s = 'aaaaaaaa'; for (;;) { s += s; Object.assign({}, s) }", Limit)]
    [InlineData("var a = []; a.length = 4294967295; (function (Object) { Object.values().every(isNaN) })(a)", "not a function")]
    [InlineData("BigInt(3)", "not defined")]
    [InlineData("new Date().toTemporalInstant()", "not a function")]
    [InlineData("new Int32Array(4)", "not defined")]
    [InlineData("Atomics.wait()", "not defined")]
    [InlineData("new Promise(function () {})", "nothing will ever settle")]
    [InlineData("setVariable('x', { get a() { return this } })", "refers to itself")]
    public void A_runaway_script_ends_in_an_error_that_says_why(string source, string anyOf)
    {
        var started = Stopwatch.GetTimestamp();
        var before = GC.GetTotalAllocatedBytes();

        var failure = Scripts.Watch(() => Language.Compile(source).Evaluate(new FakeScope { Variables = { ["y"] = "z" } }));

        var error = failure.ShouldBeOfType<ExpressionException>(source);
        anyOf.Split('|').ShouldContain(part => error.Message.Contains(part, StringComparison.Ordinal), error.Message);
        error.Message.Length.ShouldBeLessThan(1100);
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(3_000_000_000);
    }

    [Theory]
    [InlineData('(', ')')]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    [InlineData('!', ' ')]
    public void A_source_that_nests_without_end_does_not_compile(char open, char close)
    {
        var source = new string(open, 100_000) + "1" + new string(close, 100_000);

        Scripts.Watch(() => Language.Compile(source)).ShouldBeOfType<ExpressionException>();
    }

    [Fact]
    public void A_script_that_stays_inside_a_native_call_is_given_up_and_cannot_touch_the_scope_any_more()
    {
        var threads = new SideThreads(new() { Timeout = TimeSpan.FromMilliseconds(100), RegexTimeout = TimeSpan.FromMilliseconds(100) });
        var scope = new FakeScope();
        using var native = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        Exception? late = null;

        var failure = Scripts.Watch(() =>
            threads.Run(
                scope,
                gate =>
                {
                    native.Wait(TimeSpan.FromMinutes(1));
                    late = Record.Exception(() => gate.SetVariable("late", 1));
                    ended.Set();
                    return null;
                }
            )
        );
        native.Set();

        failure.ShouldBeOfType<ExpressionException>().Message.ShouldContain("longer than 0.1 s");
        ended.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        late.ShouldBeOfType<ExpressionException>();
        scope.Writes.ShouldBeEmpty();
        threads.Run(scope, gate => gate.InstanceId).ShouldBe("instance-1");
    }

    [Fact]
    public void Long_texts_can_be_worked_on_within_the_limits()
    {
        Scripts.Run("('a,'.repeat(5e5)).replace(/,/g, ';').split(';').length").ShouldBe(500_001.0);
        Scripts.Run("('a,'.repeat(5e4)).match(/a/g).length").ShouldBe(50_000.0);
    }

    [Fact]
    public void Limits_can_be_set()
    {
        var language = new JavaScriptLanguage(new() { MaxStatements = 100, MaxArrayLength = 10 });

        Should
            .Throw<ExpressionException>(() => language.Compile("for (var i = 0; i < 200; i++);").Evaluate(new FakeScope()))
            .Message.ShouldContain("100 statements");
        Should
            .Throw<ExpressionException>(() => language.Compile("new Array(11)").Evaluate(new FakeScope()))
            .Message.ShouldContain("10 elements");
    }

    [Fact]
    public void Limits_count_across_guarded_functions()
    {
        Should
            .Throw<ExpressionException>(() => Language.Compile("for (;;) 'a'.repeat(2).replace('a', () => 'b')").Evaluate(new FakeScope()))
            .Message.ShouldMatch(Limit);
    }

    [Fact]
    public void Many_threads_can_share_an_evaluator()
    {
        var evaluator = Language.Compile("var n = 0; for (var i = 0; i < getN(); i++) n += 'ab'.replace('a', '').length; n");

        Parallel.For(0L, 200L, n => evaluator.Evaluate(new FakeScope { Variables = { ["N"] = n } }).ShouldBe((double)n));
    }
}
