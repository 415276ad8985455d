namespace ServiceLoop.Activities.BuiltIn;

/// <summary>Objects as state holds them.</summary>
internal static class PlainObject
{
    /// <summary>An object with these members, in this order.</summary>
    public static Dictionary<string, object?> Of(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);

        foreach (var (name, value) in members)
            result[name] = value;

        return result;
    }
}
