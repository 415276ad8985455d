using System.Collections.Immutable;
using System.Data.Common;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>A task as it is stored.</summary>
internal sealed record TaskRow
{
    public required string Id { get; init; }
    public required string InstanceId { get; init; }
    public long BookmarkId { get; init; }
    public string? CaseId { get; init; }
    public string? CustomerId { get; init; }
    public required string Type { get; init; }
    public required string Title { get; init; }
    public string? Form { get; init; }
    public ImmutableArray<string> Outcomes { get; init; } = [];
    public string Content { get; init; } = "{}";
    public Priority Priority { get; init; }
    public required string Channel { get; init; }
    public int Weight { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset? FollowUpAt { get; init; }
    public DateTimeOffset? TimesOutAt { get; init; }
    public string? QueueId { get; init; }
    public ImmutableArray<WantedSkill> Required { get; init; } = [];
    public ImmutableArray<WantedSkill> Preferred { get; init; } = [];
    public string? Language { get; init; }
    public ImmutableArray<string> Only { get; init; } = [];
    public ImmutableArray<string> Excluded { get; init; } = [];
    public ImmutableArray<string> Declined { get; init; } = [];
    public TaskState State { get; init; }
    public bool IsSuspended { get; init; }
    public bool IsEscalated { get; init; }
    public string? Assignee { get; init; }
    public string? Owner { get; init; }
    public string? OfferedTo { get; init; }
    public string? Sender { get; init; }
    public int OfferNo { get; init; }
    public OverflowStep Overflow { get; init; }
    public DateTimeOffset EnqueuedAt { get; init; }
    public DateTimeOffset? LatestAt { get; init; }
    public DateTimeOffset? ClockDueAt { get; init; }
    public int TierBoost { get; init; }

    /// <summary>True: something about its case has reached the first level of escalation.</summary>
    public bool HasEarlyWarning { get; init; }
    public string? CaseOwner { get; init; }
    public string? LastAgent { get; init; }
    public DateTimeOffset? StickyUntil { get; init; }
    public string? Draft { get; init; }
    public string? Answer { get; init; }
    public string? Outcome { get; init; }
    public string? AnsweredBy { get; init; }
    public long Rev { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>As the rules of its life see it.</summary>
    public TaskStanding Standing =>
        new(State, Assignee)
        {
            Owner = Owner,
            OfferedTo = OfferedTo,
            Sender = Sender,
            IsSuspended = IsSuspended,
            IsEscalated = IsEscalated,
            Only = [.. Only],
            Excluded = [.. Excluded, .. Declined],
        };

    /// <summary>As routing sees it.</summary>
    public RoutedItem Item =>
        new(Id, Channel, Weight, Priority)
        {
            Required = Required,
            Preferred = Preferred,
            Language = Language,
            Only = [.. Only],
            Excluded = [.. Excluded, .. Declined],
            Overflow = Overflow,
            CaseOwner = CaseOwner,
            LastAgent = LastAgent,
        };

    /// <summary>The row with what a step of its life changed.</summary>
    public TaskRow With(TaskStanding after) =>
        this with
        {
            State = after.State,
            Assignee = after.Assignee,
            Owner = after.Owner,
            OfferedTo = after.OfferedTo,
            Sender = after.Sender,
            IsSuspended = after.IsSuspended,
            IsEscalated = after.IsEscalated,
            Declined = [.. after.Excluded.Where(a => !Excluded.Contains(a)).Order(StringComparer.Ordinal)],
        };

    /// <summary>Whose units it uses, and whether they are only reserved.</summary>
    public (string? Agent, bool IsReserved) Holding =>
        State == TaskState.Offered ? (OfferedTo, true)
        : State is TaskState.Assigned or TaskState.InProgress && !IsSuspended ? (Assignee, false)
        : (null, false);

    /// <summary>True when it waits in a queue for somebody.</summary>
    public bool IsWaiting => State == TaskState.Ready && QueueId is not null && !IsSuspended;

    /// <summary>Reads one from <c>select * from task</c>.</summary>
    public static TaskRow Read(DbDataReader row) =>
        new()
        {
            Id = row.GetString(row.GetOrdinal("id")),
            InstanceId = row.GetString(row.GetOrdinal("instance_id")),
            BookmarkId = row.GetInt64(row.GetOrdinal("bookmark_id")),
            CaseId = row.FindText(row.GetOrdinal("case_id")),
            CustomerId = row.FindText(row.GetOrdinal("customer_id")),
            Type = row.GetString(row.GetOrdinal("type")),
            Title = row.GetString(row.GetOrdinal("title")),
            Form = row.FindText(row.GetOrdinal("form")),
            Outcomes = Texts(row, "outcomes"),
            Content = row.GetString(row.GetOrdinal("content")),
            Priority = (Priority)row.GetInt16(row.GetOrdinal("priority")),
            Channel = row.GetString(row.GetOrdinal("channel")),
            Weight = row.GetInt32(row.GetOrdinal("weight")),
            DueAt = row.FindTime(row.GetOrdinal("due_at")),
            FollowUpAt = row.FindTime(row.GetOrdinal("follow_up_at")),
            TimesOutAt = row.FindTime(row.GetOrdinal("times_out_at")),
            QueueId = row.FindText(row.GetOrdinal("queue_id")),
            Required = SkillJson.Read(row.GetString(row.GetOrdinal("required"))),
            Preferred = SkillJson.Read(row.GetString(row.GetOrdinal("preferred"))),
            Language = row.FindText(row.GetOrdinal("language")),
            Only = Texts(row, "only_for"),
            Excluded = Texts(row, "excluded"),
            Declined = Texts(row, "declined"),
            State = (TaskState)row.GetInt16(row.GetOrdinal("state")),
            IsSuspended = row.GetBoolean(row.GetOrdinal("is_suspended")),
            IsEscalated = row.GetBoolean(row.GetOrdinal("is_escalated")),
            Assignee = row.FindText(row.GetOrdinal("assignee")),
            Owner = row.FindText(row.GetOrdinal("owner")),
            OfferedTo = row.FindText(row.GetOrdinal("offered_to")),
            Sender = row.FindText(row.GetOrdinal("sender")),
            OfferNo = row.GetInt32(row.GetOrdinal("offer_no")),
            Overflow = (OverflowStep)row.GetInt16(row.GetOrdinal("overflow")),
            EnqueuedAt = row.GetTime(row.GetOrdinal("enqueued_at")),
            LatestAt = row.FindTime(row.GetOrdinal("latest_at")),
            ClockDueAt = row.FindTime(row.GetOrdinal("clock_due_at")),
            TierBoost = row.GetInt32(row.GetOrdinal("tier_boost")),
            HasEarlyWarning = row.GetBoolean(row.GetOrdinal("has_early_warning")),
            CaseOwner = row.FindText(row.GetOrdinal("case_owner")),
            LastAgent = row.FindText(row.GetOrdinal("last_agent")),
            StickyUntil = row.FindTime(row.GetOrdinal("sticky_until")),
            Draft = row.FindText(row.GetOrdinal("draft")),
            Answer = row.FindText(row.GetOrdinal("answer")),
            Outcome = row.FindText(row.GetOrdinal("outcome")),
            AnsweredBy = row.FindText(row.GetOrdinal("answered_by")),
            Rev = row.GetInt64(row.GetOrdinal("rev")),
            CreatedAt = row.GetTime(row.GetOrdinal("created_at")),
            ChangedAt = row.GetTime(row.GetOrdinal("changed_at")),
            EndedAt = row.FindTime(row.GetOrdinal("ended_at")),
        };

    private static ImmutableArray<string> Texts(DbDataReader row, string column) =>
        [.. row.GetFieldValue<string[]>(row.GetOrdinal(column))];
}
