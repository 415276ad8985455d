using System.Collections.Immutable;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api;

/// <summary>A version, without its content.</summary>
/// <param name="Running">Instances that run on it; null where they were not counted.</param>
/// <param name="WarningCount">How many warnings were kept with it.</param>
/// <param name="Note">What was said when it was published first.</param>
/// <param name="PublishedBy">Who published it first.</param>
/// <param name="PublishedAt">When; null for a draft.</param>
internal sealed record VersionView(
    string Id,
    string DefinitionId,
    int Version,
    string? Name,
    string? Description,
    bool IsLatest,
    bool IsPublished,
    bool IsReadonly,
    bool IsSystem,
    bool UsableAsActivity,
    string? ToolVersion,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PublishedAt,
    string? PublishedBy,
    string? Note,
    int WarningCount,
    long? Running
)
{
    public static VersionView Of(DefinitionRow row, long? running) =>
        new(
            row.Id,
            row.DefinitionId,
            row.Version,
            row.Name,
            row.Description,
            row.IsLatest,
            row.IsPublished,
            row.IsReadonly,
            row.IsSystem,
            row.UsableAsActivity,
            row.ToolVersion,
            row.CreatedAt,
            row.PublishedAt,
            row.PublishedBy,
            row.Note,
            row.WarningCount,
            running
        );
}

/// <summary>A version with its warnings.</summary>
internal sealed record LintedVersionView(VersionView Version, ImmutableArray<LintWarning> Warnings);

/// <summary>What became of publishing.</summary>
internal sealed record PublishedView(
    VersionView Version,
    bool WasPublished,
    ImmutableArray<string> Followers,
    ImmutableArray<LintWarning> Warnings
);

/// <summary>What became of a rollback, and where instances run now: they drain there unless they are migrated or restarted.</summary>
internal sealed record RolledBackView(
    VersionView Version,
    bool WasPublished,
    int? Replaced,
    ImmutableArray<string> Followers,
    ImmutableArray<VersionLoad> Running
);

/// <summary>What became of restarting instances.</summary>
/// <param name="Items">Each, with the one that takes over or why there is none.</param>
/// <param name="IsPartial">True: there may be more; call again.</param>
internal sealed record RestartedView(IReadOnlyList<RestartedItemView> Items, bool IsPartial);

/// <summary>One instance that was to be restarted.</summary>
internal sealed record RestartedItemView(string InstanceId, string? NewInstanceId, string? Error);
