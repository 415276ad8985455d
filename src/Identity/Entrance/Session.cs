namespace ServiceLoop.Identity.Entrance;

/// <summary>A row of the table <c>session</c> with what its person may do.</summary>
internal sealed record Session
{
    public required Guid Id { get; init; }

    public SessionKind Kind { get; init; }

    /// <summary>Hash of what the cookie holds; for tokens the key that signs them, protected.</summary>
    public required byte[] Secret { get; init; }

    public DateTimeOffset SeenAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public DateTimeOffset LatestAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public required Users.Person Person { get; init; }

    public bool IsOpen(DateTimeOffset now) => EndedAt is null && now < EndsAt && now < LatestAt && !Person.IsDisabled;
}
