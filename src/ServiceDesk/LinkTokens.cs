using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk;

/// <summary>Signed links for people without an account: whoever has one may do the one thing that it names. Safe for all threads.</summary>
/// <param name="database">Where the key is; all nodes share it.</param>
public sealed class LinkTokens(Database database)
{
    private const int MacBytes = 16;
    private const int MostToken = 400;

    private static readonly string Key = SqlFile.Beside<LinkTokens>("link_key.get");
    private byte[]? key;

    /// <summary>A token for one purpose and subject.</summary>
    public async Task<string> IssueAsync(string purpose, string subject, CancellationToken ct)
    {
        var text = Encoding.UTF8.GetBytes(subject);
        return $"{Base64Url.EncodeToString(text)}.{Base64Url.EncodeToString(Mac(await KeyAsync(ct), purpose, text))}";
    }

    /// <summary>The subject of a token; null when it is none for this purpose, or was changed.</summary>
    public async Task<string?> ReadAsync(string purpose, string? token, CancellationToken ct)
    {
        var dot = token?.IndexOf('.', StringComparison.Ordinal) ?? -1;

        if (dot < 1 || token!.Length > MostToken)
            return null;

        try
        {
            var text = Base64Url.DecodeFromChars(token.AsSpan(0, dot));
            var mac = Base64Url.DecodeFromChars(token.AsSpan(dot + 1));
            var wanted = Mac(await KeyAsync(ct), purpose, text);
            return CryptographicOperations.FixedTimeEquals(mac, wanted) ? Encoding.UTF8.GetString(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[] Mac(byte[] key, string purpose, byte[] subject) =>
        HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{purpose}\0"), .. subject])[..MacBytes];

    private async ValueTask<byte[]> KeyAsync(CancellationToken ct) =>
        key ??= (byte[])(await database.OnceForValueAsync(Key, ct, Arg.Blob(RandomNumberGenerator.GetBytes(32))))!;
}
