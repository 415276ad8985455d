using System.Collections;
using System.Text.Json;
using Scriban.Runtime;

namespace ServiceLoop.ServiceDesk.Messages.Templates;

/// <summary>Plain values as a template sees them: copies without methods.</summary>
internal static class TemplateValues
{
    private const int Deepest = 32;

    public static ScriptObject Of(IReadOnlyDictionary<string, object?> values)
    {
        var found = new ScriptObject(StringComparer.Ordinal);

        foreach (var (name, value) in values)
            found[name] = Plain(value, 0);

        return found;
    }

    private static object? Plain(object? value, int depth)
    {
        if (depth > Deepest)
            return null;

        switch (value)
        {
            case null or string or bool or int or long or double or decimal or DateTime:
                return value;
            case DateTimeOffset moment:
                return moment.UtcDateTime;
            case JsonElement json:
                return Plain(json, depth);
            case IReadOnlyDictionary<string, object?> named:
                return Named(named, depth);
            case IDictionary<string, object?> named:
                return Named(named, depth);
            case IEnumerable list:
                return new ScriptArray(list.Cast<object?>().Select(v => Plain(v, depth + 1)));
            default:
                return Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private static ScriptObject Named(IEnumerable<KeyValuePair<string, object?>> members, int depth)
    {
        var found = new ScriptObject(StringComparer.Ordinal);

        foreach (var (name, value) in members)
            found[name] = Plain(value, depth + 1);

        return found;
    }

    private static object? Plain(JsonElement json, int depth) =>
        json.ValueKind switch
        {
            JsonValueKind.String => json.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => json.TryGetInt64(out var whole) ? whole : json.GetDouble(),
            JsonValueKind.Array => new ScriptArray(json.EnumerateArray().Select(e => Plain(e, depth + 1))),
            JsonValueKind.Object => Named(json.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, (object?)m.Value)), depth),
            _ => null,
        };
}
