namespace ServiceLoop.Identity.Entrance;

/// <summary>How a session is carried.</summary>
public enum SessionKind
{
    /// <summary>A browser's cookie.</summary>
    Browser,

    /// <summary>Access and refresh tokens.</summary>
    Tokens,
}

/// <summary>A session that is open, as pages and programs see it.</summary>
/// <param name="Id">Stable id; not what the browser holds.</param>
/// <param name="Kind">How it is carried.</param>
/// <param name="PersonId">Whose.</param>
/// <param name="Name">With which they sign in.</param>
/// <param name="DisplayName">How people call them.</param>
/// <param name="Address">IP address of its last use, to the minute.</param>
/// <param name="Agent">What the browser or program calls itself; told by itself.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="SeenAt">Last use, to the minute, UTC.</param>
/// <param name="EndsAt">When it ends unless it is used, UTC.</param>
/// <param name="IsThis">True for the one that asks.</param>
public sealed record SessionView(
    Guid Id,
    SessionKind Kind,
    Guid PersonId,
    string Name,
    string DisplayName,
    string? Address,
    string? Agent,
    DateTimeOffset CreatedAt,
    DateTimeOffset SeenAt,
    DateTimeOffset EndsAt,
    bool IsThis
);
