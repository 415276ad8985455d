namespace ServiceLoop.Runtime.Access;

/// <summary>What a door needs of who comes through it: the last rule on a page or endpoint counts, and a door without one stays shut.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute : Attribute
{
    /// <summary>Anybody who has said who they are.</summary>
    public NeedsAttribute() { }

    /// <summary>Those who have a permission.</summary>
    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    public NeedsAttribute(string permission) => Permission = permission;

    private NeedsAttribute(string? permission, string? openBecause) => (Permission, OpenBecause) = (permission, openBecause);

    /// <summary>What is needed; null when an identity is enough, or none is needed.</summary>
    public string? Permission { get; }

    /// <summary>Why everybody may come in; null when not everybody may.</summary>
    public string? OpenBecause { get; }

    /// <summary>Everybody, for a reason that an auditor can read.</summary>
    public static NeedsAttribute Nothing(string because) => new(null, because);

    /// <summary>Whether somebody may come in.</summary>
    public bool Admits(Actor actor) =>
        OpenBecause is not null || (actor.Kind != ActorKind.Nobody && (Permission is null || actor.May(Permission)));
}
