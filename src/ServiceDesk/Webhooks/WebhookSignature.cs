using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>Signs requests: <c>t=SECONDS,v1=HEX</c>, the HMAC-SHA256 of the seconds since 1970, a dot and the body.</summary>
/// <remarks>The time is signed too, so that an old request cannot be sent again as a new one.</remarks>
public static class WebhookSignature
{
    /// <summary>Header that carries it.</summary>
    public const string Header = "X-ServiceLoop-Signature";

    /// <summary>Draws a secret: 32 random bytes as Base64.</summary>
    public static string Draw() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The signature of a body.</summary>
    /// <param name="secret">The secret of the subscription.</param>
    /// <param name="at">When it is sent.</param>
    /// <param name="body">The body.</param>
    public static string Of(string secret, DateTimeOffset at, string body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{seconds}.{body}"));
        return $"t={seconds},v1={Convert.ToHexStringLower(hash)}";
    }

    /// <summary>Whether a signature is genuine and fresh.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="signature">What came.</param>
    /// <param name="body">The body that came with it.</param>
    /// <param name="now">The moment.</param>
    /// <param name="tolerance">How far the sender's clock and the way may differ.</param>
    public static bool IsGenuine(string secret, string? signature, string body, DateTimeOffset now, TimeSpan tolerance)
    {
        if (!IsFresh(signature, now, tolerance, out var seconds))
            return false;

        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Of(secret, DateTimeOffset.FromUnixTimeSeconds(seconds), body)),
            Encoding.UTF8.GetBytes(signature!)
        );
    }

    /// <summary>Whether a signature says that it was made just now: all that can be told of it before the body is there.</summary>
    /// <param name="signature">What came.</param>
    /// <param name="now">The moment.</param>
    /// <param name="tolerance">How far the sender's clock and the way may differ.</param>
    public static bool IsFresh(string? signature, DateTimeOffset now, TimeSpan tolerance) => IsFresh(signature, now, tolerance, out _);

    private static bool IsFresh(string? signature, DateTimeOffset now, TimeSpan tolerance, out long seconds)
    {
        seconds = 0;
        return signature?.Split(',') is [{ } time, { } _]
            && time.StartsWith("t=", StringComparison.Ordinal)
            && long.TryParse(time.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out seconds)
            && Math.Abs(now.ToUnixTimeSeconds() - (decimal)seconds) <= (decimal)tolerance.TotalSeconds;
    }
}
