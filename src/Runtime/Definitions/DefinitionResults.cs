using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>What became of a wish to publish.</summary>
/// <param name="Version">The published version.</param>
/// <param name="Warnings">What is odd about it.</param>
/// <param name="Followers">Lines that use it and were taken along.</param>
public sealed record PublishResult(DefinitionRow Version, ImmutableArray<CompileError> Warnings, ImmutableArray<string> Followers)
{
    /// <summary>True: it was published already, and nothing was changed.</summary>
    public bool WasPublished { get; init; }
}

/// <summary>What became of a wish to roll back.</summary>
/// <param name="Version">The version that new instances start on now.</param>
/// <param name="Replaced">Number of the one before; null for none.</param>
/// <param name="Followers">Lines that use it and were taken along.</param>
/// <param name="Running">Instances that run on each version of the line, by number: those on other versions drain there, unless they are migrated or restarted.</param>
public sealed record RollbackResult(
    DefinitionRow Version,
    int? Replaced,
    ImmutableArray<string> Followers,
    ImmutableArray<VersionLoad> Running
)
{
    /// <summary>True: it was published already, and nothing was changed.</summary>
    public bool WasPublished { get; init; }
}

/// <summary>What became of a wish to delete a version or a line.</summary>
public enum DeleteResult
{
    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>It is published; take it back first.</summary>
    IsPublished,

    /// <summary>Instances run on it; nothing was changed.</summary>
    IsRunning,

    /// <summary>Instances that have ended ran on it, and were not to be removed with it; nothing was changed.</summary>
    HasEnded,

    /// <summary>A published workflow was published with it as an activity; nothing was changed.</summary>
    IsPinned,
}

/// <summary>Something that the state of a line does not allow.</summary>
/// <param name="code">Stable code, for programs.</param>
/// <param name="message">What, why and the cure, as a sentence.</param>
public sealed class DefinitionRefusedException(string code, string message) : Exception(message)
{
    /// <summary>Stable code, for programs.</summary>
    public string Code { get; } = code;
}
