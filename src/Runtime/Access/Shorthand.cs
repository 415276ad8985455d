namespace ServiceLoop.Runtime.Access;

/// <summary>Changes without a result to tell about.</summary>
public static class Shorthand
{
    /// <inheritdoc cref="IAccess.ActAsync{T}" />
    public static Task<T> ActAsync<T>(this IAccess access, Deed deed, Func<Task<T>> change, CancellationToken ct) =>
        access.ActAsync(deed, change, after: null, ct);

    /// <inheritdoc cref="IAccess.ActAsync{T}" />
    public static Task ActAsync(this IAccess access, Deed deed, Func<Task> change, CancellationToken ct) =>
        access.ActAsync(
            deed,
            async () =>
            {
                await change();
                return true;
            },
            after: null,
            ct
        );
}
