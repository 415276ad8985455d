using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Designer.Language;

/// <summary><c>/culture?culture=zh-CN&amp;redirectUri=/…</c>: remembers the language and goes back to the page.</summary>
internal static class CultureSwitch
{
    private static readonly TimeSpan Memory = TimeSpan.FromDays(365);

    public static IEndpointRouteBuilder MapCultureSwitch(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/culture", Switch).OpenToAll("The language of the sign-in page can be chosen.").ExcludeFromDescription();
        return routes;
    }

    /// <summary>Address of the switch.</summary>
    /// <param name="culture">One of <see cref="Cultures.Choices"/>.</param>
    /// <param name="back">Path and query to come back to, from the slash on.</param>
    public static string Address(string culture, string back) => $"/culture?culture={culture}&redirectUri={Uri.EscapeDataString(back)}";

    /// <summary>The pages speak somebody's language from now on, unless one was chosen in this browser; until the browser is closed.</summary>
    /// <param name="context">Of the sign-in.</param>
    /// <param name="language">Of the person; null changes nothing.</param>
    public static void Suggest(HttpContext context, string? language)
    {
        if (Cultures.Find(language) is { } known && !context.Request.Cookies.ContainsKey(Cultures.CookieName))
            context.Response.Cookies.Append(Cultures.CookieName, known, Options(null));
    }

    private static CookieOptions Options(TimeSpan? memory) =>
        new()
        {
            MaxAge = memory,
            SameSite = SameSiteMode.Lax,
            HttpOnly = true,
            IsEssential = true,
        };

    private static RedirectHttpResult Switch(string? culture, string? redirectUri, HttpContext context)
    {
        if (Cultures.Find(culture) is { } known)
            context.Response.Cookies.Append(Cultures.CookieName, known, Options(Memory));

        return TypedResults.Redirect(IsLocal(redirectUri) ? redirectUri! : "/");
    }

    /// <summary>A path on this server: browsers read <c>//host</c>, <c>/\host</c> and addresses with control characters as other hosts.</summary>
    internal static bool IsLocal(string? address) =>
        address is ['/', ..] && (address.Length == 1 || address[1] is not ('/' or '\\')) && !address.Any(char.IsControl);
}
