using System.Collections.Immutable;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Values;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>Values of a state that may not have been decoded since it was loaded.</summary>
public static class StoredValues
{
    /// <summary>The plain form of a stored value.</summary>
    public static object? Decode(object? value) => value is RawValue raw ? ValueJson.ReadStored(raw.Utf8, typeof(object)) : value;

    /// <summary>Named values as an object, in their order.</summary>
    public static Dictionary<string, object?> ToObject(this ImmutableArray<NamedValue> values)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);

        foreach (var (name, value) in values)
            members[name] = Decode(value);

        return members;
    }
}
