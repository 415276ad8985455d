namespace ServiceLoop.Workflows.Auth;

/// <summary>What every answer says to browsers. Pages say more about what they may load; what is no page may load nothing.</summary>
internal sealed class SecureHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(
            static state =>
            {
                var response = (HttpResponse)state;
                var headers = response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers.TryAdd("Referrer-Policy", "same-origin");
                headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
                headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
                headers.TryAdd("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
                headers.TryAdd("X-Permitted-Cross-Domain-Policies", "none");

                if (
                    headers.ContentSecurityPolicy.Count == 0
                    && response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) != true
                )
                    headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";

                // What was said to somebody is not for the next one at this screen, nor for a proxy.
                if (headers.CacheControl.Count == 0)
                    headers.CacheControl = "no-store";

                return Task.CompletedTask;
            },
            context.Response
        );
        return next(context);
    }
}
