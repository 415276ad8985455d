using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.Workflows.Api.Desk;

/// <summary>Who outside is told of what happens.</summary>
internal static class WebhooksApi
{
    private const int UsualPage = 50;

    /// <summary>A subscription.</summary>
    /// <param name="Name">Unique name.</param>
    /// <param name="Url">Where requests go.</param>
    /// <param name="Events">Names of events: <c>case.closed</c>, <c>case.*</c>, <c>*</c>.</param>
    /// <param name="IsActive">False: nothing is sent. Default: true.</param>
    internal sealed record WebhookRequest(string? Name, string? Url, string[]? Events, bool? IsActive)
    {
        public WebhookWish ToWish() => new(Name, Url, [.. Events ?? []], IsActive ?? true);
    }

    /// <summary>A delivery.</summary>
    internal sealed record DeliveryView(
        string Id,
        string Event,
        string Body,
        string Status,
        int Attempts,
        int? Answered,
        string? Error,
        DateTimeOffset CreatedAt,
        DateTimeOffset? DeliveredAt
    );

    public static IEndpointRouteBuilder MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/webhooks").Needs(Permissions.WebhooksRead).WithTags("Webhooks");
        webhooks.MapGet("", ListAsync).WithSummary("Lists subscriptions, by name.");
        webhooks
            .MapPost("", CreateAsync)
            .Needs(Permissions.WebhooksManage)
            .WithSummary("Makes a subscription. The answer holds its secret, this once: requests are signed with it.");
        webhooks.MapPut("/{id}", ChangeAsync).Needs(Permissions.WebhooksManage).WithSummary("Changes a subscription; its secret stays.");
        webhooks
            .MapPost("/{id}/secret", RenewAsync)
            .Needs(Permissions.WebhooksManage)
            .WithSummary("Gives a subscription a new secret; the old one ends at once.");
        webhooks
            .MapDelete("/{id}", DeleteAsync)
            .Needs(Permissions.WebhooksManage)
            .WithSummary("Removes a subscription with its deliveries.");
        webhooks
            .MapGet("/{id}/deliveries", DeliveriesAsync)
            .WithSummary("Deliveries, newest first; 'before' is the id of the last one seen.");
        webhooks
            .MapPost("/deliveries/{deliveryId}/replay", ReplayAsync)
            .Needs(Permissions.WebhooksManage)
            .WithSummary("Sends a delivery once more, with the same id and body.");
        return routes;
    }

    private static async Task<Ok<ListView<WebhookSubscription>>> ListAsync(WebhookService webhooks, CancellationToken ct)
    {
        var found = await webhooks.ListAsync(ct);
        return TypedResults.Ok(new ListView<WebhookSubscription>(found, found.Count));
    }

    private static async Task<Created<NewWebhook>> CreateAsync(
        WebhookRequest request,
        WebhookService webhooks,
        HttpContext context,
        CancellationToken ct
    )
    {
        var made = await webhooks.CreateAsync(request.ToWish(), ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"{ApiSetup.OwnRoot}/webhooks/{made.Subscription.Id}", made);
    }

    private static async Task<Ok<WebhookSubscription>> ChangeAsync(
        string id,
        WebhookRequest request,
        WebhookService webhooks,
        CancellationToken ct
    ) => TypedResults.Ok(await webhooks.ChangeAsync(id, request.ToWish(), ct));

    private static async Task<Ok<NewWebhook>> RenewAsync(string id, WebhookService webhooks, HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await webhooks.RenewSecretAsync(id, ct));
    }

    private static async Task<NoContent> DeleteAsync(string id, WebhookService webhooks, CancellationToken ct)
    {
        await webhooks.DeleteAsync(id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ListView<DeliveryView>>> DeliveriesAsync(
        string id,
        string? status,
        string? before,
        int? take,
        WebhookService webhooks,
        CancellationToken ct
    )
    {
        var found = await webhooks.DeliveriesAsync(
            id,
            status is null ? null : Words.Read<DeliveryStatus>(status, "status"),
            before,
            take ?? UsualPage,
            ct
        );
        return TypedResults.Ok(new ListView<DeliveryView>([.. found.Select(ViewOf)], found.Count));
    }

    private static async Task<Ok<DeliveryView>> ReplayAsync(string deliveryId, WebhookService webhooks, CancellationToken ct) =>
        TypedResults.Ok(ViewOf(await webhooks.ReplayAsync(deliveryId, ct)));

    private static DeliveryView ViewOf(WebhookDelivery d) =>
        new(d.Id, d.Event, d.Body, Words.Of(d.Status), d.Attempts, d.Answered, d.Error, d.CreatedAt, d.DeliveredAt);
}
