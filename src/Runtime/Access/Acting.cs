namespace ServiceLoop.Runtime.Access;

/// <summary>Who acts in the current flow of calls. Set at a door (request, circuit, hub, job); seen by all that runs from there.</summary>
/// <remarks>A flow in which nobody was named may do nothing: whoever runs without a door says so with <see cref="As"/>.</remarks>
public sealed class Acting
{
    private readonly AsyncLocal<Actor?> current = new();

    /// <summary>Who acts here; <see cref="Actor.Nobody"/> when nobody was named.</summary>
    public Actor Actor => current.Value ?? Actor.Nobody;

    /// <summary>Lets somebody act in this method and all that it calls, until it is disposed of.</summary>
    public IDisposable As(Actor actor)
    {
        var before = current.Value;
        current.Value = actor;
        return new Scope(this, before);
    }

    private sealed class Scope(Acting acting, Actor? before) : IDisposable
    {
        public void Dispose() => acting.current.Value = before;
    }
}
