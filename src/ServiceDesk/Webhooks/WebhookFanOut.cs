using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>Makes one delivery of an event for each subscription that hears it.</summary>
internal sealed class WebhookFanOut(WebhookStore store, IWorkSignal signal, TimeProvider clock) : IMessageHandler
{
    public string Topic => WebhookEvents.TopicName;

    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        if (message.Body is not IReadOnlyDictionary<string, object?> told || told.GetValueOrDefault("event") is not string name)
            return;

        var key = told.GetValueOrDefault("key") as string ?? message.Key;
        var now = clock.GetUtcNow();
        var deliveries = (await store.ListAsync(ct))
            .Where(s => s.Hears(name))
            .Select(s => new WebhookDelivery(
                Id(key, s.Id),
                s.Id,
                name,
                Body(Id(key, s.Id), name, told),
                DeliveryStatus.Queued,
                0,
                null,
                null,
                now,
                null
            ))
            .ToList();

        if (deliveries.Count == 0)
            return;

        await store.AddAsync(deliveries, [.. deliveries.Select(d => WebhookSending.Work(d, now))], ct);
        signal.Ring(now);
    }

    /// <summary>The same when the event is told again.</summary>
    public static string Id(string key, string subscriptionId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{subscriptionId}")).AsSpan(0, 16));

    private static string Body(string id, string name, IReadOnlyDictionary<string, object?> told)
    {
        using var buffer = new MemoryStream();

        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", id);
            writer.WriteString("event", name);
            writer.WriteString("at", told.GetValueOrDefault("at") as string);
            writer.WritePropertyName("about");
            writer.WriteRawValue(ValueJson.ToText(told.GetValueOrDefault("about")) ?? "null");
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
