namespace ServiceLoop.Runtime.Store;

/// <summary>A waiter to be stored.</summary>
/// <param name="Id">Number within the instance.</param>
/// <param name="Hash">Hash of its stimulus.</param>
/// <param name="Name">Name of its stimulus.</param>
/// <param name="ActivityId">Activity that waits.</param>
/// <param name="NodeId">Path of ids to it.</param>
/// <param name="DueAt">When its timer fires, UTC; null for none.</param>
/// <param name="Payload">Plain JSON of the stimulus, for people.</param>
public sealed record NewBookmark(
    long Id,
    string Hash,
    string Name,
    string ActivityId,
    string NodeId,
    DateTimeOffset? DueAt,
    ReadOnlyMemory<byte> Payload
);

/// <summary>A waiter as it is stored.</summary>
public sealed record BookmarkRow(
    string InstanceId,
    long Id,
    string Hash,
    string Name,
    string ActivityId,
    string NodeId,
    string? CorrelationId,
    DateTimeOffset? DueAt,
    ReadOnlyMemory<byte> Payload,
    DateTimeOffset CreatedAt
)
{
    /// <summary>True: it stands encrypted and cannot be read; the payload is what stands there. It waits all the same.</summary>
    public bool IsSealed { get; init; }
}

/// <summary>Which waiters to find; null members do not count.</summary>
/// <param name="Hash">Hash of the stimulus.</param>
/// <param name="InstanceId">Instance.</param>
/// <param name="CorrelationId">Correlation id of the instance when it committed last.</param>
public sealed record BookmarkFilter(string? Hash = null, string? InstanceId = null, string? CorrelationId = null);
