using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Work;

/// <summary>
/// Work that a domain package asks for in a transaction of its own, together with its rows (<c>WorkRowsCommand</c>). After the commit ring
/// <see cref="IWorkSignal"/>; a lost ring costs time only.
/// </summary>
/// <remarks>A key that stands already is left alone. What comes with it stands in the clear: give ids, not what is personal.</remarks>
public static class AskedWork
{
    /// <summary>A message for the <see cref="IMessageHandler"/> of its topic.</summary>
    /// <param name="topic">Topic.</param>
    /// <param name="body">What comes with it; plain.</param>
    /// <param name="key">Unique: a repeated wish is one.</param>
    /// <param name="dueAt">When it is to be handled, UTC.</param>
    public static NewWork Message(string topic, object? body, string key, DateTimeOffset dueAt) =>
        new()
        {
            Key = WorkKeys.Message(key),
            Kind = WorkKind.Message,
            DueAt = dueAt,
            Payload = Sheet.One(new MessagePayload(topic, body), WorkJson.Write),
        };

    /// <summary>The resumption of a waiter, with an input.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="bookmarkId">Number of the waiter within it.</param>
    /// <param name="input">What comes with it.</param>
    /// <param name="key">Unique: a repeated wish is one.</param>
    /// <param name="dueAt">When it is to be done, UTC.</param>
    /// <param name="who">On whose behalf, for the journal of the instance; null for the system.</param>
    public static NewWork Resume(
        string instanceId,
        long bookmarkId,
        IReadOnlyDictionary<string, object?> input,
        string key,
        DateTimeOffset dueAt,
        string? who = null
    ) =>
        new()
        {
            Key = WorkKeys.Resume(key),
            Kind = WorkKind.Resume,
            InstanceId = instanceId,
            Target = bookmarkId,
            DueAt = dueAt,
            Payload = Sheet.One(new ResumePayload(input, who), WorkJson.Write),
        };

    /// <summary>A named event for all who wait for it then and for what it starts.</summary>
    /// <param name="name">Name of the event.</param>
    /// <param name="value">What comes with it.</param>
    /// <param name="correlationId">Only for instances with this correlation; null for all.</param>
    /// <param name="instanceId">Only for this instance; null for all.</param>
    /// <param name="key">Unique: a repeated wish is one.</param>
    /// <param name="dueAt">When it is to be delivered, UTC.</param>
    public static NewWork Publish(
        string name,
        object? value,
        string? correlationId,
        string? instanceId,
        string key,
        DateTimeOffset dueAt
    ) =>
        new()
        {
            Key = WorkKeys.Publish($"desk:{key}"),
            Kind = WorkKind.Publish,
            InstanceId = instanceId,
            DueAt = dueAt,
            Payload = Sheet.One(new PublishPayload(name, value, correlationId, instanceId, Who: null), WorkJson.Write),
        };
}
