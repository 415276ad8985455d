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

    /// <summary>What was said when it was published; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was published first, UTC; from then on its content never changes.</summary>
    public DateTimeOffset? PublishedAt { get; init; }
}

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
);

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
