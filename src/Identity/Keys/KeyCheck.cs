using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Keys;

/// <summary>Tells whose key a text is. What is known of a key is remembered for seconds; a key that is revoked is forgotten at once.</summary>
public sealed class KeyCheck
{
    /// <summary>Id and name of the key that the deployment gives.</summary>
    public const string BootstrapId = "bootstrap";

    private const int MostRemembered = 1000;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(1);

    private readonly ApiKeyStore store;
    private readonly RightsNews news;
    private readonly TimeProvider clock;
    private readonly byte[]? bootstrapHash;
    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    internal KeyCheck(ApiKeyStore store, RightsNews news, PeopleOptions options, TimeProvider clock, ILogger<KeyCheck> logger)
    {
        (this.store, this.news, this.clock) = (store, news, clock);
        bootstrapHash = options.BootstrapKey is { } key ? KeyText.HashOf(key) : null;

        if (bootstrapHash is not null)
            Log.BootstrapKeyIsOn(logger);

        news.Subscribe(change =>
        {
            if (change.Kind == RightsKind.Key)
                known.TryRemove(change.Id, out _);
            else if (change.Kind == RightsKind.All)
                known.Clear();
        });
    }

    private sealed record Known(DateTimeOffset At, ApiKeyView Key, byte[] Hash)
    {
        public Actor Actor { get; } = new(ActorKind.Key, Key.Id, Key.Name) { Permissions = Key.Scopes.ToFrozenSet(StringComparer.Ordinal) };

        public bool IsGood(DateTimeOffset now) => Key.RevokedAt is null && now < Key.ExpiresAt;
    }

    /// <summary>Whose key it is; null when it is unknown, wrong, expired or revoked, without telling which.</summary>
    /// <param name="text">What stands behind <c>ApiKey</c> in the header.</param>
    /// <param name="address">From where; kept as that of the last use.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<Actor?> FindAsync(string text, string? address, CancellationToken ct)
    {
        if (bootstrapHash is not null && KeyText.Matches(text, bootstrapHash))
            return new Actor(ActorKind.Key, BootstrapId, BootstrapId) { Permissions = AllPermissions, Address = address };

        if (!KeyText.TryRead(text, out var id, out var secret))
            return null;

        var now = clock.GetUtcNow();

        if (await KnownAsync(id, now, ct) is not { } key || !KeyText.Matches(secret, key.Hash) || !key.IsGood(now))
            return null;

        if (key.Key.UsedAt is not { } used || now - used >= UseStep)
        {
            // Not put back when it was forgotten meanwhile.
            known.TryUpdate(id, key with { Key = key.Key with { UsedAt = now, UsedFrom = address } }, key);
            await store.UseAsync(id, now, address, ct);
        }

        return key.Actor with
        {
            Address = address,
        };
    }

    /// <summary>What a key that was let in before allows now; null when it has expired or was revoked. Does not count as a use.</summary>
    internal async ValueTask<Actor?> RefreshAsync(Actor actor, CancellationToken ct)
    {
        // The deployment's own stays as long as the process.
        if (actor.Id == BootstrapId)
            return actor;

        var now = clock.GetUtcNow();
        return await KnownAsync(actor.Id, now, ct) is { } key && key.IsGood(now) ? key.Actor with { Address = actor.Address } : null;
    }

    private static readonly FrozenSet<string> AllPermissions = Permissions.All.ToFrozenSet(StringComparer.Ordinal);

    private async ValueTask<Known?> KnownAsync(string id, DateTimeOffset now, CancellationToken ct)
    {
        if (known.TryGetValue(id, out var fresh) && now - fresh.At < Fresh)
            return fresh;

        var generation = news.Generation;

        if (await store.FindAsync(id, ct) is not { } row)
            return null;

        var read = new Known(now, row.Key, row.Hash);

        if (known.Count >= MostRemembered)
            known.Clear();

        if (generation == news.Generation)
            known[id] = read;

        return read;
    }
}
