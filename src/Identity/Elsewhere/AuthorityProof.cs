using System.Collections.Immutable;

namespace ServiceLoop.Identity.Elsewhere;

/// <summary>What an authority has proven of somebody; its signature was checked.</summary>
/// <param name="Issuer">The authority, as it calls itself.</param>
/// <param name="Subject">Who, at that authority: never given to anybody else, unlike names and e-mail addresses.</param>
public sealed record AuthorityProof(string Issuer, string Subject)
{
    /// <summary>How they sign in there; null when not told.</summary>
    public string? Name { get; init; }

    /// <summary>What people call them; null when not told.</summary>
    public string? DisplayName { get; init; }

    /// <summary>E-mail address; null when not told.</summary>
    public string? Email { get; init; }

    /// <summary>Language tag, such as <c>zh-CN</c>; null when not told.</summary>
    public string? Language { get; init; }

    /// <summary>IANA name of the time zone; null when not told.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Roles there.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];
}

/// <summary>Why somebody does not come in by way of an authority.</summary>
public enum ElsewhereProblem
{
    /// <summary>They, or the authority, called it off.</summary>
    Cancelled,

    /// <summary>What came from the authority is not right.</summary>
    Failed,

    /// <summary>The authority does not answer.</summary>
    Down,

    /// <summary>It took too long, or was not begun in this browser.</summary>
    Expired,

    /// <summary>No role of theirs is mapped to one here.</summary>
    NoRole,

    /// <summary>Nobody knows them, and people are not made at sign-in.</summary>
    Unknown,

    /// <summary>They were disabled here.</summary>
    Disabled,

    /// <summary>Too many attempts from their address.</summary>
    TooMany,
}
