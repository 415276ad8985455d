using System.Collections.Immutable;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tasks;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>A task that a workflow asks for and waits for: it is there if and only if its waiter is.</summary>
/// <param name="Id"><c>{instance}:{execution}</c>.</param>
/// <param name="BookmarkId">Number of the waiter that its answer resumes.</param>
/// <param name="Title">What it is about, for people.</param>
public sealed record TaskRequest(string Id, long BookmarkId, string Title) : IWaitRow
{
    /// <summary>Outcome of a task whose time was over.</summary>
    public const string TimedOut = "Timed out";

    /// <summary>Outcome of a task that was given up.</summary>
    public const string Cancelled = "Cancelled";

    /// <inheritdoc/>
    public string BookmarkName => DeskTaskEnd.BookmarkName;

    /// <summary>Kind of work, for lists and reports.</summary>
    public string Type { get; init; } = "task";

    /// <summary>JSON schema of its form; null for none.</summary>
    public string? Form { get; init; }

    /// <summary>Outcomes that an answer may choose; at least one.</summary>
    public ImmutableArray<string> Outcomes { get; init; } = ["Done"];

    /// <summary>What it is about, as JSON text.</summary>
    public string Content { get; init; } = "{}";

    /// <summary>Priority.</summary>
    public Priority Priority { get; init; } = Priority.P3;

    /// <summary>One of <see cref="Channels"/>.</summary>
    public string Channel { get; init; } = Channels.Task;

    /// <summary>Units; null for those of the channel.</summary>
    public int? Weight { get; init; }

    /// <summary>The case; null for none.</summary>
    public string? CaseId { get; init; }

    /// <summary>The customer; null for none.</summary>
    public string? CustomerId { get; init; }

    /// <summary>When it is due, UTC; null for never.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When to look at it again, UTC; null for never.</summary>
    public DateTimeOffset? FollowUpAt { get; init; }

    /// <summary>When its workflow goes on without it, UTC; null for never.</summary>
    public DateTimeOffset? TimesOutAt { get; init; }

    /// <summary>The queue; null for none: then it is taken from the list.</summary>
    public string? QueueId { get; init; }

    /// <summary>Whose it is from the beginning; null for nobody's.</summary>
    public string? Assignee { get; init; }

    /// <summary>Skills without which nobody gets it.</summary>
    public ImmutableArray<WantedSkill> Required { get; init; } = [];

    /// <summary>Skills that make somebody fitter.</summary>
    public ImmutableArray<WantedSkill> Preferred { get; init; } = [];

    /// <summary>Language that must be spoken: id of a skill; null for any.</summary>
    public string? Language { get; init; }

    /// <summary>The only ones who may have it; empty for all.</summary>
    public ImmutableArray<string> Candidates { get; init; } = [];

    /// <summary>Those who must not have it, for example because four eyes are needed.</summary>
    public ImmutableArray<string> Excluded { get; init; } = [];
}
