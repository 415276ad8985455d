using System.Text.Json.Serialization;

namespace ServiceLoop.ServiceDesk.Agents;

/// <summary>Whether somebody can take work.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PresenceStatus>))]
public enum PresenceStatus
{
    /// <summary>Not at work.</summary>
    Offline,

    /// <summary>Takes work.</summary>
    Available,

    /// <summary>Is at work, and wants nothing new.</summary>
    Busy,

    /// <summary>Finishes what a contact left to do.</summary>
    AfterContactWork,

    /// <summary>Has a break.</summary>
    Break,

    /// <summary>Is trained.</summary>
    Training,

    /// <summary>Did nothing for a while; set by the page.</summary>
    Away,

    /// <summary>Missed two offers in a row; set by the product.</summary>
    Missed,

    /// <summary>Was not heard of; set by the product.</summary>
    Disconnected,
}

/// <summary>When silence of an agent's page means that the agent has gone.</summary>
public static class Heartbeats
{
    /// <summary>How often a page tells that it is there.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Silence after which no new work comes.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(60);

    /// <summary>Time after that until the work is given to others.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(120);

    /// <summary>Missed offers in a row after which an agent counts as not there.</summary>
    public const int MissesAllowed = 2;

    /// <summary>True for statuses that need somebody behind them, and so a heartbeat.</summary>
    public static bool IsWatched(PresenceStatus status) => status is not (PresenceStatus.Offline or PresenceStatus.Disconnected);

    /// <summary>Whether an agent has gone silent.</summary>
    public static bool IsSilent(DateTimeOffset lastHeartbeat, DateTimeOffset now) => now - lastHeartbeat >= SilenceLimit;

    /// <summary>Whether the work of a disconnected agent is to be given to others.</summary>
    public static bool IsGone(DateTimeOffset disconnectedAt, DateTimeOffset now) => now - disconnectedAt >= Grace;

    /// <summary>Whether a piece of work of an agent who has gone goes back to its queue.</summary>
    /// <param name="isSync">The customer is waiting now.</param>
    /// <param name="dueAt">When it is due, UTC; null for never.</param>
    /// <param name="nextShiftAt">When the agent's next shift starts, UTC; null when nobody knows: then nothing can wait for it.</param>
    /// <param name="customerReplied">The customer has replied since: a reply never waits for somebody who is not there.</param>
    public static bool IsRequeued(bool isSync, DateTimeOffset? dueAt, DateTimeOffset? nextShiftAt, bool customerReplied) =>
        isSync || customerReplied || nextShiftAt is not { } start || (dueAt is { } due && due < start);
}
