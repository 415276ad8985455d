using System.Text.Json;

namespace ServiceLoop.Activities.BuiltIn;

/// <summary>The strategy by which an author lets an activity repeat what failed for the moment, in <c>customProperties.resilienceStrategy</c>.</summary>
public static class ResilienceStrategy
{
    /// <summary>True when the author chose one; the designer leaves an empty choice behind when it is taken back.</summary>
    /// <param name="customProperties">Of the activity; may be undefined.</param>
    public static bool IsChosen(JsonElement customProperties) =>
        customProperties.ValueKind == JsonValueKind.Object
        && customProperties.TryGetProperty("resilienceStrategy", out var strategy)
        && strategy.ValueKind == JsonValueKind.Object
        && (
            (strategy.TryGetProperty("strategyId", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 })
            || (strategy.TryGetProperty("expression", out var expression) && expression.ValueKind == JsonValueKind.Object)
        );
}
