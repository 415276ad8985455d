using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.InMemory;

namespace ServiceLoop.Workflows.Api;

/// <summary>JSON of requests and answers as the plain values that the engine knows.</summary>
internal static class Plain
{
    /// <summary>The members of an object; none for null or nothing.</summary>
    /// <param name="json">What was sent.</param>
    /// <param name="name">What it is called in the request.</param>
    /// <exception cref="RequestException">It is something else.</exception>
    public static IReadOnlyDictionary<string, object?> Members(JsonElement? json, string name) =>
        json switch
        {
            null or { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => ImmutableDictionary<string, object?>.Empty,
            { ValueKind: JsonValueKind.Object } given => new Dictionary<string, object?>(
                (IDictionary<string, object?>)PlainValue.Of(given)!,
                StringComparer.OrdinalIgnoreCase
            ),
            { } other => throw new RequestException(
                "input.not-an-object",
                $"'{name}' must be an object; it is {other.ValueKind.ToString().ToLowerInvariant()}."
            ),
        };

    /// <summary>Any value; null for nothing.</summary>
    public static object? Value(JsonElement? json) =>
        json is { ValueKind: not JsonValueKind.Undefined } given ? PlainValue.Of(given) : null;

    /// <summary>Named values as an object.</summary>
    public static Dictionary<string, object?> Of(ImmutableArray<NamedValue> values) => values.ToObject();
}
