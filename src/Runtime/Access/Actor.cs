using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Access;

/// <summary>What kind of identity acts.</summary>
public enum ActorKind
{
    /// <summary>Nobody has said who it is.</summary>
    Nobody,

    /// <summary>A person who signed in.</summary>
    Person,

    /// <summary>A program with an API key.</summary>
    Key,

    /// <summary>The product itself: timers, import at start, upkeep.</summary>
    System,
}

/// <summary>Who acts, and what is allowed to them, as it was when the call came in.</summary>
/// <param name="Kind">What kind of identity.</param>
/// <param name="Id">Id of the user or key; empty for the other kinds.</param>
/// <param name="Name">How people call it: user name, or name of the key. Stands in journals and the audit log.</param>
public sealed record Actor(ActorKind Kind, string Id, string Name)
{
    /// <summary>Somebody who has not said who they are: may do nothing.</summary>
    public static readonly Actor Nobody = new(ActorKind.Nobody, "", "nobody");

    /// <summary>The product itself: may do everything.</summary>
    public static readonly Actor System = new(ActorKind.System, "", "system");

    /// <summary>What is allowed, by name (<see cref="Access.Permissions"/>).</summary>
    public FrozenSet<string> Permissions { get; init; } = [];

    /// <summary>Names of the roles; none for keys.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>Teams that a look at people and their work is limited to; null for no limit.</summary>
    public ImmutableArray<string>? Teams { get; init; }

    /// <summary>Regions that a look at people and their work is limited to; null for no limit.</summary>
    public ImmutableArray<string>? Regions { get; init; }

    /// <summary>On behalf of whom; null for oneself. Said by who has <see cref="Access.Permissions.ActForOthers"/>.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>Where the call came from: an IP address; null within the product.</summary>
    public string? Address { get; init; }

    /// <summary>Id of the session; null without one.</summary>
    public string? SessionId { get; init; }

    /// <summary>How it is written into a journal: null for the product itself.</summary>
    public string? Who =>
        Kind is ActorKind.System or ActorKind.Nobody ? null
        : OnBehalfOf is null ? Name
        : $"{Name} for {OnBehalfOf}";

    /// <summary>The same with more rights: a door that has checked its own lends what the services behind it ask for.</summary>
    public Actor Lent(params ReadOnlySpan<string> permissions) => this with { Permissions = [.. Permissions, .. permissions] };

    /// <summary>Whether something is allowed.</summary>
    public bool May(string permission) => Kind == ActorKind.System || Permissions.Contains(permission);
}
