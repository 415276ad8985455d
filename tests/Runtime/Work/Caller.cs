using System.Collections.Immutable;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Runtime.Tests.Work;

/// <summary>Who calls the services of a test: the system, until somebody steps up. Everything is allowed to them.</summary>
internal sealed class Caller : IAccess
{
    private readonly OpenAccess open = new();

    public Actor Actor { get; private set; } = Actor.System;

    public void StepUp(string name) => Actor = new Actor(ActorKind.Person, name, name);

    public IDisposable AsSystem() => open.AsSystem();

    public void Demand(string permission) { }

    public Task<T> ActAsync<T>(
        Deed deed,
        Func<Task<T>> change,
        Func<T, ImmutableSortedDictionary<string, string?>>? after,
        CancellationToken ct
    ) => change();
}
