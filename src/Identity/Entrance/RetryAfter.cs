using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServiceLoop.Identity.Entrance;

/// <summary>Tells a caller when to try again.</summary>
public static class RetryAfter
{
    /// <summary>Writes the header, in whole seconds, rounded up.</summary>
    /// <param name="context">The request that is refused.</param>
    /// <param name="wait">How long to wait.</param>
    /// <returns>The seconds, 1 or more, for the sentence.</returns>
    public static int Write(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers[HeaderNames.RetryAfter] = seconds.ToString(CultureInfo.InvariantCulture);
        return seconds;
    }
}
