using Microsoft.AspNetCore.Http;

namespace ServiceLoop.Identity.Entrance;

/// <summary>The cookie of a session. It ends with the browser; how long the session lasts is the server's business.</summary>
public static class SessionCookie
{
    /// <summary>Hands a session to the browser.</summary>
    /// <param name="context">The request.</param>
    /// <param name="text">Text of the session.</param>
    public static void Write(HttpContext context, string text) =>
        context.Response.Cookies.Append(Schemes.CookieName, text, Options(context));

    /// <summary>Takes it from the browser.</summary>
    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(Schemes.CookieName, Options(context));

    private static CookieOptions Options(HttpContext context) =>
        new()
        {
            HttpOnly = true,
            IsEssential = true,
            Path = "/",
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
        };
}
