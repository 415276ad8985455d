using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace ServiceLoop.Engine.Values;

/// <summary>The one conversion between value types, with Elsa's rules: lenient, invariant culture, impossible gives the default.</summary>
/// <remarks>Source: observed on Elsa 3.6.3 and the rules of its <c>ObjectConverter</c> with strict mode off.</remarks>
public static class ValueConverter
{
    private static readonly JsonSerializerOptions ObjectOptions = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowReadingFromString,
    };

    /// <summary>Converts to <typeparamref name="T"/>; an impossible conversion gives the default value.</summary>
    public static T? To<T>(object? value) =>
        value is T same ? same
        : Convert(value, typeof(T)) is T converted ? converted
        : default;

    /// <summary>Converts to the given type; an impossible conversion gives the type's default value (null, 0, false …).</summary>
    public static object? Convert(object? value, Type target) => TryConvert(value, target, out var result) ? result : DefaultOf(target);

    /// <summary>Converts to the given type and says whether it was possible; null converts to the default value.</summary>
    public static bool TryConvert(object? value, Type target, out object? result)
    {
        var type = Nullable.GetUnderlyingType(target) ?? target;

        if (value is JsonElement json)
            value = type == typeof(JsonElement) ? value : PlainValue.Of(json);

        if (value is null)
        {
            result = DefaultOf(target);
            return true;
        }

        if (type == typeof(object) || type.IsInstanceOfType(value))
        {
            result = value;
            return true;
        }

        if (type == typeof(string))
        {
            result = Text(value);
            return true;
        }

        if (type.IsArray && type != typeof(byte[]))
            return TryArray(value, type.GetElementType()!, out result);

        if (value is string text)
            return TryParse(text, type, target, out result);

        if (type.IsEnum && value is IConvertible)
            return TryEnum(Text(value)!, type, out result);

        if (TryNumber(value, type, out result))
            return true;

        if (type == typeof(DateTimeOffset) && value is DateTime date)
        {
            result = new DateTimeOffset(
                date.Kind == DateTimeKind.Local ? date.ToUniversalTime() : DateTime.SpecifyKind(date, DateTimeKind.Utc)
            );
            return true;
        }

        if (type == typeof(DateTime) && value is DateTimeOffset offset)
        {
            result = offset.UtcDateTime;
            return true;
        }

        if (type == typeof(TimeSpan) && value is long or double)
        {
            result = DefaultOf(target);
            return false;
        }

        return TryObject(value, type, out result);
    }

    /// <summary>Text of a value as Elsa prints it: scalars invariant (<c>True</c>, <c>5.5</c>), lists and objects as JSON.</summary>
    public static string? Text(object? value) =>
        value switch
        {
            null => null,
            string text => text,
            bool flag => flag ? "True" : "False",
            DateTimeOffset moment => moment.ToString("O", CultureInfo.InvariantCulture),
            DateTime moment => moment.ToString("O", CultureInfo.InvariantCulture),
            TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
            byte[] bytes => System.Convert.ToBase64String(bytes),
            JsonElement json => json.ValueKind == JsonValueKind.String ? json.GetString() : json.GetRawText(),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => ValueJson.ToText(value),
        };

    /// <summary>The default value of a type: null, or zero for value types that are not nullable.</summary>
    public static object? DefaultOf(Type type) =>
        !type.IsValueType || Nullable.GetUnderlyingType(type) is not null ? null
        : type == typeof(int) ? 0
        : type == typeof(bool) ? false
        : type == typeof(long) ? 0L
        : type == typeof(double) ? 0d
        : Activator.CreateInstance(type);

    private static bool TryParse(string text, Type type, Type target, out object? result)
    {
        var trimmed = text.Trim();

        if (trimmed.Length == 0 && type != typeof(byte[]))
        {
            result = DefaultOf(target);
            return true;
        }

        result = null;

        if (type == typeof(bool))
            return Parsed(bool.TryParse(trimmed, out var flag), flag, out result);
        if (type == typeof(Guid))
            return Parsed(Guid.TryParse(trimmed, out var guid), guid, out result);
        if (type == typeof(TimeSpan))
            return Parsed(TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out var span), span, out result);
        if (type == typeof(DateTimeOffset))
            return Parsed(
                DateTimeOffset.TryParse(Spaced(trimmed), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment),
                moment,
                out result
            );
        if (type == typeof(DateTime))
            return Parsed(
                DateTime.TryParse(
                    Spaced(trimmed),
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
                    out var date
                ),
                date,
                out result
            );
        if (type == typeof(byte[]))
            return TryBase64(trimmed, out result);
        if (type.IsEnum)
            return TryEnum(trimmed, type, out result);
        if (type == typeof(decimal))
            return Parsed(
                decimal.TryParse(trimmed, NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var money),
                money,
                out result
            );
        if (IsNumber(type))
            return TryNumberText(trimmed, type, out result);

        return (trimmed[0] is '{' or '[') && TryObject(text, type, out result);
    }

    /// <summary>Browsers put a narrow space before AM and PM, which .NET does not read everywhere.</summary>
    private static string Spaced(string text) => text.Replace('\u202F', ' ').Replace('\u00A0', ' ');

    private static bool Parsed<T>(bool success, T value, out object? result)
    {
        result = success ? value : null;
        return success;
    }

    private static bool TryBase64(string text, out object? result)
    {
        var buffer = new byte[text.Length];
        var success = System.Convert.TryFromBase64String(text, buffer, out var length);
        result = success ? buffer[..length] : null;
        return success;
    }

    private static bool TryEnum(string text, Type type, out object? result)
    {
        if (Enum.TryParse(type, text, ignoreCase: true, out result) && Enum.IsDefined(type, result!))
            return true;

        result = null;
        return false;
    }

    private static bool TryNumberText(string text, Type type, out object? result)
    {
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer))
            return TryNumber(integer, type, out result);

        // An integer type refuses "2.5" as a .NET type converter does; floating types take it.
        if (type != typeof(double) && type != typeof(float))
        {
            result = null;
            return false;
        }

        var parsed = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        result = parsed
            ? type == typeof(float)
                ? (object)(float)number
                : number
            : null;
        return parsed;
    }

    private static bool IsNumber(Type type) =>
        type == typeof(int)
        || type == typeof(long)
        || type == typeof(double)
        || type == typeof(float)
        || type == typeof(short)
        || type == typeof(decimal)
        || type == typeof(byte);

    private static bool TryNumber(object value, Type type, out object? result)
    {
        result = null;

        if (!IsNumber(type) || value is not (int or long or short or byte or float or double or decimal or bool or Enum))
            return false;

        try
        {
            result =
                value is double number && !double.IsFinite(number) && type != typeof(float)
                    ? null
                    : System.Convert.ChangeType(
                        value is Enum ? System.Convert.ToInt64(value, CultureInfo.InvariantCulture) : value,
                        type,
                        CultureInfo.InvariantCulture
                    );
            return result is not null;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static bool TryArray(object value, Type elementType, out object? result)
    {
        result = null;

        if (value is string text)
        {
            var trimmed = text.Trim();

            if (trimmed.Length == 0)
                return true;

            if (trimmed[0] == '[')
            {
                if (!ValueJson.TryParse(trimmed, out var parsed))
                    return false;

                value = parsed!;
            }
            else
            {
                value = new[] { text };
            }
        }

        if (value is not IEnumerable source || value is IDictionary)
            source = new[] { value };

        var items = new List<object?>();

        foreach (var item in source)
        {
            if (!TryConvert(item, elementType, out var converted))
                return false;

            items.Add(converted);
        }

        var array = Array.CreateInstance(elementType, items.Count);

        for (var i = 0; i < items.Count; i++)
            array.SetValue(items[i], i);

        result = array;
        return true;
    }

    private static bool TryObject(object value, Type type, out object? result)
    {
        result = null;

        try
        {
            var json = value as string ?? ValueJson.ToText(value);
            result =
                type == typeof(Dictionary<string, object?>) || type == typeof(IDictionary<string, object?>)
                    ? ValueJson.TryParse(json, out var parsed)
                        ? parsed as Dictionary<string, object?>
                        : null
                    : JsonSerializer.Deserialize(json, type, ObjectOptions);
            return result is not null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return false;
        }
    }
}
