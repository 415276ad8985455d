using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.Workflows.Replay;

/// <summary>Fills in a form by its JSON schema, as a person would who knows the case.</summary>
internal static class FormAnswer
{
    /// <summary>An answer that fits the form.</summary>
    /// <param name="form">Schema; null for none.</param>
    /// <param name="known">What is known of the case, by the name of the field: taken where the field wants it.</param>
    /// <param name="chance">Chance.</param>
    /// <param name="what">What the draws are for.</param>
    public static JsonObject Of(JsonElement? form, IReadOnlyDictionary<string, JsonNode?> known, Chance chance, string what)
    {
        var answer = new JsonObject();

        if (form is not { ValueKind: JsonValueKind.Object } schema || !schema.TryGetProperty("properties", out var properties))
            return answer;

        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(n => n.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];

        foreach (var field in properties.EnumerateObject())
            if (known.TryGetValue(field.Name, out var value))
            {
                if (value is not null)
                    answer[field.Name] = value.DeepClone();
            }
            else if (required.Contains(field.Name))
            {
                answer[field.Name] = Value(field.Value, chance, $"{what}:{field.Name}");
            }

        return answer;
    }

    private static JsonNode? Value(JsonElement field, Chance chance, string what)
    {
        if (field.TryGetProperty("enum", out var choices))
            return JsonNode.Parse(chance.OneOf(what, [.. choices.EnumerateArray().Select(c => c.GetRawText())]));

        return Kind(field) switch
        {
            "boolean" => chance.Happens(what, 0.5),
            "integer" => (long)Between(field, chance, what, whole: true),
            "number" => Between(field, chance, what, whole: false),
            "array" => Items(field, chance, what),
            "object" => Of(field, new Dictionary<string, JsonNode?>(), chance, what),
            _ => Text(field, what),
        };
    }

    private static string? Kind(JsonElement field) =>
        field.TryGetProperty("type", out var type)
            ? type.ValueKind == JsonValueKind.Array
                ? type.EnumerateArray().Select(t => t.GetString()).FirstOrDefault(t => t != "null")
                : type.GetString()
            : null;

    private static double Between(JsonElement field, Chance chance, string what, bool whole)
    {
        var least = field.TryGetProperty("minimum", out var min) ? min.GetDouble() : 0;
        var most = field.TryGetProperty("maximum", out var max) ? max.GetDouble() : least + 10;
        var drawn = least + chance.Next(what) * (most - least + (whole ? 1 : 0));
        return Math.Min(most, whole ? Math.Floor(drawn) : drawn);
    }

    private static JsonArray Items(JsonElement field, Chance chance, string what)
    {
        var count = field.TryGetProperty("minItems", out var least) ? least.GetInt32() : 0;
        var items = new JsonArray();

        if (field.TryGetProperty("items", out var item))
            for (var i = 0; i < count; i++)
                items.Add(Value(item, chance, $"{what}:{i}"));

        return items;
    }

    private static string Text(JsonElement field, string what)
    {
        var format = field.TryGetProperty("format", out var f) ? f.GetString() : null;
        var text = format switch
        {
            "date" => "2026-03-02",
            "date-time" => "2026-03-02T09:00:00Z",
            "email" => "customer@example.com",
            "uri" => "https://example.com/",
            _ => $"Looked at, and done as described ({what.Split(':')[0]}).",
        };
        var most = field.TryGetProperty("maxLength", out var max) ? max.GetInt32() : int.MaxValue;
        var least = field.TryGetProperty("minLength", out var min) ? min.GetInt32() : 0;
        return (text.Length > most ? text[..most] : text).PadRight(least, '.');
    }
}
