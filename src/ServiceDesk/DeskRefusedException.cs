namespace ServiceLoop.ServiceDesk;

/// <summary>Why the desk refuses something.</summary>
public enum DeskRefusal
{
    /// <summary>A value is wrong.</summary>
    Invalid,

    /// <summary>There is no such thing.</summary>
    Unknown,

    /// <summary>It does not fit what is there, or somebody else was faster.</summary>
    Conflict,

    /// <summary>It is over: answered, expired or closed.</summary>
    Gone,

    /// <summary>The rules forbid it to who wants it.</summary>
    Forbidden,
}

/// <summary>The desk refuses something; nothing was changed. The message names value, place and cure.</summary>
/// <param name="kind">Why.</param>
/// <param name="code">Stable code, for programs and texts: <c>task.ended</c>.</param>
/// <param name="message">A sentence.</param>
public sealed class DeskRefusedException(DeskRefusal kind, string code, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public DeskRefusal Kind { get; } = kind;

    /// <summary>Stable code.</summary>
    public string Code { get; } = code;

    /// <summary>Field → what is wrong with it, where fields are wrong; empty otherwise.</summary>
    public IReadOnlyDictionary<string, string[]> Fields { get; init; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>A value is wrong.</summary>
    public static DeskRefusedException Invalid(string code, string field, string message) =>
        new(DeskRefusal.Invalid, code, message)
        {
            Fields = new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] },
        };

    /// <summary>There is no such thing.</summary>
    public static DeskRefusedException Unknown(string code, string message) => new(DeskRefusal.Unknown, code, message);

    /// <summary>It does not fit what is there.</summary>
    public static DeskRefusedException Conflict(string code, string message) => new(DeskRefusal.Conflict, code, message);

    /// <summary>It is over.</summary>
    public static DeskRefusedException Gone(string code, string message) => new(DeskRefusal.Gone, code, message);
}
