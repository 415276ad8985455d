using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Store;

/// <summary>An instance that comes from elsewhere, at rest: nobody holds it, no burst is under way.</summary>
/// <param name="Row">As it was stored.</param>
/// <param name="Summary">As it was listed; its end is its last commit.</param>
/// <param name="Waiters">What it waits for.</param>
/// <param name="Journal">Its history, in order.</param>
public sealed record InstanceImport(
    InstanceRow Row,
    InstanceSummary Summary,
    ImmutableArray<ImportedWaiter> Waiters,
    ImmutableArray<JournalRow> Journal
);

/// <summary>A waiter that comes from elsewhere.</summary>
/// <param name="Bookmark">The waiter; one with a due time brings its timer along.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record ImportedWaiter(NewBookmark Bookmark, DateTimeOffset CreatedAt);
