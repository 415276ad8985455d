using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Secrets;

/// <summary>Encrypts with the key ring: authenticated, with a key of its own for each place.</summary>
/// <remarks>The ring makes new keys by itself and keeps the old ones, so that what they encrypted can be read for ever.</remarks>
internal sealed class ValueCipher(IDataProtectionProvider provider) : IValueCipher
{
    private readonly IDataProtector root = provider.CreateProtector("ServiceLoop.Values.v1");

    /// <summary>For programs without a host, such as commands: a cipher that reads, in services that are to be disposed of. The key ring stays as it is.</summary>
    /// <exception cref="StartException">The key ring cannot be read; the message says what to set.</exception>
    public static async Task<ServiceProvider> OpenAsync(NpgsqlDataSource database, IConfiguration settings, CancellationToken ct)
    {
        var ring = RingKeys.Of(settings);
        await KeyRing.CheckAsync(database, ring, ct);
        var services = new ServiceCollection().AddLogging().AddSingleton(database).AddSingleton(TimeProvider.System).AddPageKeys(ring);
        services.AddDataProtection().DisableAutomaticKeyGeneration();
        return services.BuildServiceProvider();
    }

    public byte[] Encrypt(string place, ReadOnlySpan<byte> plain) => root.CreateProtector(place).Protect(plain.ToArray());

    public byte[] Decrypt(string place, ReadOnlySpan<byte> encrypted)
    {
        try
        {
            // A key that was revoked must not encrypt any more; what it encrypted is still needed.
            return ((IPersistedDataProtector)root.CreateProtector(place)).DangerousUnprotect(
                encrypted.ToArray(),
                ignoreRevocationErrors: true,
                out _,
                out _
            );
        }
        catch (CryptographicException e)
        {
            throw new SecretUnreadableException(place, e);
        }
    }
}
