using System.Text.Json.Serialization;

namespace ServiceLoop.ServiceDesk.Routing;

/// <summary>Whether a queue gives out work.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QueueState>))]
public enum QueueState
{
    /// <summary>It does.</summary>
    Open,

    /// <summary>It takes work in, and gives none out.</summary>
    Paused,

    /// <summary>It is closed: work that comes goes to its overflow queue, where it has one.</summary>
    Closed,
}

/// <summary>A queue.</summary>
/// <param name="Id">Which; lower-case letters, digits and hyphens.</param>
/// <param name="Name">For people.</param>
public sealed record QueueView(string Id, string Name)
{
    /// <summary>Whether it gives out work.</summary>
    public QueueState State { get; init; }

    /// <summary>Calendar of its business time; null counts every minute.</summary>
    public string? CalendarId { get; init; }

    /// <summary>Queue in which items wait too that have waited too long; null for none.</summary>
    public string? OverflowTo { get; init; }

    /// <summary>Longest wait in business minutes.</summary>
    public int MaxWait { get; init; } = 480;

    /// <summary>Items above which it counts as flooded; null for no limit.</summary>
    public int? MaxWaiting { get; init; }

    /// <summary>True: agents need not accept.</summary>
    public bool AutoAccept { get; init; }

    /// <summary>How much the terms of a choice count.</summary>
    public ChoiceWeights Weights { get; init; } = ChoiceWeights.Default;

    /// <summary>Revision.</summary>
    public long Rev { get; init; }

    /// <summary>How much waits.</summary>
    public long Waiting { get; init; }

    internal static QueueView Read(System.Data.Common.DbDataReader r) =>
        new(r.GetString(r.GetOrdinal("id")), r.GetString(r.GetOrdinal("name")))
        {
            State = (QueueState)r.GetInt16(r.GetOrdinal("state")),
            CalendarId = r.IsDBNull(r.GetOrdinal("calendar_id")) ? null : r.GetString(r.GetOrdinal("calendar_id")),
            OverflowTo = r.IsDBNull(r.GetOrdinal("overflow_to")) ? null : r.GetString(r.GetOrdinal("overflow_to")),
            MaxWait = r.GetInt32(r.GetOrdinal("max_wait")),
            MaxWaiting = r.IsDBNull(r.GetOrdinal("max_waiting")) ? null : r.GetInt32(r.GetOrdinal("max_waiting")),
            AutoAccept = r.GetBoolean(r.GetOrdinal("auto_accept")),
            Weights = new(
                r.GetDouble(r.GetOrdinal("weight_fit")),
                r.GetDouble(r.GetOrdinal("weight_free")),
                r.GetDouble(r.GetOrdinal("weight_sticky")),
                r.GetDouble(r.GetOrdinal("weight_idle"))
            ),
            Rev = r.GetInt64(r.GetOrdinal("rev")),
            Waiting = r.GetInt64(r.GetOrdinal("waiting")),
        };
}
