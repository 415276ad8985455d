using System.Text.Json.Serialization;

namespace ServiceLoop.Runtime.Store;

/// <summary>What happened to the published version of a line; the numbers stand in the database.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PublicationKind>))]
public enum PublicationKind
{
    /// <summary>The latest version was published.</summary>
    Published,

    /// <summary>New starts were pointed at a version that was published before.</summary>
    RolledBack,

    /// <summary>The published version was taken back: nothing starts on the line.</summary>
    Retracted,
}

/// <summary>An entry of the publication history, to be written.</summary>
/// <param name="DefinitionId">The line.</param>
/// <param name="VersionId">The version that was published, rolled back to or taken back.</param>
/// <param name="Version">Its number.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Replaced">Number of the version that was in force before; null for none.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Who">Who did it; null when unknown.</param>
/// <param name="Note">What was said; null for nothing.</param>
public sealed record Publication(
    string DefinitionId,
    string VersionId,
    int Version,
    PublicationKind Kind,
    int? Replaced,
    DateTimeOffset At,
    string? Who,
    string? Note
);

/// <summary>How many instances run on a version.</summary>
/// <param name="VersionId">The version.</param>
/// <param name="Version">Its number; null when the version is gone.</param>
/// <param name="Running">Instances that have not ended.</param>
public sealed record VersionLoad(string VersionId, int? Version, long Running);
