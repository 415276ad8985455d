using System.Collections.Immutable;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.ServiceDesk.Tests.Knowledge;

/// <summary>A gate at which a test says who stands there.</summary>
internal sealed class Editors : IAccess
{
    private readonly AsyncLocal<string?> who = new();

    public Actor Actor => who.Value is { } name ? new(ActorKind.Person, name, name) { Permissions = [.. Permissions.All] } : Actor.System;

    public void Are(string? name) => who.Value = name;

    public IDisposable AsSystem() => new Nothing();

    public void Demand(string permission) { }

    public Task<T> ActAsync<T>(
        Deed deed,
        Func<Task<T>> change,
        Func<T, ImmutableSortedDictionary<string, string?>>? after,
        CancellationToken ct
    ) => change();

    private sealed class Nothing : IDisposable
    {
        public void Dispose() { }
    }
}
