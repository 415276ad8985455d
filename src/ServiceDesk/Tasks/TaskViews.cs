using System.Collections.Immutable;
using System.Text.Json;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>A line of a task's history.</summary>
/// <param name="Id">Number; grows.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">Who; null for the product.</param>
/// <param name="Verb">What: a verb of tasks, or <c>create</c>, <c>offer</c>, <c>accept</c>, <c>decline</c>, <c>time-out</c>, <c>confirm</c>, <c>cancel</c>.</param>
/// <param name="Rev">Revision of the task after it.</param>
/// <param name="Detail">More: the text of a comment, the reason of a decline.</param>
public sealed record TaskEventView(long Id, DateTimeOffset At, string? Actor, string Verb, long Rev, string? Detail);

/// <summary>Which tasks are wanted.</summary>
public sealed record TaskFilter
{
    /// <summary>Largest page.</summary>
    public const int MaxTake = 200;

    /// <summary>True for those that have not ended, false for those that have; null for both.</summary>
    public bool? IsOpen { get; init; }

    /// <summary>In these states only; empty for all.</summary>
    public ImmutableArray<TaskState> States { get; init; } = [];

    /// <summary>Of a queue; null for any.</summary>
    public string? QueueId { get; init; }

    /// <summary>Of an agent; null for any.</summary>
    public string? Assignee { get; init; }

    /// <summary>Of a case; null for any.</summary>
    public string? CaseId { get; init; }

    /// <summary>Of an instance; null for any.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Moment of creation of the last one of the page before; null for the first page.</summary>
    public DateTimeOffset? BeforeAt { get; init; }

    /// <summary>Id of the last one of the page before.</summary>
    public string? BeforeId { get; init; }

    /// <summary>How many; 1 to <see cref="MaxTake"/>.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>A task, as those see it who may.</summary>
public sealed record TaskView
{
    /// <summary>Id.</summary>
    public required string Id { get; init; }

    /// <summary>The instance that waits for it.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The case; null for none.</summary>
    public string? CaseId { get; init; }

    /// <summary>The customer; null for none.</summary>
    public string? CustomerId { get; init; }

    /// <summary>Kind of work.</summary>
    public required string Type { get; init; }

    /// <summary>What it is about.</summary>
    public required string Title { get; init; }

    /// <summary>JSON schema of its form; null for none.</summary>
    public JsonElement? Form { get; init; }

    /// <summary>Outcomes that an answer may choose.</summary>
    public ImmutableArray<string> Outcomes { get; init; } = [];

    /// <summary>What it is about, as data.</summary>
    public JsonElement Content { get; init; }

    /// <summary>P1 to P4.</summary>
    public Priority Priority { get; init; }

    /// <summary>Channel of the work.</summary>
    public required string Channel { get; init; }

    /// <summary>Units that it takes.</summary>
    public int Weight { get; init; }

    /// <summary>When it is due, UTC.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When to look at it again, UTC.</summary>
    public DateTimeOffset? FollowUpAt { get; init; }

    /// <summary>When its workflow goes on without it, UTC.</summary>
    public DateTimeOffset? TimesOutAt { get; init; }

    /// <summary>The queue; null for none.</summary>
    public string? QueueId { get; init; }

    /// <summary>Required skills with their levels.</summary>
    public ImmutableSortedDictionary<string, int> RequiredSkills { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Preferred skills with their levels.</summary>
    public ImmutableSortedDictionary<string, int> PreferredSkills { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Language that must be spoken.</summary>
    public string? Language { get; init; }

    /// <summary>The only ones who may have it; empty for all.</summary>
    public ImmutableArray<string> Candidates { get; init; } = [];

    /// <summary>Those who must not have it.</summary>
    public ImmutableArray<string> Excluded { get; init; } = [];

    /// <summary>Where it stands.</summary>
    public TaskState State { get; init; }

    /// <summary>It was put aside.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>It has reached an escalation.</summary>
    public bool IsEscalated { get; init; }

    /// <summary>Whose it is.</summary>
    public string? Assignee { get; init; }

    /// <summary>Who stays its owner while somebody else does it.</summary>
    public string? Owner { get; init; }

    /// <summary>To whom it is offered.</summary>
    public string? OfferedTo { get; init; }

    /// <summary>How far its overflow has gone.</summary>
    public OverflowStep Overflow { get; init; }

    /// <summary>Since when it waits, UTC; kept when it comes back.</summary>
    public DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>What is filled in so far.</summary>
    public JsonElement? Draft { get; init; }

    /// <summary>The answer.</summary>
    public JsonElement? Answer { get; init; }

    /// <summary>The outcome.</summary>
    public string? Outcome { get; init; }

    /// <summary>Who answered it.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>Revision: grows with each change.</summary>
    public long Rev { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed last, UTC.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    internal static TaskView Of(TaskRow row) =>
        new()
        {
            Id = row.Id,
            InstanceId = row.InstanceId,
            CaseId = row.CaseId,
            CustomerId = row.CustomerId,
            Type = row.Type,
            Title = row.Title,
            Form = Json(row.Form),
            Outcomes = row.Outcomes,
            Content = Json(row.Content)!.Value,
            Priority = row.Priority,
            Channel = row.Channel,
            Weight = row.Weight,
            DueAt = row.DueAt,
            FollowUpAt = row.FollowUpAt,
            TimesOutAt = row.TimesOutAt,
            QueueId = row.QueueId,
            RequiredSkills = row.Required.ToImmutableSortedDictionary(s => s.SkillId, s => s.Level),
            PreferredSkills = row.Preferred.ToImmutableSortedDictionary(s => s.SkillId, s => s.Level),
            Language = row.Language,
            Candidates = row.Only,
            Excluded = row.Excluded,
            State = row.State,
            IsSuspended = row.IsSuspended,
            IsEscalated = row.IsEscalated,
            Assignee = row.Assignee,
            Owner = row.Owner,
            OfferedTo = row.OfferedTo,
            Overflow = row.Overflow,
            EnqueuedAt = row.EnqueuedAt,
            Draft = Json(row.Draft),
            Answer = Json(row.Answer),
            Outcome = row.Outcome,
            AnsweredBy = row.AnsweredBy,
            Rev = row.Rev,
            CreatedAt = row.CreatedAt,
            ChangedAt = row.ChangedAt,
            EndedAt = row.EndedAt,
        };

    private static JsonElement? Json(string? text)
    {
        if (text is null)
            return null;

        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
