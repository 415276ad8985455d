using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Engine.Comparison;

/// <summary>Compares members that are plain JSON. What says nothing is the same as what is not there: null, empty lists and objects, flags that are off.</summary>
internal static class PlainMembers
{
    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The members that differ, by name.</summary>
    /// <param name="place">What they are.</param>
    /// <param name="before">An object, or nothing.</param>
    /// <param name="after">An object, or nothing.</param>
    /// <param name="prefix">Stands before each name.</param>
    /// <param name="except">Names that do not count.</param>
    /// <param name="opened">Names whose members are compared in their place.</param>
    public static ImmutableArray<ValueChange> Compare(
        ValuePlace place,
        JsonElement before,
        JsonElement after,
        string prefix,
        IReadOnlyCollection<string>? except = null,
        IReadOnlyCollection<string>? opened = null
    )
    {
        var changes = ImmutableArray.CreateBuilder<ValueChange>();

        foreach (var name in Names(before).Union(Names(after), StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase))
        {
            if (except?.Contains(name, StringComparer.OrdinalIgnoreCase) == true)
                continue;

            var (one, other) = (ElsaJson.Find(before, name), ElsaJson.Find(after, name));

            if (opened?.Contains(name, StringComparer.OrdinalIgnoreCase) == true)
                changes.AddRange(Compare(place, one ?? default, other ?? default, $"{prefix}{name}."));
            else if (!AreEqual(one, other))
                changes.Add(new(place, prefix + name, SideOf(one), SideOf(other)));
        }

        return changes.DrainToImmutable();
    }

    public static bool IsNothing(JsonElement? json) =>
        json is null
        || json.Value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => true,
            JsonValueKind.Object => !json.Value.EnumerateObject().Any(m => !IsNothing(m.Value)),
            JsonValueKind.Array => json.Value.GetArrayLength() == 0,
            JsonValueKind.String => json.Value.ValueEquals(""),
            _ => false,
        };

    public static bool AreEqual(JsonElement? one, JsonElement? other) =>
        IsNothing(one) ? IsNothing(other) : !IsNothing(other) && AreSame(one!.Value, other!.Value);

    /// <summary>As a person would write it.</summary>
    public static string Text(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
            return json.GetString()!;

        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
            json.WriteTo(writer);

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A member that holds activities, with null in their places: what else it says, such as the conditions of cases.</summary>
    public static JsonElement? WithoutActivities(JsonElement json)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
            Write(json, writer);

        using var document = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth });
        return document.RootElement.Clone();

        static void Write(JsonElement json, Utf8JsonWriter writer)
        {
            switch (json.ValueKind)
            {
                case JsonValueKind.Object
                    when ElsaJson.Find(json, "id") is not null && ElsaJson.Find(json, "type") is { ValueKind: JsonValueKind.String }:
                    writer.WriteNullValue();
                    break;
                case JsonValueKind.Object:
                    writer.WriteStartObject();

                    // Older files number their lists.
                    foreach (var member in json.EnumerateObject().Where(m => m.Name != "$id"))
                    {
                        writer.WritePropertyName(member.Name);
                        Write(member.Value, writer);
                    }

                    writer.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    writer.WriteStartArray();

                    foreach (var item in json.EnumerateArray())
                        if (
                            item.ValueKind != JsonValueKind.Object
                            || ElsaJson.Find(item, "type") is not { ValueKind: JsonValueKind.String }
                            || ElsaJson.Find(item, "id") is null
                        )
                            Write(item, writer);

                    writer.WriteEndArray();
                    break;
                default:
                    json.WriteTo(writer);
                    break;
            }
        }
    }

    private static ValueSide? SideOf(JsonElement? json) => IsNothing(json) ? null : new(Text(json!.Value));

    private static IEnumerable<string> Names(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().Select(m => m.Name) : [];

    private static bool AreSame(JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind)
            return false;

        switch (one.ValueKind)
        {
            case JsonValueKind.Object:
                return Names(one)
                    .Union(Names(other), StringComparer.OrdinalIgnoreCase)
                    .All(n => AreEqual(ElsaJson.Find(one, n), ElsaJson.Find(other, n)));
            case JsonValueKind.Array:
                return one.GetArrayLength() == other.GetArrayLength()
                    && one.EnumerateArray().Zip(other.EnumerateArray()).All(p => AreEqual(p.First, p.Second));
            default:
                return JsonElement.DeepEquals(one, other);
        }
    }
}
