using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>Who outside is told of what happens, and what became of it.</summary>
public sealed partial class WebhookService
{
    private const int LongestName = 100;
    private const int LongestUrl = 2_000;
    private const int LongestId = 200;
    private const int MostEvents = 50;
    private const int MostOfPage = 200;

    private readonly WebhookStore store;
    private readonly IAccess access;
    private readonly IWorkSignal signal;
    private readonly TimeProvider clock;

    internal WebhookService(WebhookStore store, IAccess access, IWorkSignal signal, TimeProvider clock) =>
        (this.store, this.access, this.signal, this.clock) = (store, access, signal, clock);

    /// <summary>All subscriptions, by name; never their secrets.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.WebhooksRead"/>.</exception>
    public async Task<IReadOnlyList<WebhookSubscription>> ListAsync(CancellationToken ct)
    {
        access.Demand(Permissions.WebhooksRead);
        return await store.ListAsync(ct);
    }

    /// <summary>Makes a subscription. Its secret is in the answer and nowhere else.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.WebhooksManage"/>.</exception>
    /// <exception cref="DeskRefusedException">The wish cannot be met.</exception>
    public Task<NewWebhook> CreateAsync(WebhookWish wish, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        return access.ActAsync(
            new Deed(Permissions.WebhooksManage, "webhook.create", id) { Wanted = Told(wish) },
            async () =>
            {
                var made = new NewWebhook(Checked(wish, id, now, access.Actor.Who ?? access.Actor.Name), WebhookSignature.Draw());
                await SaveAsync(made, ct);
                return made;
            },
            null,
            ct
        );
    }

    /// <summary>Changes a subscription; its secret stays.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.WebhooksManage"/>.</exception>
    /// <exception cref="DeskRefusedException">There is none, or the wish cannot be met.</exception>
    public Task<WebhookSubscription> ChangeAsync(string id, WebhookWish wish, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.WebhooksManage, "webhook.change", id) { Wanted = Told(wish) },
            async () =>
            {
                var before = await GetAsync(id, ct);
                var after = Checked(wish, before.Subscription.Id, before.Subscription.CreatedAt, before.Subscription.CreatedBy);

                // The secret is left alone: whoever renews it meanwhile is not undone.
                if (!await store.TryChangeAsync(after, ct))
                    throw NameTaken(after);

                return after;
            },
            null,
            ct
        );

    /// <summary>Gives a subscription a new secret. The old one is good for nothing from now on.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.WebhooksManage"/>.</exception>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public Task<NewWebhook> RenewSecretAsync(string id, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.WebhooksManage, "webhook.renew-secret", id),
            async () =>
            {
                var renewed = (await GetAsync(id, ct)) with { Secret = WebhookSignature.Draw() };

                if (!await store.TryRenewAsync(renewed.Subscription.Id, renewed.Secret, ct))
                    throw DeskRefusedException.Unknown("webhook.unknown", $"There is no webhook '{TextRules.Quote(id)}' any more.");

                return renewed;
            },
            null,
            ct
        );

    /// <summary>Removes a subscription with its deliveries.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.WebhooksManage"/>.</exception>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public Task DeleteAsync(string id, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.WebhooksManage, "webhook.delete", id),
            async () =>
            {
                var found = await GetAsync(id, ct);
                return await store.DeleteAsync(found.Subscription.Id, ct);
            },
            null,
            ct
        );

    /// <summary>Deliveries of a subscription, newest first.</summary>
    /// <param name="id">The subscription.</param>
    /// <param name="status">That are so far; null for all.</param>
    /// <param name="before">Id of the delivery that they are older than; null for the newest.</param>
    /// <param name="take">How many; 1 to 200.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.WebhooksRead"/>.</exception>
    /// <exception cref="DeskRefusedException">There is no such subscription.</exception>
    public async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(
        string id,
        DeliveryStatus? status,
        string? before,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.WebhooksRead);
        var found = await GetAsync(id, ct);
        return await store.PageAsync(found.Subscription.Id, status, before, Math.Clamp(take, 1, MostOfPage), ct);
    }

    /// <summary>Sends a delivery once more, with the same id and body, whatever became of it.</summary>
    /// <exception cref="AccessDeniedException">The actor lacks <see cref="Permissions.WebhooksManage"/>.</exception>
    /// <exception cref="DeskRefusedException">There is none.</exception>
    public Task<WebhookDelivery> ReplayAsync(string deliveryId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.WebhooksManage, "webhook.replay", deliveryId),
            async () =>
            {
                var delivery =
                    await store.FindDeliveryAsync(deliveryId, ct)
                    ?? throw DeskRefusedException.Unknown(
                        "webhook.delivery-unknown",
                        $"There is no delivery '{TextRules.Quote(deliveryId)}'."
                    );
                var now = clock.GetUtcNow();
                await store.RequeueAsync(deliveryId, WebhookSending.Work(delivery, now), ct);
                signal.Ring(now);
                return delivery with { Status = DeliveryStatus.Queued };
            },
            null,
            ct
        );

    private async Task<NewWebhook> GetAsync(string id, CancellationToken ct) =>
        await store.FindAsync(TextRules.Required(id, "id", LongestId), ct)
        ?? throw DeskRefusedException.Unknown("webhook.unknown", $"There is no webhook '{TextRules.Quote(id)}'.");

    private async Task SaveAsync(NewWebhook webhook, CancellationToken ct)
    {
        if (!await store.TrySaveAsync(webhook, ct))
            throw NameTaken(webhook.Subscription);
    }

    private static DeskRefusedException NameTaken(WebhookSubscription webhook) =>
        DeskRefusedException.Conflict("webhook.name-taken", $"There is a webhook '{webhook.Name}' already. Choose another name.");

    private static WebhookSubscription Checked(WebhookWish wish, string id, DateTimeOffset createdAt, string createdBy)
    {
        var name = TextRules.Required(wish.Name, "name", LongestName);
        var url = TextRules.Required(wish.Url, "url", LongestUrl);

        if (
            !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
            || address.UserInfo.Length > 0
        )
            throw DeskRefusedException.Invalid(
                "webhook.url",
                "url",
                $"'{TextRules.Quote(url)}' is no address of a webhook. Give one that begins with https:// (or http:// within the house), without a password in it."
            );

        if (wish.Events.IsDefaultOrEmpty || wish.Events.Length > MostEvents)
            throw DeskRefusedException.Invalid("webhook.events", "events", $"Name 1 to {MostEvents} events, or * for all.");

        if (wish.Events.FirstOrDefault(e => e is null || !EventName().IsMatch(e), "*") is var odd && odd != "*")
            throw DeskRefusedException.Invalid(
                "webhook.events",
                "events",
                $"'{TextRules.Quote(odd)}' is no name of an event. Use one like case.closed, case.* or *."
            );

        return new(id, name, address.ToString(), [.. wish.Events.Distinct(StringComparer.Ordinal)], wish.IsActive, createdAt, createdBy);
    }

    private static ImmutableSortedDictionary<string, string?> Told(WebhookWish wish) =>
        Facts.Of(
            ("name", TextRules.Quote(wish.Name)),
            ("url", TextRules.Quote(wish.Url)),
            ("events", wish.Events.IsDefault ? null : TextRules.Quote(string.Join(' ', wish.Events))),
            ("active", $"{wish.IsActive}")
        );

    [GeneratedRegex(@"\A(\*|[a-z][a-z-]{0,40}\.(\*|[a-z][a-z-]{0,40}))\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex EventName();
}
