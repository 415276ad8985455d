using ServiceLoop.Engine.Values;

namespace ServiceLoop.Designer.Values;

/// <summary>How a value of a declared type is entered and shown.</summary>
public enum ValueKind
{
    /// <summary>As JSON.</summary>
    Json,

    /// <summary>As it is.</summary>
    Text,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text that the type must understand: a date, a span, an id.</summary>
    Literal,
}

/// <summary>Kinds of declared types.</summary>
public static class ValueKinds
{
    /// <summary>The kind of a type.</summary>
    /// <param name="typeName">Alias as definitions use it; null and unknown ones are JSON.</param>
    /// <param name="isArray">True: an array of the type.</param>
    public static ValueKind Of(string? typeName, bool isArray)
    {
        if (isArray || WorkflowTypes.Find(typeName) is not { } type)
            return ValueKind.Json;

        type = Nullable.GetUnderlyingType(type) ?? type;

        return type == typeof(string) ? ValueKind.Text
            : type == typeof(bool) ? ValueKind.Flag
            : type == typeof(short) || type == typeof(int) || type == typeof(long) ? ValueKind.Whole
            : type == typeof(float) || type == typeof(double) || type == typeof(decimal) ? ValueKind.Number
            : type == typeof(Guid) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan)
                ? ValueKind.Literal
            : ValueKind.Json;
    }
}
