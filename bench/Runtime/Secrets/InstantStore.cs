using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Bench.Secrets;

/// <summary>A store that answers at once with one open row each: what is measured through it is what stands around it.</summary>
internal sealed class InstantStore() : PassingStore(null!)
{
    private static readonly Task<CommitResult> Committed = Task.FromResult(CommitResult.Committed);

    private static readonly Task<InstanceRow?> Instance = Task.FromResult<InstanceRow?>(
        new("i", "bench", "bench-1", RowVersion: 1, BurstRows.State, BurstRows.Now, BurstRows.Now)
    );

    private static readonly Task<IReadOnlyList<BookmarkRow>> Waiters = Task.FromResult<IReadOnlyList<BookmarkRow>>([
        new(
            "i",
            1,
            "hash",
            "Event",
            "Wait1",
            "Workflow1/Flowchart1/Wait1",
            CorrelationId: null,
            DueAt: null,
            BurstRows.Payload,
            BurstRows.Now
        ),
    ]);

    public override Task<InstanceRow?> FindInstanceAsync(string instanceId, CancellationToken ct) => Instance;

    public override Task<IReadOnlyList<BookmarkRow>> FindBookmarksAsync(BookmarkFilter filter, CancellationToken ct) => Waiters;

    public override Task<CommitResult> CommitAsync(InstanceCommit commit, CancellationToken ct) => Committed;
}
