using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ServiceLoop.Identity.Keys;

/// <summary>The text of a key: <c>slk_&lt;id&gt;_&lt;secret&gt;</c>. The beginning lets scanners of source code find one that went astray.</summary>
internal static class KeyText
{
    public const string Prefix = "slk_";

    private const int IdLength = 12;

    /// <summary>Characters of a secret.</summary>
    public const int SecretLength = 43;

    // 12 of 62 and 43 of 62 are 71 and 256 bits.
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Letters);

    public static (string Id, string Secret) Draw() => (RandomNumberGenerator.GetString(Letters, IdLength), DrawSecret());

    /// <summary>A secret that cannot be guessed: hashing it once is enough.</summary>
    public static string DrawSecret() => RandomNumberGenerator.GetString(Letters, SecretLength);

    public static string Write(string id, string secret) => $"{Prefix}{id}_{secret}";

    /// <summary>Takes a text apart; false when it is no key of ours.</summary>
    public static bool TryRead(string text, out string id, out string secret)
    {
        var isKey =
            text.Length == Prefix.Length + IdLength + 1 + SecretLength
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && text[Prefix.Length + IdLength] == '_'
            && text.AsSpan(Prefix.Length, IdLength).IndexOfAnyExcept(Allowed) < 0
            && text.AsSpan(Prefix.Length + IdLength + 1).IndexOfAnyExcept(Allowed) < 0;
        (id, secret) = isKey ? (text.Substring(Prefix.Length, IdLength), text[(Prefix.Length + IdLength + 1)..]) : ("", "");
        return isKey;
    }

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Compares in a time that does not tell how much was right.</summary>
    public static bool Matches(string secret, byte[] hash) => CryptographicOperations.FixedTimeEquals(HashOf(secret), hash);
}
