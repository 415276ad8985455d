using Microsoft.AspNetCore.Http;

namespace ServiceLoop.Designer.Shell;

/// <summary>What a browser may do on our pages: load from this server and nowhere else, and be framed by nobody else.</summary>
internal static class Protection
{
    // MudBlazor sets styles on elements, and an icon or two are data addresses.
    private const string Policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        Guard(context.Response);
        return next(context);
    }

    public static void Guard(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
    }
}
