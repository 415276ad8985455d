using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Decides on which version of its definition a new instance starts: the one place through which every start goes, whoever asks for it.</summary>
/// <remarks>Another one may be registered before the runtime, for example one that sends a share of the cases to a pilot.</remarks>
public interface IVersionResolver
{
    /// <summary>The version to start on; null when none is published.</summary>
    /// <remarks>May be asked again for the same start, and must then answer from what was asked alone or from what it has recorded.</remarks>
    /// <exception cref="Definitions.DefinitionNotFoundException">The version that was asked for is not there, or is a draft and may not be started.</exception>
    ValueTask<VersionChoice?> ResolveAsync(VersionRequest request, CancellationToken ct);
}

/// <summary>A start that wants a version.</summary>
/// <param name="DefinitionId">The line.</param>
public sealed record VersionRequest(string DefinitionId)
{
    /// <summary>The version that was asked for, and must be taken; null leaves the choice.</summary>
    public string? VersionId { get; init; }

    /// <summary>True: the version that was asked for may be a draft. It is started as it is now, whatever becomes of the draft.</summary>
    public bool AllowsDraft { get; init; }

    /// <summary>Id of the new instance; null when it has none yet.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Correlation id: what belongs together should stay together.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Id of the activity whose stimulus starts it; null for a plain start.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>What came with that stimulus.</summary>
    public IReadOnlyDictionary<string, object?> TriggerInput { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>The instance that starts it as a child; null for none.</summary>
    public string? ParentInstanceId { get; init; }
}

/// <summary>The version that a new instance starts on; its id is recorded with the instance for life.</summary>
/// <param name="VersionId">The version, or a snapshot of a draft.</param>
/// <param name="Reason">Why this one.</param>
public sealed record VersionChoice(string VersionId, VersionReason Reason)
{
    /// <summary>Id of the activity that the stimulus starts on a version of another definition; null: the one that was asked for.</summary>
    public string? TriggerActivityId { get; init; }
}

/// <summary>Why a version was chosen.</summary>
public enum VersionReason
{
    /// <summary>It is published.</summary>
    Published,

    /// <summary>It was asked for.</summary>
    Asked,

    /// <summary>A draft was asked for, and frozen.</summary>
    Tried,

    /// <summary>Another rule chose it, for example a pilot.</summary>
    Allocated,
}
