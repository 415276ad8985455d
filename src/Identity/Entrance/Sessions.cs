using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Entrance;

/// <summary>Sessions: listed and ended. Everybody sees and ends their own.</summary>
public sealed class Sessions
{
    private const int MaxPage = 500;
    private const int LongestAgent = 300;

    private readonly SessionStore store;
    private readonly PersonStore people;
    private readonly PersonActors actors;
    private readonly IAccess access;
    private readonly RightsNews news;
    private readonly PeopleOptions options;
    private readonly TimeProvider clock;

    internal Sessions(
        SessionStore store,
        PersonStore people,
        PersonActors actors,
        IAccess access,
        RightsNews news,
        PeopleOptions options,
        TimeProvider clock
    ) =>
        (this.store, this.people, this.actors, this.access, this.news, this.options, this.clock) = (
            store,
            people,
            actors,
            access,
            news,
            options,
            clock
        );

    /// <summary>Sessions that are open, last used first; of all people that the actor sees, or of one.</summary>
    /// <param name="personId">Whose; null: all that the actor sees.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>500 at most.</returns>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.SessionsRead"/> and asks for others.</exception>
    public Task<IReadOnlyList<SessionView>> ListAsync(Guid? personId, CancellationToken ct)
    {
        var scope = Scope.Of(access.Actor);
        access.Demand(personId is { } id && id == scope.Self ? PersonActors.OwnAccount : Permissions.SessionsRead);
        return store.PageAsync(personId, clock.GetUtcNow(), scope, OwnId, MaxPage, ct);
    }

    /// <summary>Ends a session, at once and on all nodes.</summary>
    /// <exception cref="AccessDeniedException">It is somebody else's and the actor lacks <see cref="Permissions.SessionsEnd"/>.</exception>
    /// <exception cref="IdentityRefusedException">There is no such session, or the actor does not see whose it is.</exception>
    public async Task EndAsync(Guid id, CancellationToken ct)
    {
        var scope = Scope.Of(access.Actor);
        var session = await store.FindAsync(id, ct);
        var isOwn = session is not null && session.Person.Id == scope.Self;
        var deed = new Deed(isOwn ? PersonActors.OwnAccount : Permissions.SessionsEnd, "session.end", id.ToString())
        {
            Before = Facts.Of(("person", session?.Person.Name)),
        };
        await access.DemandAsync(deed, ct);

        if (session is null || !scope.Sees(session.Person))
            throw IdentityRefusedException.Unknown("session.unknown", $"There is no session '{id}'. It may have ended long ago.");

        await access.ActAsync(
            deed,
            async () =>
            {
                var ended = await store.EndAsync(id, clock.GetUtcNow(), access.Actor.Name, ct);
                await news.TellAsync(new(RightsKind.Session, id.ToString()), ct);
                return ended;
            },
            null,
            ct
        );
    }

    /// <summary>Ends all sessions of a person; of oneself: all but the one that asks.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="AccessDeniedException">It is somebody else and the actor lacks <see cref="Permissions.SessionsEnd"/>.</exception>
    /// <exception cref="IdentityRefusedException">There is no such person, or the actor does not see them.</exception>
    public async Task<int> EndAllAsync(Guid personId, CancellationToken ct)
    {
        var scope = Scope.Of(access.Actor);
        var isOwn = personId == scope.Self;
        var deed = new Deed(isOwn ? PersonActors.OwnAccount : Permissions.SessionsEnd, "session.end-all", personId.ToString());
        await access.DemandAsync(deed, ct);

        if (await people.FindAsync(personId, ct) is not { } person || !scope.Sees(person))
            throw IdentityRefusedException.Unknown("person.unknown", $"There is no person '{personId}'.");

        return await access.ActAsync(
            deed with
            {
                Before = Facts.Of(("person", person.Name)),
            },
            () => EndOthersAsync(personId, isOwn ? OwnId : null, access.Actor.Name, ct),
            count => Facts.Of(("ended", count.ToString(System.Globalization.CultureInfo.InvariantCulture))),
            ct
        );
    }

    /// <summary>Ends the actor's own session: signs out.</summary>
    public async Task SignOutAsync(CancellationToken ct)
    {
        if (OwnId is not { } id)
            return;

        await access.ActAsync(
            new Deed(PersonActors.OwnAccount, "session.sign-out", id.ToString()),
            async () =>
            {
                await store.EndAsync(id, clock.GetUtcNow(), access.Actor.Name, ct);
                await news.TellAsync(new(RightsKind.Session, id.ToString()), ct);
                return true;
            },
            null,
            ct
        );
    }

    /// <summary>The session that asks; null without one.</summary>
    internal Guid? OwnId => Guid.TryParse(access.Actor.SessionId, out var id) ? id : null;

    /// <summary>Ends sessions without asking; who calls has asked.</summary>
    internal async Task<int> EndOthersAsync(Guid personId, Guid? but, string by, CancellationToken ct)
    {
        var count = await store.EndOthersAsync(personId, but, clock.GetUtcNow(), by, ct);
        await news.TellAsync(new(RightsKind.Person, personId.ToString()), ct);
        return count;
    }

    /// <summary>Opens a session for a browser: with a new secret each time, so that none can be fixed beforehand.</summary>
    /// <returns>Text for the cookie.</returns>
    internal async Task<(Guid Id, string Text)> OpenAsync(Person person, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var secret = KeyText.DrawSecret();
        var session = new Session
        {
            Id = Guid.CreateVersion7(now),
            Kind = SessionKind.Browser,
            Secret = KeyText.HashOf(secret),
            SeenAt = now,
            EndsAt = now + options.SessionIdle,
            LatestAt = now + options.SessionLongest,
            Person = person,
        };
        await OpenAsync(session, null, caller, ct);
        return (session.Id, SessionText.Write(session.Id, secret));
    }

    /// <summary>Keeps a session, as its person; for tokens with the hash of the first refresh token.</summary>
    internal Task OpenAsync(Session session, byte[]? refresh, Caller caller, CancellationToken ct) =>
        store.InsertAsync(
            session,
            refresh,
            caller.Address,
            Audit.FactText.Clean(caller.Agent is { Length: > LongestAgent } long_ ? long_[..LongestAgent] : caller.Agent, LongestAgent),
            ct
        );

    /// <summary>A person as actor in a session.</summary>
    internal ValueTask<Actor> ActorAsync(Person person, Guid? session, Caller caller, CancellationToken ct) =>
        actors.OfAsync(person, session?.ToString(), caller.Address, ct);
}

/// <summary>From where somebody signs in.</summary>
/// <param name="Address">IP address; null when not known.</param>
/// <param name="Agent">What the browser or program calls itself.</param>
public sealed record Caller(string? Address, string? Agent);
