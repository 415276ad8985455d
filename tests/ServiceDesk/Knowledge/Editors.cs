using System.Collections.Immutable;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.ServiceDesk.Tests.Knowledge;

/// <summary>A gate at which a test says who stands there.</summary>
internal sealed class Editors : IAccess
{
    private readonly AsyncLocal<Actor?> who = new();

    public Actor Actor => who.Value ?? Actor.System;

    public void Are(string? name) => who.Value = name is null ? null : Of(ActorKind.Person, name, null);

    /// <summary>A person or a program, for itself or for somebody.</summary>
    public void Are(ActorKind kind, string name, string? onBehalfOf) => who.Value = Of(kind, name, onBehalfOf);

    private static Actor Of(ActorKind kind, string name, string? onBehalfOf) =>
        new(kind, name, name) { Permissions = [.. Permissions.All], OnBehalfOf = onBehalfOf };

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
