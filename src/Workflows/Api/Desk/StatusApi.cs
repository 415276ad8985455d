using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Tracking;
using ServiceLoop.ServiceDesk.Windows;
using ServiceLoop.Workflows.Auth;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>What customers see of their cases by signed links, and may do there.</summary>
internal static class StatusApi
{
    private const string LinkSays = "The signed link says which case it is, and lets its holder see that one.";
    private const string KeyHeader = "Idempotency-Key";

    /// <summary>What the customer adds.</summary>
    /// <param name="Text">In their words.</param>
    internal sealed record InformationRequest(string? Text);

    /// <summary>Another moment.</summary>
    /// <param name="StartsAt">Beginning of a slot that is free, UTC.</param>
    internal sealed record MomentRequest(DateTimeOffset? StartsAt);

    /// <summary>A link.</summary>
    /// <param name="Url">Data of the page.</param>
    internal sealed record LinkAnswer(string Url);

    /// <summary>The page.</summary>
    internal sealed record View(
        string? CaseNumber,
        string Language,
        string Status,
        string Text,
        int Stage,
        DateTimeOffset OpenedAt,
        DateTimeOffset? ResolvedAt,
        string NextActor,
        IReadOnlyList<string> May,
        IReadOnlyList<StatusStep> Steps,
        IReadOnlyList<StatusPromise> Promises,
        IReadOnlyList<StatusCallback> Callbacks,
        IReadOnlyList<string> Questions,
        DateTimeOffset LinkExpiresAt
    )
    {
        public static View Of(StatusPage p) =>
            new(
                p.CaseNumber,
                p.Language,
                p.Status,
                p.Text,
                p.Stage,
                p.OpenedAt,
                p.ResolvedAt,
                Words.Of(p.NextActor),
                [.. p.May.Select(Words.Of)],
                p.Steps,
                p.Promises,
                p.Callbacks,
                p.Questions,
                p.LinkExpiresAt
            );
    }

    public static IEndpointRouteBuilder MapStatus(this IEndpointRouteBuilder routes)
    {
        var status = routes.MapGroup("/status").WithTags("Status page");
        status.MapGet("/{token}", GetAsync).OpenToAll(LinkSays).LimitStrangers();
        status.MapPost("/{token}/information", AddAsync).OpenToAll(LinkSays).LimitStrangers();
        status.MapPost("/{token}/reopen", ReopenAsync).OpenToAll(LinkSays).LimitStrangers();
        status.MapGet("/{token}/callbacks/{callbackId}/slots", SlotsAsync).OpenToAll(LinkSays).LimitStrangers();
        status.MapPost("/{token}/callbacks/{callbackId}/reschedule", RescheduleAsync).OpenToAll(LinkSays).LimitStrangers();
        status.MapPost("/{token}/callbacks/{callbackId}/cancel", CancelAsync).OpenToAll(LinkSays).LimitStrangers();

        routes.MapGet("/tracking/figures", FiguresAsync).WithTags("Status page").Needs(Permissions.CasesRead);
        var links = routes.MapGroup("/cases").WithTags("Status page");
        links.MapPost("/{id}/status-links", LinkAsync).Needs(Permissions.CasesWrite);
        links.MapPost("/{id}/status-links/revoke", RevokeAsync).Needs(Permissions.CasesWrite);
        return routes;
    }

    /// <summary>Where a case stands, for its customer: stage in plain words, what happened when, promises, who acts next, and what may be done.</summary>
    private static async Task<Ok<View>> GetAsync(string token, string? language, StatusDesk desk, HttpContext context, CancellationToken ct)
    {
        Closed(context);
        return TypedResults.Ok(View.Of(await desk.GetAsync(token, Wished(language, context), ct)));
    }

    /// <summary>The customer tells more about the case.</summary>
    private static async Task<Ok<View>> AddAsync(
        string token,
        string? language,
        InformationRequest? request,
        StatusDesk desk,
        HttpContext context,
        CancellationToken ct
    )
    {
        Closed(context);
        var key = context.Request.Headers[KeyHeader].FirstOrDefault();
        return TypedResults.Ok(View.Of(await desk.AddAsync(token, request?.Text, key, Wished(language, context), ct)));
    }

    /// <summary>The customer comes back with a settled case.</summary>
    private static async Task<Ok<View>> ReopenAsync(
        string token,
        string? language,
        CustomersApi.ReasonRequest? request,
        StatusDesk desk,
        HttpContext context,
        CancellationToken ct
    )
    {
        Closed(context);
        return TypedResults.Ok(View.Of(await desk.ReopenAsync(token, request?.Reason, Wished(language, context), ct)));
    }

    /// <summary>Moments that the customer may choose for a callback.</summary>
    private static async Task<Ok<IReadOnlyList<Span>>> SlotsAsync(
        string token,
        string callbackId,
        StatusDesk desk,
        HttpContext context,
        CancellationToken ct
    )
    {
        Closed(context);
        return TypedResults.Ok(await desk.SlotsAsync(token, callbackId, ct));
    }

    /// <summary>The customer chooses another moment for a callback.</summary>
    private static async Task<Ok<View>> RescheduleAsync(
        string token,
        string callbackId,
        string? language,
        MomentRequest? request,
        StatusDesk desk,
        HttpContext context,
        CancellationToken ct
    )
    {
        Closed(context);
        var startsAt =
            request?.StartsAt
            ?? throw DeskRefusedException.Invalid("moment.missing", "startsAt", "'startsAt' is missing. Give the beginning of a slot.");
        return TypedResults.Ok(View.Of(await desk.RescheduleAsync(token, callbackId, startsAt, Wished(language, context), ct)));
    }

    /// <summary>The customer calls a callback off.</summary>
    private static async Task<Ok<View>> CancelAsync(
        string token,
        string callbackId,
        string? language,
        StatusDesk desk,
        HttpContext context,
        CancellationToken ct
    )
    {
        Closed(context);
        return TypedResults.Ok(View.Of(await desk.CancelAsync(token, callbackId, Wished(language, context), ct)));
    }

    /// <summary>How often status pages are looked at, and how many contacts ask where things stand all the same.</summary>
    private static async Task<Ok<StatusFigures>> FiguresAsync(
        DateTimeOffset? from,
        DateTimeOffset? to,
        StatusDesk desk,
        CancellationToken ct
    ) => TypedResults.Ok(await desk.FiguresAsync(from, to, ct));

    /// <summary>Makes a link for the customer of a case, good for 90 days.</summary>
    private static async Task<Ok<LinkAnswer>> LinkAsync(string id, StatusLinks links, HttpContext context, CancellationToken ct)
    {
        Closed(context);
        return TypedResults.Ok(new LinkAnswer($"{ApiSetup.OwnRoot}/status/{await links.OfCaseAsync(id, ct)}"));
    }

    /// <summary>Makes all links of a case that exist so far open nothing any more.</summary>
    private static async Task<NoContent> RevokeAsync(string id, StatusLinks links, CancellationToken ct)
    {
        await links.RevokeAsync(id, ct);
        return TypedResults.NoContent();
    }

    private static string? Wished(string? language, HttpContext context) =>
        language ?? context.Request.GetTypedHeaders().AcceptLanguage?.OrderByDescending(l => l.Quality ?? 1).FirstOrDefault()?.Value.Value;

    // Whoever has the address may act: it is neither kept nor passed on.
    private static void Closed(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
