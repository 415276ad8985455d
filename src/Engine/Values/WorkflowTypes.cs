using System.Collections.Frozen;

namespace ServiceLoop.Engine.Values;

/// <summary>The type names that definitions may use, and the .NET types that stand behind them.</summary>
/// <remarks>Elsa's aliases, matched without regard to case; old files also hold full names of the same types. Nothing else is ever loaded by name.</remarks>
public static class WorkflowTypes
{
    private static readonly FrozenDictionary<string, Type> Aliases = new Dictionary<string, Type>(StringComparer.OrdinalIgnoreCase)
    {
        ["Object"] = typeof(object),
        ["String"] = typeof(string),
        ["Boolean"] = typeof(bool),
        ["Bool"] = typeof(bool),
        ["Int16"] = typeof(short),
        ["Int32"] = typeof(int),
        ["Int64"] = typeof(long),
        ["Long"] = typeof(long),
        ["Single"] = typeof(float),
        ["Double"] = typeof(double),
        ["Decimal"] = typeof(decimal),
        ["Guid"] = typeof(Guid),
        ["DateTime"] = typeof(DateTime),
        ["DateTimeOffset"] = typeof(DateTimeOffset),
        ["TimeSpan"] = typeof(TimeSpan),
        ["ByteArray"] = typeof(byte[]),
        ["Byte[]"] = typeof(byte[]),
        ["Stream"] = typeof(byte[]),
        ["JSON"] = typeof(object),
        ["ExpandoObject"] = typeof(object),
        ["JsonElement"] = typeof(object),
        ["JsonNode"] = typeof(object),
        ["JsonObject"] = typeof(object),
        ["JsonArray"] = typeof(object),
        ["StringDictionary"] = typeof(object),
        ["ObjectDictionary"] = typeof(object),
        ["StringMap"] = typeof(object),
        ["ObjectMap"] = typeof(object),
        ["HttpRequest"] = typeof(object),
        ["HttpResponse"] = typeof(object),
        ["HttpResponseMessage"] = typeof(object),
        ["HttpHeaders"] = typeof(object),
        ["RouteData"] = typeof(object),
        ["FormFile"] = typeof(object),
        ["HttpFile"] = typeof(object),
        ["Downloadable"] = typeof(object),
        ["HttpStatusCode"] = typeof(int),
        ["FlowJoinMode"] = typeof(string),
        ["SwitchMode"] = typeof(string),
        ["LogPersistenceMode"] = typeof(string),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>No alias is longer; each suffix is one level of recursion.</summary>
    private const int MaxLength = 200;

    private static readonly string[] CollectionPrefixes =
    [
        "List<",
        "IList<",
        "HashSet<",
        "ISet<",
        "Collection<",
        "ICollection<",
        "IEnumerable<",
        "IReadOnlyList<",
        "IReadOnlyCollection<",
        "IReadOnlySet<",
    ];

    private static readonly FrozenDictionary<Type, string> Names = new Dictionary<Type, string>
    {
        [typeof(object)] = "Object",
        [typeof(string)] = "String",
        [typeof(bool)] = "Boolean",
        [typeof(short)] = "Int16",
        [typeof(int)] = "Int32",
        [typeof(long)] = "Int64",
        [typeof(float)] = "Single",
        [typeof(double)] = "Double",
        [typeof(decimal)] = "Decimal",
        [typeof(Guid)] = "Guid",
        [typeof(DateTime)] = "DateTime",
        [typeof(DateTimeOffset)] = "DateTimeOffset",
        [typeof(TimeSpan)] = "TimeSpan",
        [typeof(byte[])] = "ByteArray",
    }.ToFrozenDictionary();

    /// <summary>Every alias that a definition may name, in alphabetical order.</summary>
    public static IEnumerable<string> KnownAliases => Aliases.Keys.Order(StringComparer.Ordinal);

    /// <summary>Finds the .NET type of an alias such as <c>Int32</c>, <c>String[]</c>, <c>Int32?</c> or <c>List&lt;String&gt;</c>.</summary>
    /// <returns>The type, or null when the alias is unknown. Collections come as arrays; JSON shapes as <see cref="object"/>.</returns>
    public static Type? Find(string? alias)
    {
        if (string.IsNullOrWhiteSpace(alias) || alias.Length > MaxLength)
            return null;

        var name = alias.Trim();

        if (Aliases.TryGetValue(name, out var type))
            return type;

        // Old files hold "System.Int32" or "System.Int32, System.Private.CoreLib".
        var comma = name.IndexOf(", ", StringComparison.Ordinal);

        if (comma > 0 && name.IndexOf('<', StringComparison.Ordinal) < 0)
            return Find(name[..comma]);

        if (name.StartsWith("System.", StringComparison.Ordinal))
            return Find(name[(name.LastIndexOf('.') + 1)..]);

        if (name.EndsWith('?'))
            return Find(name[..^1]) is { } inner
                ? inner.IsValueType && Nullable.GetUnderlyingType(inner) is null
                    ? typeof(Nullable<>).MakeGenericType(inner)
                    : inner
                : null;

        if (name.EndsWith("[]", StringComparison.Ordinal))
            return Find(name[..^2])?.MakeArrayType();

        foreach (var prefix in CollectionPrefixes)
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && name.EndsWith('>'))
                return Find(name[prefix.Length..^1])?.MakeArrayType();

        return null;
    }

    /// <summary>The alias under which a type is written into definitions; an unregistered type is <c>Object</c>.</summary>
    public static string AliasOf(Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;

        if (Names.TryGetValue(underlying, out var name))
            return name;

        if (underlying.IsEnum)
            return underlying.Name;

        return underlying.IsArray ? AliasOf(underlying.GetElementType()!) + "[]" : "Object";
    }
}
