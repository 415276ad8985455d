using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Messages;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>Sends deliveries, signed. What fails is tried again by the runtime, and in the end stands among the failed work.</summary>
internal sealed class WebhookSending(WebhookStore store, IHttpClientFactory clients, TimeProvider clock) : IMessageHandler
{
    public const string TopicName = "desk.webhook";
    public const string ClientName = "webhooks";

    /// <summary>How long the other side may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public string Topic => TopicName;

    /// <summary>The work of sending a delivery.</summary>
    public static NewWork Work(WebhookDelivery delivery, DateTimeOffset now) =>
        AskedWork.Message(
            TopicName,
            delivery.Id,
            string.Create(CultureInfo.InvariantCulture, $"{TopicName}:{delivery.Id}:{delivery.Attempts}"),
            now
        );

    public async Task HandleAsync(Runtime.Work.Message message, CancellationToken ct)
    {
        if (
            message.Body is not string id
            || await store.FindDeliveryAsync(id, ct) is not { Status: not DeliveryStatus.Delivered } delivery
            || await store.FindAsync(delivery.SubscriptionId, ct) is not { } webhook
        )
            return;

        if (!webhook.Subscription.IsActive)
        {
            var off =
                $"Webhook '{webhook.Subscription.Name}' was switched off before this was sent. Switch it on, and replay the delivery.";
            await store.EndAsync(id, DeliveryStatus.Failed, null, off, null, ct);
            return;
        }

        var (status, error) = await SendAsync(webhook, delivery, ct);

        if (error is null)
        {
            await store.EndAsync(id, DeliveryStatus.Delivered, status, null, clock.GetUtcNow(), CancellationToken.None);
            return;
        }

        await store.EndAsync(id, DeliveryStatus.Failed, status, error, null, ct);
        throw new MessageRefusedException(error);
    }

    private async Task<(int? Status, string? Error)> SendAsync(NewWebhook webhook, WebhookDelivery delivery, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Subscription.Url)
        {
            Content = new StringContent(delivery.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(webhook.Secret, clock.GetUtcNow(), delivery.Body));
        request.Headers.Add("X-ServiceLoop-Event", delivery.Event);
        request.Headers.Add("Idempotency-Key", delivery.Id);

        try
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            over.CancelAfter(Patience);
            using var answer = await clients
                .CreateClient(ClientName)
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over.Token);
            return answer.IsSuccessStatusCode
                ? ((int)answer.StatusCode, null)
                : (
                    (int)answer.StatusCode,
                    $"Webhook '{webhook.Subscription.Name}' answered {(int)answer.StatusCode} {answer.ReasonPhrase}."
                );
        }
        catch (HttpRequestException e)
        {
            return (null, $"Webhook '{webhook.Subscription.Name}' cannot be reached: {e.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, $"Webhook '{webhook.Subscription.Name}' did not answer within {Patience.TotalSeconds:0} s.");
        }
    }
}
