using System.Globalization;
using Jint.Native;
using Jint.Runtime;

namespace ServiceLoop.Scripting.Sandbox;

/// <summary>A JavaScript value that is not an object, or an object of ours that only passes through.</summary>
internal readonly struct Scalar
{
    private readonly object? reference;

    private Scalar(Kind kind, double number = 0, object? reference = null) => (Is, Number, this.reference) = (kind, number, reference);

    /// <summary>The kinds of values that the reduced evaluators tell apart.</summary>
    public enum Kind : byte
    {
        Undefined,
        Null,
        Boolean,
        Number,
        Text,
        Object,
    }

    public static Scalar Undefined => default;

    public static Scalar Null { get; } = new(Kind.Null);

    public Kind Is { get; }

    /// <summary>The number; of a boolean, 0 or 1.</summary>
    public double Number { get; }

    public bool IsText => Is == Kind.Text;

    public bool IsObject => Is == Kind.Object;

    public bool IsNullish => Is <= Kind.Null;

    /// <summary>The text of a value that is a text.</summary>
    public string AsText => (string)reference!;

    /// <summary>The object of ours.</summary>
    public object AsObject => reference!;

    public static Scalar Of(double number) => new(Kind.Number, number);

    public static Scalar Of(string text) => new(Kind.Text, 0, text);

    public static Scalar Of(bool flag) => new(Kind.Boolean, flag ? 1 : 0);

    /// <summary>The value as JavaScript sees it; false when that would be an object.</summary>
    public static bool TryOf(object? value, out Scalar scalar)
    {
        scalar = value switch
        {
            null => Null,
            string text => Of(text),
            bool flag => Of(flag),
            double number => Of(number),
            long number => Of(number),
            int number => Of(number),
            decimal number => Of((double)number),
            short or byte or sbyte or ushort or uint or ulong or float => Of(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            Guid guid => Of(guid.ToString()),
            TimeSpan span => Of(span.ToString("c", CultureInfo.InvariantCulture)),
            Enum or char or Uri or Version => Of(value.ToString()!),
            _ => new(Kind.Object, 0, value),
        };
        return scalar.Is != Kind.Object;
    }

    /// <summary>The value as JavaScript sees it; lists, objects, moments and bytes are carried as objects.</summary>
    public static Scalar From(object? value)
    {
        TryOf(value, out var scalar);
        return scalar;
    }

    /// <summary>Whether a condition holds for it.</summary>
    public bool IsTruthy =>
        Is switch
        {
            Kind.Boolean or Kind.Number => Number != 0 && !double.IsNaN(Number),
            Kind.Text => AsText.Length > 0,
            Kind.Object => true,
            _ => false,
        };

    /// <summary>JavaScript's <c>ToNumber</c>; not for objects.</summary>
    public double ToNumber() =>
        Is switch
        {
            Kind.Undefined => double.NaN,
            Kind.Null => 0,
            Kind.Text => TypeConverter.ToNumber(new JsString(AsText)),
            _ => Number,
        };

    /// <summary>JavaScript's <c>ToString</c>; not for objects.</summary>
    public string ToText() =>
        Is switch
        {
            Kind.Undefined => "undefined",
            Kind.Null => "null",
            Kind.Boolean => Number != 0 ? "true" : "false",
            Kind.Text => AsText,
            _ => TypeConverter.ToString(JsNumber.Create(Number)),
        };
}
