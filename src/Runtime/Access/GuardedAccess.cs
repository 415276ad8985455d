using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Access;

/// <summary>The gate of a server: asks who acts, and writes down what they do.</summary>
public sealed class GuardedAccess(Acting acting, IAuditTrail trail) : IAccess
{
    /// <inheritdoc />
    public Actor Actor => acting.Actor;

    /// <inheritdoc />
    public IDisposable AsSystem() => acting.As(Actor.System);

    /// <inheritdoc />
    public void Demand(string permission)
    {
        var actor = acting.Actor;

        if (!actor.May(permission))
            throw new AccessDeniedException(permission, actor);
    }

    /// <inheritdoc />
    public async Task<T> ActAsync<T>(
        Deed deed,
        Func<Task<T>> change,
        Func<T, ImmutableSortedDictionary<string, string?>>? after,
        CancellationToken ct
    )
    {
        var actor = acting.Actor;

        if (!actor.May(deed.Permission))
        {
            var denied = new AccessDeniedException(deed.Permission, actor);
            trail.Post(new(actor, deed, DeedEnd.Denied, 0, Facts.None, denied.Message));
            throw denied;
        }

        var begun = deed.IsJournalled ? 0 : await trail.WriteAsync(new(actor, deed, DeedEnd.Begun, 0, Facts.None, null), ct);

        try
        {
            var result = await change();
            trail.Post(new(actor, deed, DeedEnd.Done, begun, after?.Invoke(result) ?? Facts.None, null));
            return result;
        }
        catch (Exception e)
        {
            trail.Post(new(actor, deed, DeedEnd.Failed, begun, Facts.None, $"{e.GetType().Name}: {e.Message}"));
            throw;
        }
    }
}
