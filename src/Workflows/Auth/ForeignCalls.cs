using ServiceLoop.Designer.Language;
using ServiceLoop.Identity;
using ServiceLoop.Identity.Actors;
using ServiceLoop.Workflows.Api;

namespace ServiceLoop.Workflows.Auth;

/// <summary>
/// Refuses what another site lets a signed-in browser do here: browsers say where a call comes from (<c>Sec-Fetch-Site</c>, older ones <c>Origin</c>), and
/// programs, which say nothing of it, do not carry somebody's cookie by accident.
/// </summary>
/// <remarks>Covers the API, which Elsa Studio calls without tokens of ours, and the upgrade to WebSockets, which no token protects. Forms have tokens too.</remarks>
internal sealed class ForeignCalls(RequestDelegate next)
{
    private const string Reading = ":read";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isUpgrade = request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method);
        var isSafe =
            HttpMethods.IsGet(request.Method)
            || HttpMethods.IsHead(request.Method)
            || HttpMethods.IsOptions(request.Method)
            || HttpMethods.IsTrace(request.Method);

        return
            ActorOf.Identity(context.User)?.AuthenticationType == Schemes.Session
            && (isUpgrade || !isSafe || Acts(context))
            && IsForeign(request)
            ? Problems
                .Of(StatusCodes.Status403Forbidden, "access.foreign", "This call was made by a page of another site. Nothing was done.")
                .ExecuteAsync(context)
            : next(context);
    }

    /// <summary>Whether a door does something even when it is only asked: workflows start by GET too. Pages only show, also those for who may change things.</summary>
    private static bool Acts(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint endpoint
        && RuleGate.RuleOf(endpoint)?.Permission is { } permission
        && !permission.EndsWith(Reading, StringComparison.Ordinal)
        && !ForPeopleAttribute.IsOn(endpoint);

    private static bool IsForeign(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() switch
        {
            "same-origin" or "none" => false,
            "" => request.Headers.Origin.ToString() is { Length: > 0 } origin
                && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == Authority(request)),
            _ => true,
        };

    /// <summary>As <see cref="Uri.Authority"/> writes it: without a port that goes without saying.</summary>
    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var here) ? here.Authority : request.Host.ToString();
}
