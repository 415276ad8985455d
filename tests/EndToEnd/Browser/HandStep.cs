using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>An input that is set by hand.</summary>
/// <param name="Hint">The editor: Studio's UI hint.</param>
/// <param name="Step">The step that has the input.</param>
/// <param name="Label">Label of the input; null for a table without.</param>
/// <param name="Member">Its member in the definition.</param>
/// <param name="Stored">JSON that the member holds afterwards, at least.</param>
/// <param name="Shown">What its editor shows after a reload.</param>
/// <param name="SetAsync">Sets it.</param>
internal sealed record HandStep(
    string Hint,
    string Step,
    string? Label,
    string Member,
    string Stored,
    string Shown,
    Func<InputPanel, Task> SetAsync
)
{
    /// <summary>Text that the member's value mentions too, where the designer stores JSON as text.</summary>
    public string Mentions { get; init; } = "";

    /// <summary>An input whose value is an expression.</summary>
    public static HandStep Of(
        string hint,
        string step,
        string label,
        string member,
        string syntax,
        string value,
        string shown,
        Func<InputPanel, Task> set
    ) =>
        new(
            hint,
            step,
            label,
            member,
            new JsonObject
            {
                ["expression"] = new JsonObject { ["type"] = syntax, ["value"] = value },
            }.ToJsonString(),
            shown,
            set
        );

    /// <summary>True when a definition holds the value.</summary>
    public bool IsIn(JsonElement definition) =>
        definition
            .GetProperty("root")
            .GetProperty("activities")
            .EnumerateArray()
            .Any(a =>
                a.GetProperty("name").GetString() == Step
                && a.TryGetProperty(Member, out var value)
                && Holds(value, JsonDocument.Parse(Stored).RootElement)
                && (Mentions.Length == 0 || TextOf(value).Contains(Mentions, StringComparison.Ordinal))
            );

    private static string TextOf(JsonElement value) => value.GetProperty("expression").GetProperty("value").GetString() ?? "";

    /// <summary>True when all members of the one are in the other; lists have the same length.</summary>
    private static bool Holds(JsonElement actual, JsonElement expected) =>
        expected.ValueKind switch
        {
            JsonValueKind.Object => actual.ValueKind == JsonValueKind.Object
                && expected.EnumerateObject().All(m => actual.TryGetProperty(m.Name, out var value) && Holds(value, m.Value)),
            JsonValueKind.Array => actual.ValueKind == JsonValueKind.Array
                && actual.GetArrayLength() == expected.GetArrayLength()
                && actual.EnumerateArray().Zip(expected.EnumerateArray()).All(pair => Holds(pair.First, pair.Second)),
            _ => JsonElement.DeepEquals(actual, expected),
        };
}
