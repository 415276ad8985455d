using System.Globalization;
using Acornima.Ast;
using Jint;
using Jint.Native;
using ServiceLoop.Scripting.Sandbox;

namespace ServiceLoop.Scripting.JavaScript;

/// <summary>The types that Elsa gives to scripts (<c>DateTime</c>, <c>TimeSpan</c> …), as far as scripts use them, written in JavaScript.</summary>
/// <remarks>
/// Moments are <c>Date</c> objects with the members <c>Year … Second</c>, <c>AddDays(n) … AddSeconds(n)</c> and <c>Add(span)</c>; time spans and
/// identifiers are texts (<c>01:30:00</c>), which the engine converts to what an input needs. Source: the members of the .NET types.
/// </remarks>
internal static class ClockTypes
{
    private const string Source = """
        (function (host) {
          'use strict';
          const moment = value => new Moment(+value);
          class Moment extends Date {
            get Year() { return this.getUTCFullYear(); }
            get Month() { return this.getUTCMonth() + 1; }
            get Day() { return this.getUTCDate(); }
            get Hour() { return this.getUTCHours(); }
            get Minute() { return this.getUTCMinutes(); }
            get Second() { return this.getUTCSeconds(); }
            get Millisecond() { return this.getUTCMilliseconds(); }
            get DayOfWeek() { return this.getUTCDay(); }
            get Date() { return moment(Math.floor(this / 864e5) * 864e5); }
            Add(span) { return moment(+this + host.milliseconds(span)); }
            AddDays(n) { return moment(+this + n * 864e5); }
            AddHours(n) { return moment(+this + n * 36e5); }
            AddMinutes(n) { return moment(+this + n * 6e4); }
            AddSeconds(n) { return moment(+this + n * 1e3); }
            AddMilliseconds(n) { return moment(+this + n); }
            AddYears(n) { return this.AddMonths(n * 12); }
            AddMonths(n) {
              const first = new Date(this);
              first.setUTCDate(1);
              first.setUTCMonth(first.getUTCMonth() + n);
              const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
              first.setUTCDate(Math.min(this.getUTCDate(), days));
              return moment(first);
            }
          }
          function DateTime(year, month, day, hour, minute, second, millisecond) {
            return typeof year !== 'number' ? moment(new Date(year))
              : moment(Date.UTC(year, month - 1, day, hour || 0, minute || 0, second || 0, millisecond || 0));
          }
          const now = () => moment(Date.now());
          const parse = text => {
            const value = new Date(text);
            if (isNaN(value)) throw new Error("'" + text + "' is not a date.");
            return moment(value);
          };
          Object.defineProperties(DateTime, {
            Now: { get: now }, UtcNow: { get: now }, Today: { get: () => now().Date }, Parse: { value: parse }
          });
          function TimeSpan(hours, minutes, seconds) {
            const text = host.span(((hours * 60 + (minutes || 0)) * 60 + (seconds || 0)) * 1e3);
            return new.target ? new String(text) : text;
          }
          Object.assign(TimeSpan, {
            Zero: '00:00:00',
            FromDays: n => host.span(n * 864e5), FromHours: n => host.span(n * 36e5), FromMinutes: n => host.span(n * 6e4),
            FromSeconds: n => host.span(n * 1e3), FromMilliseconds: n => host.span(n), Parse: text => host.span(host.milliseconds(text))
          });
          const Guid = { Empty: '00000000-0000-0000-0000-000000000000', NewGuid: host.newGuid, Parse: host.parseGuid };
          function Random() {
            const next = (from, to) => Math.floor(from + host.random() * (to - from));
            return {
              NextDouble: () => host.random(),
              Next: (from, to) => from === undefined ? next(0, 2147483647) : to === undefined ? next(0, from) : next(from, to)
            };
          }
          Object.defineProperty(Random, 'Shared', { get: () => Random() });
          return { DateTime, DateTimeOffset: DateTime, TimeSpan, Guid, Random };
        })
        """;

    private static readonly Prepared<Script> Prepared = Jint.Engine.PrepareScript(Source, "prelude");

    /// <summary>Names of the types.</summary>
    public static IReadOnlyList<string> Names { get; } = ["DateTime", "DateTimeOffset", "TimeSpan", "Guid", "Random"];

    /// <summary>One of the types, in the interpreter of this run.</summary>
    public static JsValue Find(ScriptRun run, string name)
    {
        if (run.Types is null)
        {
            var host = new JsObject(run.Engine);
            host.Set("random", run.Function("random", _ => run.Scope.NextRandom()));
            host.Set("newGuid", run.Function("newGuid", _ => run.Scope.NextGuid().ToString()));
            host.Set("parseGuid", run.Function("parseGuid", a => Parsed(run, a)));
            host.Set("span", run.Function("span", a => SpanOf(run, a)));
            host.Set("milliseconds", run.Function("milliseconds", a => MillisecondsOf(run, a)));
            run.Types = run.Engine.Evaluate(Prepared).Call(JsValue.Undefined, [host]).AsObject();
        }

        return run.Types.Get(name);
    }

    private static JsValue Parsed(ScriptRun run, JsValue[] arguments)
    {
        var text = WorkflowFunctions.Text(arguments, 0);
        return Guid.TryParse(text, CultureInfo.InvariantCulture, out var guid)
            ? guid.ToString()
            : throw run.Error($"'{text}' is not a GUID.");
    }

    private static JsValue SpanOf(ScriptRun run, JsValue[] arguments)
    {
        var milliseconds = Jint.Runtime.TypeConverter.ToNumber(WorkflowFunctions.At(arguments, 0));

        return Math.Abs(milliseconds) < TimeSpan.MaxValue.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds).ToString("c", CultureInfo.InvariantCulture)
            : throw run.Error("The time span is not a number or too long.");
    }

    private static JsValue MillisecondsOf(ScriptRun run, JsValue[] arguments)
    {
        var text = WorkflowFunctions.Text(arguments, 0);
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            ? span.TotalMilliseconds
            : throw run.Error($"'{text}' is not a time span. Write it as 01:30:00.");
    }
}
