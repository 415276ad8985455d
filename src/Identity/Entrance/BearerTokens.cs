using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Entrance;

/// <summary>Tokens for a client of Elsa's.</summary>
/// <param name="AccessToken">A JSON Web Token; the client reads name, roles and permissions in it.</param>
/// <param name="RefreshToken">Good for one exchange.</param>
public sealed record TokenPair(string AccessToken, string RefreshToken)
{
    /// <summary>Without the tokens: a line of a log is no place for them.</summary>
    public override string ToString() => "TokenPair";
}

/// <summary>
/// Sign-in with tokens. Each pair belongs to a session, which signs its tokens with a key of its own (HMAC-SHA256, kept protected with the server's keys):
/// when the session ends, its tokens do.
/// </summary>
public sealed class BearerTokens
{
    private const string Issuer = "serviceloop";
    private const int KeyBytes = 32;
    private const int LongestToken = 8192;
    private const string UsedTwice = "refresh token used twice";

    // The only header that is ever made is the only one that is taken: nobody chooses an algorithm for us.
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly SignIn signIn;
    private readonly Sessions sessions;
    private readonly SessionStore store;
    private readonly SessionCheck check;
    private readonly PersonStore people;
    private readonly Acting acting;
    private readonly IAccess access;
    private readonly IAuditTrail trail;
    private readonly RightsNews news;
    private readonly PeopleOptions options;
    private readonly TimeProvider clock;
    private readonly IDataProtector protector;
    private readonly ILogger<BearerTokens> logger;

    internal BearerTokens(
        SignIn signIn,
        Sessions sessions,
        SessionStore store,
        SessionCheck check,
        PersonStore people,
        Acting acting,
        IAccess access,
        IAuditTrail trail,
        RightsNews news,
        PeopleOptions options,
        TimeProvider clock,
        IDataProtectionProvider protection,
        ILogger<BearerTokens> logger
    )
    {
        (this.signIn, this.sessions, this.store, this.check, this.people) = (signIn, sessions, store, check, people);
        (this.acting, this.access, this.trail, this.news) = (acting, access, trail, news);
        (this.options, this.clock, this.logger) = (options, clock, logger);
        protector = protection.CreateProtector("ServiceLoop.Tokens");
    }

    /// <summary>Exchanges name and password, and a code where one is asked for, for tokens.</summary>
    /// <returns>The tokens; or why not. A person who must choose a new password first is refused: there is a page for it.</returns>
    public async Task<(TokenPair? Tokens, SignInResult? Refusal)> SignInAsync(
        string name,
        string password,
        string? code,
        Caller caller,
        CancellationToken ct
    )
    {
        var (refusal, person) = await signIn.ProveAllAsync(name, password, code, caller, ct);

        if (person is null)
            return (null, refusal);

        if (person.MustChangePassword)
        {
            signIn.TellRefusal(person, "password must be changed first", caller);
            return (null, new SignInResult.Refused());
        }

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        var refresh = DrawRefresh(key, id);
        var session = new Session
        {
            Id = id,
            Kind = SessionKind.Tokens,
            Secret = protector.Protect(key),
            SeenAt = now,
            EndsAt = now + options.RefreshLife,
            LatestAt = now + options.SessionLongest,
            Person = person,
        };
        var actor = await sessions.ActorAsync(person, session.Id, caller, ct);
        using var own = acting.As(actor);
        await access.ActAsync(
            new Deed(PersonActors.OwnAccount, "session.sign-in", person.Id.ToString())
            {
                Wanted = Facts.Of(("by", "password, for tokens")),
            },
            async () =>
            {
                await sessions.OpenAsync(session, KeyText.HashOf(refresh), caller, ct);
                await people.ArriveAsync(person.Id, now, ct);
                return true;
            },
            _ => Facts.Of(("session", session.Id.ToString())),
            ct
        );
        return (new TokenPair(Write(session, actor, key, now), SessionText.Write(session.Id, refresh)), null);
    }

    /// <summary>
    /// Exchanges a refresh token. One that is sent a second time was copied by somebody: the session ends. One that was never given out changes nothing.
    /// </summary>
    /// <returns>New tokens; null when the token is not good.</returns>
    public async Task<TokenPair?> RefreshAsync(string refreshToken, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        if (
            !SessionText.TryRead(refreshToken, out var id, out var secret)
            || await store.FindAsync(id, ct) is not { Kind: SessionKind.Tokens } session
            || !session.IsOpen(now)
        )
            return null;

        var key = protector.Unprotect(session.Secret);
        var next = DrawRefresh(key, id);

        if (!await store.RefreshAsync(id, KeyText.HashOf(secret), KeyText.HashOf(next), now, now + options.RefreshLife, ct))
        {
            if (WasGiven(key, id, secret))
                await EndStolenAsync(session, caller, now, ct);

            return null;
        }

        await news.TellAsync(new(RightsKind.Session, id.ToString()), ct);
        var actor = await sessions.ActorAsync(session.Person, id, caller, ct);
        return new TokenPair(Write(session, actor, key, now), SessionText.Write(id, next));
    }

    private async Task EndStolenAsync(Session session, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        if (!await store.EndAsync(session.Id, now, UsedTwice, ct))
            return;

        Log.RefreshTokenStolen(logger, session.Id);
        await news.TellAsync(new(RightsKind.Session, session.Id.ToString()), ct);
        trail.Post(
            new AuditNote(
                Actor.Nobody with
                {
                    Address = caller.Address,
                },
                new Deed(PersonActors.OwnAccount, "session.end", session.Id.ToString())
                {
                    Before = Facts.Of(("person", session.Person.Name)),
                },
                DeedEnd.Done,
                0,
                Facts.None,
                UsedTwice
            )
        );
    }

    // The key of the session vouches for each refresh token: a former one is told from one that somebody made up, without a list of them.
    private static string DrawRefresh(byte[] key, Guid session)
    {
        var secret = KeyText.DrawSecret();
        return secret + Voucher(key, session, secret);
    }

    private static bool WasGiven(byte[] key, Guid session, string refresh) =>
        refresh.Length > KeyText.SecretLength
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(refresh[KeyText.SecretLength..]),
            Encoding.UTF8.GetBytes(Voucher(key, session, refresh[..KeyText.SecretLength]))
        );

    private static string Voucher(byte[] key, Guid session, string secret) => Sign(key, $"refresh {session:N} {secret}");

    /// <summary>Whose access token it is; null when it is forged, expired, or its session has ended.</summary>
    public async ValueTask<ActorIdentity?> FindAsync(string token, string? address, CancellationToken ct)
    {
        if (
            token.Length > LongestToken
            || token.Split('.', 4) is not [var header, var body, var signature]
            || header != Header
            || ReadClaims(body) is not { } claims
            || claims.Exp <= clock.GetUtcNow().ToUnixTimeSeconds()
            || await check.FindTokensAsync(claims.Sid, address, ct) is not var (session, identity)
        )
            return null;

        var expected = Sign(protector.Unprotect(session.Secret), $"{header}.{body}");
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(expected))
            ? identity
            : null;
    }

    private sealed record Claims(Guid Sid, long Exp);

    private string Write(Session session, Actor actor, byte[] key, DateTimeOffset now)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Issuer,
            ["aud"] = Issuer,
            ["sub"] = actor.Id,
            ["name"] = actor.Name,
            ["sid"] = session.Id,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + options.TokenLife).ToUnixTimeSeconds(),
            ["role"] = actor.Roles,
            ["permissions"] = Rights.Roles.Ordered(actor.Permissions),
        };
        var body = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        return $"{Header}.{body}.{Sign(key, $"{Header}.{body}")}";
    }

    private static string Sign(byte[] key, string text) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));

    // Not believed yet: it only says whose key is to be asked.
    private static Claims? ReadClaims(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(body));
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("sid", out var sid)
                && sid.ValueKind == JsonValueKind.String
                && sid.TryGetGuid(out var id)
                && json.RootElement.TryGetProperty("exp", out var exp)
                && exp.ValueKind == JsonValueKind.Number
                && exp.TryGetInt64(out var until)
                ? new Claims(id, until)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
