using System.Collections.Immutable;

namespace ServiceLoop.Engine;

/// <summary>Continues an activity whose bookmark was resumed. Must be a method of the activity.</summary>
public delegate void ResumeCallback(ActivityExecutionContext context);

/// <summary>Continues an activity whose bookmark was resumed, in the host. Must be a method of the activity.</summary>
public delegate ValueTask ResumeCallbackAsync(ActivityExecutionContext context);

/// <summary>Tells a container that a child has completed. Must be a method of the activity.</summary>
public delegate void ActivityCompletionCallback(ActivityExecutionContext context, ActivityCompletion completion);

/// <summary>A wish to be woken: by a stimulus with the same name and payload, or at a time.</summary>
/// <param name="Name">Name of the stimulus, for example <c>Elsa.Event</c>.</param>
public sealed record BookmarkRequest(string Name)
{
    /// <summary>What must be equal: members with PascalCase names. Null members do not count.</summary>
    public IReadOnlyDictionary<string, object?>? Payload { get; init; }

    /// <summary>Members of the payload that are kept but do not count.</summary>
    public ImmutableArray<string> ExcludedFromHash { get; init; } = [];

    /// <summary>True: only a stimulus for this very execution matches.</summary>
    public bool IncludeActivityInstanceId { get; init; }

    /// <summary>When it is due, UTC; null waits for a stimulus only.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Method to continue with; null completes the activity (see <see cref="AutoComplete"/>).</summary>
    public string? CallbackName { get; init; }

    /// <summary>True: it is gone once resumed.</summary>
    public bool AutoBurn { get; init; } = true;

    /// <summary>True: without a callback the activity completes when resumed.</summary>
    public bool AutoComplete { get; init; } = true;

    /// <summary>More about it, for those who show or route it.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;
}
