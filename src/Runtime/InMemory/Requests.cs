using System.Collections.Immutable;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>The wish to start an instance.</summary>
/// <param name="DefinitionId">Id of the line of versions; its published version is started.</param>
public sealed record StartRequest(string DefinitionId)
{
    /// <summary>Id of the new instance; null lets the host choose.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Inputs, matched without regard to case.</summary>
    public IReadOnlyDictionary<string, object?> Inputs { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>Correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Name of the instance.</summary>
    public string? Name { get; init; }

    /// <summary>Id of the activity whose stimulus starts it; null for a plain start.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>What came with that stimulus.</summary>
    public IReadOnlyDictionary<string, object?> TriggerInput { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>The instance that starts it as a child.</summary>
    public string? ParentInstanceId { get; init; }
}

/// <summary>What became of a wish to start an instance.</summary>
/// <param name="Instance">The instance; null when it was refused.</param>
/// <param name="Refusal">Why it was refused, as a sentence; null when it was started.</param>
public sealed record StartResult(InMemoryInstance? Instance, string? Refusal);

/// <summary>Something that happened in the world, addressed to whoever waits for it.</summary>
/// <param name="Hash">Hash of its name and payload (<see cref="StimulusHash"/>).</param>
public sealed record StimulusRequest(string Hash)
{
    /// <summary>What comes with it, under the keys that the activities read.</summary>
    public IReadOnlyDictionary<string, object?> Input { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>Only instances with this correlation id; new instances get it. Null means all.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Only this instance, and no new ones; null means all.</summary>
    public string? InstanceId { get; init; }

    /// <summary>False: it only resumes.</summary>
    public bool StartsNew { get; init; } = true;
}

/// <summary>What a stimulus did.</summary>
/// <param name="Started">Instances that it started.</param>
/// <param name="Resumed">Number of bookmarks that it resumed.</param>
public sealed record StimulusResult(ImmutableArray<InMemoryInstance> Started, int Resumed);

/// <summary>A line that an activity printed.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Text">The line.</param>
public sealed record PrintedLine(string InstanceId, string Text);

/// <summary>A domain row that an activity wrote.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="FrameId">The execution.</param>
/// <param name="Row">The row.</param>
public sealed record WrittenRow(string InstanceId, long FrameId, object Row);
