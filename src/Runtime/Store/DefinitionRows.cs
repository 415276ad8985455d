using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Store;

/// <summary>A definition version as it is stored.</summary>
public sealed record DefinitionRow
{
    /// <summary>Id of the version.</summary>
    public required string Id { get; init; }

    /// <summary>Line of versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Number, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>The designer that wrote it.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>Not to be edited.</summary>
    public bool IsReadonly { get; init; }

    /// <summary>Of the system; lists leave it out when they are asked to.</summary>
    public bool IsSystem { get; init; }

    /// <summary>May be used as an activity.</summary>
    public bool UsableAsActivity { get; init; }

    /// <summary>A draft as it was when it was tried out: found by its id alone, never changed, never latest, never published.</summary>
    public bool IsSnapshot { get; init; }

    /// <summary>Its content and pins never change: it was published, or is a snapshot.</summary>
    public bool IsFixed => PublishedAt is not null || IsSnapshot;

    /// <summary>Newest of its line.</summary>
    public bool IsLatest { get; init; }

    /// <summary>New instances start on it.</summary>
    public bool IsPublished { get; init; }

    /// <summary>The JSON, as it came.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>
    /// Which version each workflow that it uses as an activity was resolved to when it was published, as a JSON object; empty for a draft. Kept, so that
    /// every node compiles the same graph for ever.
    /// </summary>
    public ReadOnlyMemory<byte> Pins { get; init; }

    /// <summary>Lines that its call sites name. Not in lists.</summary>
    public ImmutableArray<string> Consumes { get; init; } = [];

    /// <summary>What was odd about it when it was published, as a JSON array; empty for a draft. Not in lists.</summary>
    public ReadOnlyMemory<byte> Warnings { get; init; }

    /// <summary>How many <see cref="Warnings"/> there are.</summary>
    public int WarningCount { get; init; }

    /// <summary>What was said when it was published; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Who published it first; null when unknown.</summary>
    public string? PublishedBy { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was published first, UTC; from then on its content never changes.</summary>
    public DateTimeOffset? PublishedAt { get; init; }
}

/// <summary>The flags of a version, to be set without touching the rest of it.</summary>
/// <param name="VersionId">The version; an unknown one is no error.</param>
/// <param name="IsLatest">Newest of its line.</param>
/// <param name="IsPublished">New instances start on it.</param>
public sealed record FlagMove(string VersionId, bool IsLatest, bool IsPublished);

/// <summary>A change of definitions.</summary>
/// <param name="Versions">Versions to insert or update.</param>
/// <param name="TriggersOf">Line whose triggers are replaced; null leaves triggers alone.</param>
/// <param name="Triggers">Its triggers from now on.</param>
/// <param name="Timers">Work for triggers that fire by themselves, with the line as its instance id; with the triggers, older timers of the line are removed.</param>
public sealed record DefinitionChange(
    ImmutableArray<DefinitionRow> Versions,
    string? TriggersOf = null,
    ImmutableArray<TriggerRow> Triggers = default,
    ImmutableArray<NewWork> Timers = default
)
{
    /// <summary>Versions of which only the flags change.</summary>
    public ImmutableArray<FlagMove> Moves { get; init; } = [];

    /// <summary>Entries for the publication history.</summary>
    public ImmutableArray<Publication> Publications { get; init; } = [];
}

/// <summary>Somebody else changed the same line meanwhile; nothing was written. Read again and repeat.</summary>
/// <param name="message">What does not fit, as a sentence.</param>
/// <param name="cause">What the store said.</param>
public sealed class DefinitionConflictException(string message, Exception? cause = null) : InvalidOperationException(message, cause);

/// <summary>A trigger of a published version.</summary>
public sealed record TriggerRow(
    string DefinitionId,
    string VersionId,
    string ActivityId,
    string NodeId,
    string Name,
    string Hash,
    ReadOnlyMemory<byte> Payload
);
