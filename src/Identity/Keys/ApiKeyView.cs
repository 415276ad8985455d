using System.Collections.Immutable;

namespace ServiceLoop.Identity.Keys;

/// <summary>An API key, as pages and programs see it; never its secret.</summary>
/// <param name="Id">Stands in the key behind <c>slk_</c>; 12 letters and digits.</param>
/// <param name="Name">For what it is.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="ExpiresAt">Until when it is good, UTC.</param>
/// <param name="RevokedAt">Since when it is out of use; null: it is not.</param>
/// <param name="RevokedBy">Who took it out of use.</param>
/// <param name="UsedAt">Last use, to the minute; null: never.</param>
/// <param name="UsedFrom">Address of the last use.</param>
public sealed record ApiKeyView(
    string Id,
    string Name,
    ImmutableArray<string> Scopes,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt,
    string? RevokedBy,
    DateTimeOffset? UsedAt,
    string? UsedFrom
);

/// <summary>What a key is to be.</summary>
/// <param name="Name">For what it is; 1 to 100 characters.</param>
/// <param name="Scopes">What it is to allow; no more than its maker may.</param>
/// <param name="ExpiresAt">Until when; null: 90 days from now. Two years at most.</param>
public sealed record ApiKeyRequest(string Name, ImmutableArray<string> Scopes, DateTimeOffset? ExpiresAt);

/// <summary>A key that was just made.</summary>
/// <param name="Key">As pages see it.</param>
/// <param name="Secret">The whole text for the header. It is shown this once: the server keeps only a hash.</param>
public sealed record NewApiKey(ApiKeyView Key, string Secret)
{
    /// <summary>Without the secret: a line of a log is no place for it.</summary>
    public override string ToString() => $"NewApiKey {Key.Id}";
}
