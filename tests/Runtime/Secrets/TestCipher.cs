using System.Security.Cryptography;
using System.Text;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Runtime.Tests.Secrets;

/// <summary>A real cipher with a key of its own, for tests without a key ring.</summary>
internal sealed class TestCipher : IValueCipher
{
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public byte[] Encrypt(string place, ReadOnlySpan<byte> plain)
    {
        var stored = new byte[28 + plain.Length];
        RandomNumberGenerator.Fill(stored.AsSpan(0, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(stored.AsSpan(0, 12), plain, stored.AsSpan(28), stored.AsSpan(12, 16), Encoding.UTF8.GetBytes(place));
        return stored;
    }

    public byte[] Decrypt(string place, ReadOnlySpan<byte> encrypted)
    {
        var plain = new byte[encrypted.Length - 28];
        using var aes = new AesGcm(key, 16);

        try
        {
            aes.Decrypt(encrypted[..12], encrypted[28..], encrypted.Slice(12, 16), plain, Encoding.UTF8.GetBytes(place));
        }
        catch (CryptographicException e)
        {
            throw new SecretUnreadableException(place, e);
        }

        return plain;
    }
}
