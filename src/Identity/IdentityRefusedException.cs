namespace ServiceLoop.Identity;

/// <summary>Why a wish is refused.</summary>
public enum RefusalKind
{
    /// <summary>A value is wrong.</summary>
    Invalid,

    /// <summary>There is no such thing.</summary>
    Unknown,

    /// <summary>It does not fit what is there, or somebody else was faster.</summary>
    Conflict,

    /// <summary>It would give away more than one has.</summary>
    Forbidden,
}

/// <summary>Something about people, roles, sessions or keys is refused. The message names value and cure.</summary>
/// <param name="kind">Why.</param>
/// <param name="code">Stable code, for programs and for the texts of pages: <c>person.name-taken</c>.</param>
/// <param name="message">A sentence.</param>
public sealed class IdentityRefusedException(RefusalKind kind, string code, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public RefusalKind Kind { get; } = kind;

    /// <summary>Stable code.</summary>
    public string Code { get; } = code;

    internal static IdentityRefusedException Invalid(string code, string message) => new(RefusalKind.Invalid, code, message);

    internal static IdentityRefusedException Unknown(string code, string message) => new(RefusalKind.Unknown, code, message);

    internal static IdentityRefusedException Conflict(string code, string message) => new(RefusalKind.Conflict, code, message);

    internal static IdentityRefusedException Forbidden(string code, string message) => new(RefusalKind.Forbidden, code, message);
}
