using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServiceLoop.Engine.Values;

/// <summary>Values as JSON, in two dialects: plain JSON for people and other systems, and stored JSON that keeps every type.</summary>
/// <remarks>
/// In stored JSON a whole double carries a decimal point (<c>2.0</c>) to differ from the integer <c>2</c>, and types that JSON lacks are written as
/// <c>{"$type":"Guid","value":"…"}</c>. A member that begins with <c>$</c> in user data gets a second <c>$</c>.
/// </remarks>
public static class ValueJson
{
    private const string TypeMember = "$type";
    private static readonly JsonWriterOptions TextOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions ParseOptions = new() { MaxDepth = 256 };

    /// <summary>Compact plain JSON text of a value.</summary>
    public static string ToText(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>(256);

        using (var writer = new Utf8JsonWriter(buffer, TextOptions))
            WritePlain(writer, value);

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads JSON text into a plain value; false when it is not JSON.</summary>
    public static bool TryParse(string text, out object? value)
    {
        try
        {
            using var document = JsonDocument.Parse(text, ParseOptions);
            value = PlainValue.Of(document.RootElement);
            return true;
        }
        catch (JsonException)
        {
            value = null;
            return false;
        }
    }

    /// <summary>Writes a value as any JSON reader expects it; numbers that are not finite become null.</summary>
    public static void WritePlain(Utf8JsonWriter writer, object? value) => Write(writer, value, stored: false);

    /// <summary>Writes a value so that <see cref="ReadStored(JsonElement)"/> gives back the same value with the same type.</summary>
    public static void WriteStored(Utf8JsonWriter writer, object? value) => Write(writer, value, stored: true);

    /// <summary>Reads what <see cref="WriteStored"/> wrote.</summary>
    public static object? ReadStored(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Number:
                return json.TryGetInt64(out var integer) && !HasPoint(json) ? (object)integer : json.GetDouble();
            case JsonValueKind.Array:
            {
                var list = new List<object?>(json.GetArrayLength());

                foreach (var item in json.EnumerateArray())
                    list.Add(ReadStored(item));

                return list;
            }

            case JsonValueKind.Object:
                return ReadObject(json);
            default:
                return PlainValue.Of(json);
        }
    }

    /// <summary>Reads stored UTF-8 into the declared type of its slot.</summary>
    public static object? ReadStored(ReadOnlyMemory<byte> utf8, Type type)
    {
        using var document = JsonDocument.Parse(utf8, ParseOptions);
        var value = ReadStored(document.RootElement);
        return type == typeof(object) ? value : ValueConverter.Convert(value, type);
    }

    private static bool HasPoint(JsonElement json)
    {
        var raw = json.GetRawText();
        return raw.AsSpan().IndexOfAny('.', 'e', 'E') >= 0;
    }

    private static object? ReadObject(JsonElement json)
    {
        if (json.TryGetProperty(TypeMember, out var tag))
        {
            var value = json.GetProperty("value");

            return tag.GetString() switch
            {
                "Decimal" => value.GetDecimal(),
                "Guid" => value.GetGuid(),
                "DateTime" => DateTime.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
                "DateTimeOffset" => value.GetDateTimeOffset(),
                "TimeSpan" => TimeSpan.Parse(value.GetString()!, CultureInfo.InvariantCulture),
                "ByteArray" => value.GetBytesFromBase64(),
                "Double" => double.Parse(value.GetString()!, CultureInfo.InvariantCulture),
                var other => throw new JsonException(
                    $"Stored state holds a value of the unknown type '{other}'. It was written by a newer version."
                ),
            };
        }

        var members = new Dictionary<string, object?>(StringComparer.Ordinal);

        foreach (var member in json.EnumerateObject())
            members[member.Name.StartsWith('$') ? member.Name[1..] : member.Name] = ReadStored(member.Value);

        return members;
    }

    private static void Write(Utf8JsonWriter writer, object? value, bool stored)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or short or byte or sbyte or ushort or uint or long:
                writer.WriteNumberValue(System.Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float or double:
                WriteDouble(writer, System.Convert.ToDouble(value, CultureInfo.InvariantCulture), stored);
                break;
            case decimal money:
                if (stored)
                    WriteTagged(writer, "Decimal", static (w, v) => w.WriteNumberValue(v), money);
                else
                    writer.WriteNumberValue(money);
                break;
            case Guid guid:
                WriteScalar(writer, stored ? "Guid" : null, guid.ToString());
                break;
            case DateTimeOffset moment:
                WriteScalar(writer, stored ? "DateTimeOffset" : null, moment.ToString("O", CultureInfo.InvariantCulture));
                break;
            case DateTime moment:
                WriteScalar(writer, stored ? "DateTime" : null, moment.ToString("O", CultureInfo.InvariantCulture));
                break;
            case TimeSpan span:
                WriteScalar(writer, stored ? "TimeSpan" : null, span.ToString("c", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                WriteScalar(writer, stored ? "ByteArray" : null, System.Convert.ToBase64String(bytes));
                break;
            case JsonElement json:
                Write(writer, PlainValue.Of(json), stored);
                break;
            case Enum:
                writer.WriteStringValue(value.ToString());
                break;
            case IDictionary<string, object?> members:
                writer.WriteStartObject();

                foreach (var (name, member) in members)
                {
                    writer.WritePropertyName(stored && name.StartsWith('$') ? "$" + name : name);
                    Write(writer, member, stored);
                }

                writer.WriteEndObject();
                break;
            case IEnumerable items and not IDictionary:
                writer.WriteStartArray();

                foreach (var item in items)
                    Write(writer, item, stored);

                writer.WriteEndArray();
                break;
            default:
                Write(writer, PlainValue.Of(value), stored);
                break;
        }
    }

    private static void WriteDouble(Utf8JsonWriter writer, double number, bool stored)
    {
        if (!double.IsFinite(number))
        {
            if (stored)
                WriteScalar(writer, "Double", number.ToString("R", CultureInfo.InvariantCulture));
            else
                writer.WriteNullValue();
        }
        else if (stored && Math.Floor(number) == number && Math.Abs(number) < 1e15)
        {
            writer.WriteRawValue(((long)number).ToString(CultureInfo.InvariantCulture) + ".0", skipInputValidation: true);
        }
        else if (stored)
        {
            var text = number.ToString("R", CultureInfo.InvariantCulture);
            writer.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') >= 0 ? text : text + ".0", skipInputValidation: true);
        }
        else
        {
            writer.WriteNumberValue(number);
        }
    }

    private static void WriteScalar(Utf8JsonWriter writer, string? type, string text)
    {
        if (type is null)
            writer.WriteStringValue(text);
        else
            WriteTagged(writer, type, static (w, v) => w.WriteStringValue(v), text);
    }

    private static void WriteTagged<T>(Utf8JsonWriter writer, string type, Action<Utf8JsonWriter, T> write, T value)
    {
        writer.WriteStartObject();
        writer.WriteString(TypeMember, type);
        writer.WritePropertyName("value");
        write(writer, value);
        writer.WriteEndObject();
    }
}
