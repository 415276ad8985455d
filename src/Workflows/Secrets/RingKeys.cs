using System.Security.Cryptography;
using System.Text;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Secrets;

/// <summary>The keys of the deployment with which the key ring in the database is encrypted. Neither is ever stored or logged.</summary>
internal sealed class RingKeys
{
    public const string KeySetting = "Secrets:Key";
    public const string OtherSetting = "Secrets:OtherKey";

    /// <summary>As many as AES-256 takes; fewer would weaken it.</summary>
    private const int FewestBytes = 32;

    private const string Cure = "Write at least 32 random bytes as Base64, for example from: openssl rand -base64 32.";

    private RingKeys(RingKey? current, RingKey? other) => (Current, Other) = (current, other);

    /// <summary>Encrypts and reads; null when none is given: the key ring is stored as it is.</summary>
    public RingKey? Current { get; }

    /// <summary>Only reads: the former key, or the coming one, while keys are changed.</summary>
    public RingKey? Other { get; }

    /// <summary>The keys of the settings.</summary>
    /// <exception cref="StartException">One cannot be used.</exception>
    public static RingKeys Of(IConfiguration settings)
    {
        var (current, other) = (Read(settings, KeySetting), Read(settings, OtherSetting));

        return current is null && other is not null
            ? throw new StartException($"{OtherSetting} is set without {KeySetting}. It only helps to change the key; set both.")
            : new(current, other);
    }

    /// <summary>The key with a fingerprint; null when it is neither.</summary>
    public RingKey? Find(string? fingerprint) =>
        Current?.Fingerprint == fingerprint ? Current
        : Other?.Fingerprint == fingerprint ? Other
        : null;

    private static RingKey? Read(IConfiguration settings, string name)
    {
        if (settings[name]?.Trim() is not { Length: > 0 } text)
            return null;

        // The value is never repeated.
        var bytes = new byte[text.Length];

        if (!Convert.TryFromBase64String(text, bytes, out var count))
            throw new StartException($"{name} is no Base64. {Cure}");

        return count >= FewestBytes
            ? new RingKey(bytes.AsSpan(0, count))
            : throw new StartException($"{name} has {count} bytes, which is too short. {Cure}");
    }
}

/// <summary>One key: AES-256 in GCM.</summary>
internal sealed class RingKey
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] key;

    public RingKey(ReadOnlySpan<byte> given)
    {
        key = Derive(given, "serviceloop key ring");
        Fingerprint = Convert.ToHexStringLower(Derive(given, "serviceloop fingerprint").AsSpan(0, 8));
    }

    /// <summary>Tells keys apart; tells nothing about the key.</summary>
    public string Fingerprint { get; }

    public byte[] Encrypt(ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">It was changed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes)
            throw new CryptographicException("It is too short.");

        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes[(NonceBytes + TagBytes)..], sealedBytes.Slice(NonceBytes, TagBytes), plain);
        return plain;
    }

    private static byte[] Derive(ReadOnlySpan<byte> given, string use)
    {
        var derived = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, given, derived, salt: [], Encoding.UTF8.GetBytes(use));
        return derived;
    }
}
