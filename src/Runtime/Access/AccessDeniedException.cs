namespace ServiceLoop.Runtime.Access;

/// <summary>Somebody wants what is not allowed to them.</summary>
/// <param name="permission">What is missing.</param>
/// <param name="actor">Who wants it.</param>
public sealed class AccessDeniedException(string permission, Actor actor)
    : Exception(
        actor.Kind == ActorKind.Nobody
            ? $"This needs the permission '{permission}'. Sign in, or send an API key."
            : $"'{actor.Name}' lacks the permission '{permission}'. Ask an administrator for a role that has it."
    )
{
    /// <summary>What is missing.</summary>
    public string Permission { get; } = permission;

    /// <summary>Who wants it.</summary>
    public Actor Actor { get; } = actor;
}
