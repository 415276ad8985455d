using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServiceLoop.Identity.Users;

/// <summary>Codes of an authenticator app (RFC 6238: SHA-1, 30 s, 6 digits). It tells the time step of a code, so that none is taken twice.</summary>
internal static class TimedCode
{
    private const int SecretBytes = 20;
    private const int StepSeconds = 30;
    private const int Digits = 1_000_000;
    private const int Drift = 1;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] DrawSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The time step whose code this is; null when it is none of now, just before or just after.</summary>
    public static long? StepOf(byte[] secret, string code, DateTimeOffset now)
    {
        var given = Encoding.ASCII.GetBytes(code.Replace(" ", "", StringComparison.Ordinal));
        var step = now.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;

        for (var candidate = step - Drift; candidate <= step + Drift; candidate++)
            if (CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(At(secret, candidate))))
                found = candidate;

        return found;
    }

    /// <summary>The code of a time step.</summary>
    public static string At(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // What the apps speak; SHA-1 is not weak in an HMAC.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & int.MaxValue;
        return (number % Digits).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <summary>The code of a moment.</summary>
    public static string At(byte[] secret, DateTimeOffset now) => At(secret, now.ToUnixTimeSeconds() / StepSeconds);

    /// <summary>A secret as people type it (RFC 4648, base 32).</summary>
    public static string Write(byte[] secret)
    {
        var text = new StringBuilder();
        int bits = 0,
            held = 0;

        foreach (var value in secret)
        {
            held = (held << 8) | value;
            bits += 8;

            for (; bits >= 5; bits -= 5)
                text.Append(Letters[(held >> (bits - 5)) & 31]);

            held &= (1 << bits) - 1;
        }

        if (bits > 0)
            text.Append(Letters[(held << (5 - bits)) & 31]);

        return text.ToString();
    }
}
