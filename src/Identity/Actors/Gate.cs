using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Actors;

/// <summary>Asks the gate before anything is looked up.</summary>
internal static class Gate
{
    /// <summary>Lets those pass who may do a deed; the audit log is told of others.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks the permission.</exception>
    public static async Task DemandAsync(this IAccess access, Deed deed, CancellationToken ct)
    {
        if (!access.Actor.May(deed.Permission))
            await access.ActAsync(deed, () => Task.FromResult(true), null, ct);
    }
}
