using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace ServiceLoop.Engine.Values;

/// <summary>Brings any .NET value into the few shapes that state may hold, so that it is the same before and after it was stored.</summary>
/// <remarks>
/// Plain are: null, string, bool, long, double, decimal, Guid, DateTime, DateTimeOffset, TimeSpan, byte[], a list (<c>List&lt;object?&gt;</c>) and an
/// object (<c>Dictionary&lt;string, object?&gt;</c> in insertion order). Whoever gets a list or an object from the engine gets a copy.
/// </remarks>
public static class PlainValue
{
    private const int MaxDepth = 128;

    private static readonly JsonSerializerOptions ObjectOptions = new(JsonSerializerDefaults.Web);

    /// <summary>The plain form of <paramref name="value"/>, always a copy of lists and objects.</summary>
    /// <exception cref="InvalidOperationException">The value nests deeper than 128 levels, or refers to itself.</exception>
    public static object? Of(object? value) => Of(value, 0);

    /// <summary>True for the shapes that are never copied: they cannot change.</summary>
    public static bool IsScalar(object? value) =>
        value
            is null
                or string
                or bool
                or int
                or long
                or short
                or byte
                or float
                or double
                or decimal
                or Guid
                or DateTime
                or DateTimeOffset
                or TimeSpan
                or Enum;

    /// <summary>The plain form of a JSON value; integers become <see cref="long"/>, other numbers <see cref="double"/>.</summary>
    public static object? Of(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => json.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => json.TryGetInt64(out var number) ? (object)number : json.GetDouble(),
            JsonValueKind.Array => ListOf(json),
            JsonValueKind.Object => ObjectOf(json),
            _ => null,
        };

    private static object? Of(object? value, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidOperationException($"A value nests deeper than {MaxDepth} levels or refers to itself. Store a flatter value.");

        switch (value)
        {
            case null or string or bool or long or double or decimal or Guid or DateTime or DateTimeOffset or TimeSpan:
                return value;
            case State.RawValue raw:
                return ValueJson.ReadStored(raw.Utf8, typeof(object));
            case int or short or byte or sbyte or ushort or uint:
                return Convert.ToInt64(value, CultureInfo.InvariantCulture);
            case float single:
                return (double)single;
            case Enum or char or Uri or Version:
                return value.ToString();
            case JsonElement json:
                return Of(json);
            case byte[] bytes:
                return bytes.Clone();
            case IDictionary<string, object?> members:
            {
                var copy = new Dictionary<string, object?>(members.Count, StringComparer.Ordinal);

                foreach (var (name, member) in members)
                    copy[name] = Of(member, depth + 1);

                return copy;
            }

            case IDictionary map:
            {
                var copy = new Dictionary<string, object?>(map.Count, StringComparer.Ordinal);

                foreach (DictionaryEntry entry in map)
                    copy[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = Of(entry.Value, depth + 1);

                return copy;
            }

            case IEnumerable items:
            {
                var copy = new List<object?>();

                foreach (var item in items)
                    copy.Add(Of(item, depth + 1));

                return copy;
            }

            default:
                return Of(JsonSerializer.SerializeToElement(value, value.GetType(), ObjectOptions));
        }
    }

    private static List<object?> ListOf(JsonElement json)
    {
        var list = new List<object?>(json.GetArrayLength());

        foreach (var item in json.EnumerateArray())
            list.Add(Of(item));

        return list;
    }

    private static Dictionary<string, object?> ObjectOf(JsonElement json)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);

        foreach (var member in json.EnumerateObject())
            members[member.Name] = Of(member.Value);

        return members;
    }
}
