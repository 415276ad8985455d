using System.Text.Json;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Messages;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>Carries messages to a webhook: it is a delivery like others, signed, retried and replayable.</summary>
internal sealed class WebhookCarrier(WebhookStore store, IWorkSignal signal, TimeProvider clock) : IMessageCarrier
{
    private const string EventName = "message.sent";

    public MessageChannel Channel => MessageChannel.Webhook;

    public string? Refusal(string recipient) => null;

    public async Task CarryAsync(Messages.Message message, CancellationToken ct)
    {
        var webhook =
            await store.FindAsync(message.Recipient, ct)
            ?? throw new MessageRefusedException(
                $"There is no webhook '{TextRules.Quote(message.Recipient)}'. Make one of this name, and send the message again."
            );

        if (!webhook.Subscription.IsActive)
            throw new MessageRefusedException(
                $"The webhook '{webhook.Subscription.Name}' is switched off. Switch it on, and send the message again."
            );

        var now = clock.GetUtcNow();
        var id = WebhookFanOut.Id(message.Id, webhook.Subscription.Id);
        var delivery = new WebhookDelivery(
            id,
            webhook.Subscription.Id,
            EventName,
            Body(id, message),
            DeliveryStatus.Queued,
            0,
            null,
            null,
            now,
            null
        );
        await store.AddAsync([delivery], [WebhookSending.Work(delivery, now)], ct);
        signal.Ring(now);
    }

    private static string Body(string id, Messages.Message message) =>
        JsonSerializer.Serialize(
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["id"] = id,
                ["event"] = EventName,
                ["at"] = message.CreatedAt,
                ["about"] = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["messageId"] = message.Id,
                    ["caseId"] = message.CaseId,
                    ["customerId"] = message.CustomerId,
                    ["template"] = message.Template,
                    ["language"] = message.Language,
                    ["subject"] = message.Subject,
                    ["body"] = message.Body,
                },
            }
        );
}
