using System.Collections.Immutable;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Keys;

/// <summary>Keys with which programs prove who they are: made, listed, taken out of use.</summary>
public sealed class ApiKeys
{
    private const int MaxName = 100;

    private static readonly TimeSpan UsualLife = TimeSpan.FromDays(90);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(731);

    private readonly ApiKeyStore store;
    private readonly IAccess access;
    private readonly RightsNews news;
    private readonly TimeProvider clock;

    internal ApiKeys(ApiKeyStore store, IAccess access, RightsNews news, TimeProvider clock) =>
        (this.store, this.access, this.news, this.clock) = (store, access, news, clock);

    /// <summary>All keys, newest first, also those that are out of use.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.KeysRead"/>.</exception>
    public async Task<IReadOnlyList<ApiKeyView>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.KeysRead);
        return await store.ListAsync(ct);
    }

    /// <summary>Makes a key. Its text is in the answer and nowhere else.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.KeysManage"/>.</exception>
    /// <exception cref="IdentityRefusedException">Name, scopes or expiry are wrong, or the key would allow more than the actor may, who may be limited to teams or regions.</exception>
    public async Task<NewApiKey> CreateAsync(ApiKeyRequest request, CancellationToken ct)
    {
        await access.DemandAsync(new Deed(Permissions.KeysManage, "key.create", ""), ct);
        var now = clock.GetUtcNow();
        var (id, secret) = KeyText.Draw();
        var key = new ApiKeyView(
            id,
            CheckedName(request.Name),
            CheckedScopes(request.Scopes),
            access.Actor.Who ?? access.Actor.Name,
            now,
            CheckedExpiry(request.ExpiresAt, now),
            null,
            null,
            null,
            null
        );

        return await access.ActAsync(
            new Deed(Permissions.KeysManage, "key.create", id) { Wanted = Told(key) },
            async () =>
            {
                if (key.Scopes.FirstOrDefault(s => !access.Actor.May(s)) is { } beyond)
                    throw IdentityRefusedException.Forbidden(
                        "key.too-much",
                        $"The key would have '{beyond}', which you have not got yourself. Nobody can give away more than they have."
                    );

                if (access.Actor is { Teams: not null } or { Regions: not null })
                    throw IdentityRefusedException.Forbidden(
                        "key.limited",
                        "You see to your own teams and regions only, and a key has no such limits. Ask somebody without them to make it."
                    );

                await store.InsertAsync(key, KeyText.HashOf(secret), ct);
                return new NewApiKey(key, KeyText.Write(id, secret));
            },
            null,
            ct
        );
    }

    /// <summary>Takes a key out of use, at once and for good, on all nodes.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.KeysManage"/>.</exception>
    /// <exception cref="IdentityRefusedException">There is no such key.</exception>
    public async Task<ApiKeyView> RevokeAsync(string id, CancellationToken ct)
    {
        await access.DemandAsync(new Deed(Permissions.KeysManage, "key.revoke", id), ct);
        var before = await GetAsync(id, ct);

        return await access.ActAsync(
            new Deed(Permissions.KeysManage, "key.revoke", id) { Before = Told(before) },
            async () =>
            {
                await store.RevokeAsync(id, clock.GetUtcNow(), access.Actor.Who ?? access.Actor.Name, ct);
                await news.TellAsync(new(RightsKind.Key, id), ct);
                return await GetAsync(id, ct);
            },
            null,
            ct
        );
    }

    private async Task<ApiKeyView> GetAsync(string id, CancellationToken ct) =>
        (await store.FindAsync(id, ct))?.Key
        ?? throw IdentityRefusedException.Unknown("key.unknown", $"There is no API key '{id}'. The ids stand in the list of keys.");

    private static string CheckedName(string? name) =>
        name?.Trim() is { Length: > 0 and <= MaxName } given && !given.Any(char.IsControl)
            ? given
            : throw IdentityRefusedException.Invalid(
                "key.name",
                $"A key needs a name of 1 to {MaxName} characters in one line that says what it is for."
            );

    private static ImmutableArray<string> CheckedScopes(ImmutableArray<string> scopes)
    {
        if (scopes.IsDefaultOrEmpty)
            throw IdentityRefusedException.Invalid("key.scopes", "A key needs at least one permission, or it is good for nothing.");

        if (scopes.FirstOrDefault(s => !Permissions.All.Contains(s, StringComparer.Ordinal)) is { } odd)
            throw IdentityRefusedException.Invalid(
                "key.scopes",
                $"There is no permission '{odd}'. There are: {string.Join(", ", Permissions.All)}."
            );

        return Rights.Roles.Ordered(scopes);
    }

    private static DateTimeOffset CheckedExpiry(DateTimeOffset? wanted, DateTimeOffset now)
    {
        var until = wanted?.ToUniversalTime() ?? now + UsualLife;
        return until > now && until <= now + LongestLife
            ? until
            : throw IdentityRefusedException.Invalid(
                "key.expiry",
                $"A key is good until a moment between now and {now + LongestLife:yyyy-MM-dd}; {until:yyyy-MM-dd HH:mm} is not."
            );
    }

    private static ImmutableSortedDictionary<string, string?> Told(ApiKeyView key) =>
        Facts.Of(
            ("name", key.Name),
            ("scopes", string.Join(' ', key.Scopes)),
            ("expires", key.ExpiresAt.ToString("u", System.Globalization.CultureInfo.InvariantCulture))
        );
}
