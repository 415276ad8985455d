using System.Collections;
using System.Globalization;
using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;
using ServiceLoop.Engine.Expressions;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Scripting.Sandbox;

/// <summary>Copies values into the interpreter and out of it. Neither side ever holds an object of the other.</summary>
/// <remarks>
/// In: numbers become doubles, moments become <c>Date</c>, identifiers and time spans text, bytes <c>Uint8Array</c>. A moment that comes out as
/// it went in keeps its type, its offset and its ticks, which <c>Date</c> cannot hold.
/// </remarks>
internal sealed class ScriptValues(Jint.Engine engine, ScriptLimits limits)
{
    private const int MaxDepth = 128;

    private readonly ScriptLimits limits = limits;
    private readonly Dictionary<JsDate, object> moments = new(ReferenceEqualityComparer.Instance);

    /// <summary>The value as the script sees it.</summary>
    public JsValue ToScript(object? value) =>
        value switch
        {
            null => JsValue.Null,
            string text => new JsString(text),
            bool flag => flag ? JsBoolean.True : JsBoolean.False,
            double number => JsNumber.Create(number),
            DateTimeOffset moment => Moment(moment, moment.ToUnixTimeMilliseconds()),
            DateTime moment => Moment(moment, MillisecondsOf(moment)),
            byte[] bytes => engine.Intrinsics.Uint8Array.Construct(new ReadOnlySpan<byte>(bytes)),
            IDictionary<string, object?> members => ObjectOf(members),
            _ when Scalar.TryOf(value, out var scalar) => scalar.IsText ? new JsString(scalar.AsText) : JsNumber.Create(scalar.Number),
            IList items => ArrayOf(items),
            _ => ToScript(PlainValue.Of(value)),
        };

    /// <summary>The plain value of what a script gave.</summary>
    /// <exception cref="ExpressionException">The value refers to itself, nests too deeply or is too big.</exception>
    public object? ToPlain(JsValue value) => ToPlain(value, null);

    /// <summary>As <see cref="ToPlain(JsValue)"/>, but members that did not change keep the type that they have in <paramref name="before"/>.</summary>
    public object? ToPlain(JsValue value, object? before) => new Departure(this).Leave(value, before);

    /// <summary>Milliseconds since 1970 of a moment without offset, which counts as UTC unless it says that it is local.</summary>
    public static long MillisecondsOf(DateTime moment) =>
        new DateTimeOffset(
            moment.Kind == DateTimeKind.Local ? moment.ToUniversalTime() : DateTime.SpecifyKind(moment, DateTimeKind.Utc)
        ).ToUnixTimeMilliseconds();

    private JsDate Moment(object moment, long milliseconds)
    {
        var date = new JsDate(engine, milliseconds);
        moments[date] = moment;
        return date;
    }

    private JsObject ObjectOf(IDictionary<string, object?> members)
    {
        var copy = new JsObject(engine);

        foreach (var (name, member) in members)
            copy.CreateDataProperty(new JsString(name), ToScript(member));

        return copy;
    }

    private JsArray ArrayOf(IList items)
    {
        var copy = new JsValue[items.Count];

        for (var i = 0; i < copy.Length; i++)
            copy[i] = ToScript(items[i]);

        return new(engine, copy);
    }

    // new String("a"), new Number(1), new Boolean(true): their class is internal to the interpreter, so ask how they print their tag.
    private static JsValue? Boxed(ObjectInstance instance) =>
        instance.GetType().Name is "StringInstance" or "NumberInstance" or "BooleanInstance"
            ? JsValue.FromObject(instance.Engine, instance.ToObject())
            : null;

    /// <summary>One value on its way out, with what was seen so far: getters may start another meanwhile.</summary>
    private sealed class Departure(ScriptValues values)
    {
        private readonly HashSet<ObjectInstance> path = new(ReferenceEqualityComparer.Instance);
        private int count;

        public object? Leave(JsValue value, object? before)
        {
            if (++count > values.limits.MaxArrayLength)
                throw new ExpressionException($"The script gave a structure of more than {values.limits.MaxArrayLength} values.");

            if (value.IsNumber())
                return Unchanged(value.AsNumber(), before);

            if (value.IsString())
                return before is Guid or TimeSpan && Scalar.TryOf(before, out var was) && was.AsText == value.ToString()
                    ? before
                    : value.ToString();

            if (value.IsBoolean())
                return value.AsBoolean();

            if (value is not ObjectInstance instance || instance is Function)
                return null;

            if (instance is JsDate date)
                return LeaveDate(date);

            if (instance.IsUint8Array())
                return instance.AsUint8Array();

            if (instance.IsArrayBuffer())
                return instance.AsArrayBuffer();

            if (instance is not (JsArray or JsObject) && Boxed(instance) is { } primitive)
                return Leave(primitive, before);

            if (path.Count >= MaxDepth)
                throw new ExpressionException($"The script gave a value that nests deeper than {MaxDepth} levels.");

            if (!path.Add(instance))
                throw new ExpressionException("The script gave a value that refers to itself.");

            object copy = instance is JsArray array
                ? LeaveArray(array, before as IList)
                : LeaveObject(instance, before as IDictionary<string, object?>);
            path.Remove(instance);
            return copy;
        }

        private static object Unchanged(double number, object? before) =>
            before is long or int or decimal && Scalar.TryOf(before, out var was) && was.Number.Equals(number) ? before : number;

        private object? LeaveDate(JsDate date)
        {
            if (double.IsNaN(date.DateValue))
                return null;

            var milliseconds = (long)date.DateValue;

            if (
                values.moments.TryGetValue(date, out var moment)
                && milliseconds == (moment is DateTime plain ? MillisecondsOf(plain) : ((DateTimeOffset)moment).ToUnixTimeMilliseconds())
            )
                return moment;

            // JavaScript's calendar reaches from year -271821 to 275760, .NET's from 1 to 9999.
            return
                milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
                || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? throw new ExpressionException(
                    string.Create(CultureInfo.InvariantCulture, $"The script gave a date outside of the years 1 to 9999.")
                )
                : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }

        private List<object?> LeaveArray(JsArray array, IList? before)
        {
            var copy = new List<object?>((int)Math.Min(array.Length, 1024));

            for (uint i = 0; i < array.Length; i++)
                copy.Add(Leave(array[i], before is not null && i < before.Count ? before[(int)i] : null));

            return copy;
        }

        private Dictionary<string, object?> LeaveObject(ObjectInstance instance, IDictionary<string, object?>? before)
        {
            var copy = new Dictionary<string, object?>(StringComparer.Ordinal);

            foreach (var key in instance.GetOwnPropertyKeys(Types.String))
            {
                if (!instance.GetOwnProperty(key).Enumerable)
                    continue;

                object? was = null;
                before?.TryGetValue(key.ToString(), out was);
                copy[key.ToString()] = Leave(instance.Get(key), was);
            }

            return copy;
        }
    }
}
