using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using ServiceLoop.Designer.Language;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Shell;

/// <summary>Refusals as pages, for people; programs get problems from the API.</summary>
public static class Refusals
{
    /// <summary>Answers a request that ended with a status and nothing else.</summary>
    public static Task SendAsync(StatusCodeContext context) =>
        context.HttpContext is { Response.StatusCode: StatusCodes.Status404NotFound } request && IsFromPerson(request)
            ? SendAsync(request, StatusCodes.Status404NotFound, null)
            : Task.CompletedTask;

    /// <summary>Sends the page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="number">Under which the log tells more; null for none.</param>
    public static Task SendAsync(HttpContext context, int status, string? number)
    {
        Cultures.Apply(context);

        // Who failed may have set nothing yet, or it was taken away.
        Protection.Guard(context.Response);
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(RefusalPage.Status)] = status,
            [nameof(RefusalPage.Number)] = number,
        };
        return new RazorComponentResult<RefusalPage>(parameters) { StatusCode = status, PreventStreamingRendering = true }.ExecuteAsync(
            context
        );
    }

    private static bool IsFromPerson(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null);
}

/// <summary>Turns what broke a page into a page that says so.</summary>
internal sealed class PageFailures(ILogger<PageFailures> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint is not { } endpoint || !ForPeopleAttribute.IsOn(endpoint))
            return false;

        if (exception is AccessDeniedException)
        {
            await Refusals.SendAsync(httpContext, StatusCodes.Status403Forbidden, null);
            return true;
        }

        if (exception is StoreUnavailableException)
        {
            await Refusals.SendAsync(httpContext, StatusCodes.Status503ServiceUnavailable, null);
            return true;
        }

        // A form without its token, or with one of another session: who sent it opens the page again.
        if (exception is AntiforgeryValidationException or BadHttpRequestException)
        {
            var status = (exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            await Refusals.SendAsync(httpContext, status, null);
            return true;
        }

        Log.WishFailed(logger, httpContext.TraceIdentifier, exception);
        await Refusals.SendAsync(httpContext, StatusCodes.Status500InternalServerError, httpContext.TraceIdentifier);
        return true;
    }
}
