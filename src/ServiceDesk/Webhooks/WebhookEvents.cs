using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.ServiceDesk.Webhooks;

/// <summary>Events of the desk that are told outside.</summary>
public static class WebhookEvents
{
    internal const string TopicName = "desk.event";

    private static readonly string Enqueue = SqlFile.Beside<WebhookStore>("webhook_event.enqueue");

    /// <summary>Tells of events in the transaction in which they happen. Without subscriptions it costs a look at an empty table.</summary>
    public static NpgsqlBatchCommand Adding(IReadOnlyList<NewWork> events) => WorkRowsCommand.Adding(events, Enqueue);

    /// <summary>The work of telling of an event, for the transaction in which it happens.</summary>
    /// <param name="name">Name: <c>case.closed</c>.</param>
    /// <param name="about">Facts about it, plain; ids rather than what is personal.</param>
    /// <param name="key">Unique: an event that is told again is the same.</param>
    /// <param name="now">When it happened, UTC.</param>
    public static NewWork Telling(string name, IReadOnlyDictionary<string, object?> about, string key, DateTimeOffset now) =>
        AskedWork.Message(
            TopicName,
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["event"] = name,
                ["key"] = key,
                ["at"] = now.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
                ["about"] = about,
            },
            $"{TopicName}:{key}",
            now
        );
}
