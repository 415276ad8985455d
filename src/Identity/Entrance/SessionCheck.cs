using System.Collections.Concurrent;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Entrance;

/// <summary>Tells whose session it is. What is known of one is remembered for seconds; a session that was ended is forgotten at once, on all nodes.</summary>
public sealed class SessionCheck
{
    private const int MostRemembered = 20_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SeeStep = TimeSpan.FromMinutes(1);

    private readonly SessionStore store;
    private readonly KeyCheck keys;
    private readonly PersonActors actors;
    private readonly RightsNews news;
    private readonly PeopleOptions options;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<Guid, Known> known = new();

    internal SessionCheck(
        SessionStore store,
        KeyCheck keys,
        PersonActors actors,
        RightsNews news,
        PeopleOptions options,
        TimeProvider clock
    )
    {
        (this.store, this.keys, this.actors, this.news, this.options, this.clock) = (store, keys, actors, news, options, clock);
        news.Subscribe(Forget);
    }

    private sealed record Known(DateTimeOffset At, Session Session, Actor Actor);

    /// <summary>Whose session a cookie names; null when it is unknown, wrong, ended or its person is disabled.</summary>
    /// <param name="text">Value of the cookie.</param>
    /// <param name="address">From where the call comes.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<ActorIdentity?> FindAsync(string text, string? address, CancellationToken ct) =>
        SessionText.TryRead(text, out var id, out var secret)
        && await OpenAsync(id, address, ct) is { } found
        && found.Session.Kind == SessionKind.Browser
        && KeyText.Matches(secret, found.Session.Secret)
            ? IdentityOf(found, address, Schemes.Session)
            : null;

    /// <summary>
    /// What somebody may do now, who was let in before: for circuits and hubs, which live longer than a request. Null: no longer let in. It does not count
    /// as a use: pages ask by themselves too.
    /// </summary>
    public async ValueTask<Actor?> RefreshAsync(Actor actor, CancellationToken ct) =>
        actor.Kind switch
        {
            ActorKind.Key => await keys.RefreshAsync(actor, ct),
            ActorKind.Person => await FindOpenAsync(actor, ct) is { } found ? found.Actor with { Address = actor.Address } : null,
            _ => actor,
        };

    /// <summary>Lets the session of somebody live on who was let in before and does something now.</summary>
    public async Task UseAsync(Actor actor, CancellationToken ct)
    {
        if (actor.Kind == ActorKind.Person && await FindOpenAsync(actor, ct) is { } found)
            await SeeAsync(found, actor.Address, clock.GetUtcNow(), ct);
    }

    /// <summary>A session of tokens that is open; null for none.</summary>
    internal async ValueTask<(Session Session, ActorIdentity Identity)?> FindTokensAsync(Guid id, string? address, CancellationToken ct) =>
        await FindOpenAsync(id, ct) is { Session.Kind: SessionKind.Tokens } found
            ? (found.Session, IdentityOf(found, address, Schemes.Bearer))
            : null;

    private static ActorIdentity IdentityOf(Known found, string? address, string scheme) =>
        new(found.Actor with { Address = address }, scheme) { MustChangePassword = found.Session.Person.MustChangePassword };

    private async ValueTask<Known?> OpenAsync(Guid id, string? address, CancellationToken ct)
    {
        if (await FindOpenAsync(id, ct) is not { } found)
            return null;

        await SeeAsync(found, address, clock.GetUtcNow(), ct);
        return found;
    }

    private async ValueTask<Known?> FindOpenAsync(Actor actor, CancellationToken ct) =>
        Guid.TryParse(actor.SessionId, out var id) ? await FindOpenAsync(id, ct) : null;

    private async ValueTask<Known?> FindOpenAsync(Guid id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await KnownAsync(id, now, ct) is { } found && found.Session.IsOpen(now) ? found : null;
    }

    private async ValueTask SeeAsync(Known found, string? address, DateTimeOffset now, CancellationToken ct)
    {
        // Tokens live on by being refreshed, not by being used.
        if (found.Session.Kind != SessionKind.Browser || now - found.Session.SeenAt < SeeStep)
            return;

        var until = now + options.SessionIdle;
        await store.SeeAsync(found.Session.Id, now, until, address, ct);
        known.TryUpdate(
            found.Session.Id,
            found with
            {
                Session = found.Session with { SeenAt = now, EndsAt = until < found.Session.LatestAt ? until : found.Session.LatestAt },
            },
            found
        );
    }

    private async ValueTask<Known?> KnownAsync(Guid id, DateTimeOffset now, CancellationToken ct)
    {
        if (known.TryGetValue(id, out var fresh) && now - fresh.At < Fresh)
            return fresh;

        var generation = news.Generation;

        if (await store.FindAsync(id, ct) is not { } session)
            return null;

        var read = new Known(now, session, await actors.OfAsync(session.Person, id.ToString(), null, ct));

        if (known.Count >= MostRemembered)
            known.Clear();

        // What was read before a change became known may be older than it.
        if (generation == news.Generation)
            known[id] = read;

        return read;
    }

    private void Forget(RightsChange change)
    {
        if (change.Kind is RightsKind.All or RightsKind.Role)
            known.Clear();
        else if (change.Kind == RightsKind.Session && Guid.TryParse(change.Id, out var id))
            known.TryRemove(id, out _);
        else if (change.Kind == RightsKind.Person)
            foreach (var (key, entry) in known)
                if (entry.Actor.Id == change.Id)
                    known.TryRemove(key, out _);
    }
}

/// <summary>What the cookie holds: <c>&lt;id&gt;.&lt;secret&gt;</c>. Only a hash of the secret is kept.</summary>
internal static class SessionText
{
    public static string Write(Guid id, string secret) => $"{id:N}.{secret}";

    public static bool TryRead(string text, out Guid id, out string secret)
    {
        secret = "";
        id = default;

        if (text.Split('.', 3) is not [var first, { Length: > 0 and <= 100 } second] || !Guid.TryParseExact(first, "N", out id))
            return false;

        secret = second;
        return true;
    }
}
