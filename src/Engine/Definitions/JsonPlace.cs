using System.Globalization;
using System.Text.Json;

namespace ServiceLoop.Engine.Definitions;

/// <summary>Finds what stands at a path that the compiler gave: <c>$.root.activities[2].body</c>.</summary>
public static class JsonPlace
{
    /// <summary>The value at a path; undefined when nothing stands there. Names are matched as definitions are read: without regard to case.</summary>
    public static JsonElement Find(JsonElement document, string path)
    {
        var place = document;

        foreach (var step in path.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            if (step.EndsWith(']'))
                place = ElsaJson.Items(place).ElementAtOrDefault(int.Parse(step.AsSpan(0, step.Length - 1), CultureInfo.InvariantCulture));
            else
                place = place.ValueKind == JsonValueKind.Object ? ElsaJson.Find(place, step) ?? default : default;

            if (place.ValueKind == JsonValueKind.Undefined)
                break;
        }

        return place;
    }

    /// <summary>The items of the list at a path, in any of the forms that lists have; none when there is no list.</summary>
    public static IEnumerable<JsonElement> ItemsAt(JsonElement document, string path) =>
        Find(document, path) is { ValueKind: JsonValueKind.Array or JsonValueKind.Object } list ? ElsaJson.Items(list) : [];

    /// <summary>The variables that the activity at a path declares for what it contains.</summary>
    public static IEnumerable<VariableDefinition> VariablesAt(JsonElement document, string path) =>
        ItemsAt(document, $"{path}.variables")
            .Where(v => v.ValueKind == JsonValueKind.Object)
            .Select((v, i) => ElsaJson.ReadVariable(v, $"{path}.variables[{i}]"));
}
