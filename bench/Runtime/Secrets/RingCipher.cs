using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Runtime.Bench.Secrets;

/// <summary>Data Protection with a key of its own for each place, as the product's cipher; its key ring lives in memory.</summary>
internal sealed class RingCipher : IValueCipher
{
    private readonly IDataProtector root = new EphemeralDataProtectionProvider().CreateProtector("bench");

    public byte[] Encrypt(string place, ReadOnlySpan<byte> plain) => root.CreateProtector(place).Protect(plain.ToArray());

    public byte[] Decrypt(string place, ReadOnlySpan<byte> encrypted)
    {
        try
        {
            return root.CreateProtector(place).Unprotect(encrypted.ToArray());
        }
        catch (CryptographicException e)
        {
            throw new SecretUnreadableException(place, e);
        }
    }
}
