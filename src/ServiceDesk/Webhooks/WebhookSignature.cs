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
        if (
            signature?.Split(',') is not [{ } time, { } _]
            || !time.StartsWith("t=", StringComparison.Ordinal)
            || !long.TryParse(time.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - (decimal)seconds) > (decimal)tolerance.TotalSeconds
        )
            return false;

        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Of(secret, DateTimeOffset.FromUnixTimeSeconds(seconds), body)),
            Encoding.UTF8.GetBytes(signature)
        );
    }
}
