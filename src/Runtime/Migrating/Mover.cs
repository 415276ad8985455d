using System.Collections.Immutable;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>What became of one instance.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">Why, as a sentence; null when it was moved.</param>
/// <param name="IsBusy">True: not now; nothing was changed, and it may be tried again.</param>
internal sealed record MoveEnd(MigrationItemStatus Status, string? Reason, bool IsBusy = false);

/// <summary>Moves one instance: loads it, carries its state over, and commits state, waiters, timers, item and history in one transaction.</summary>
/// <remarks>The instance's row version decides against bursts on any node; a burst that is under way is never waited for.</remarks>
internal sealed class Mover(Bursts home)
{
    /// <summary>Moves an instance to the target of a run.</summary>
    public async Task<MoveEnd> MigrateAsync(MigrationRun run, string instanceId, CancellationToken ct)
    {
        using var turn = home.Locks.TryEnter(instanceId) is { } free ? new Held(free) : null;

        if (turn is null)
            return Busy("A burst of it is under way.");

        if (await home.Store.FindInstanceAsync(instanceId, ct) is not { } row)
            return new(MigrationItemStatus.Ended, "It was removed.");

        if (row.VersionId == run.TargetVersionId)
            return new(MigrationItemStatus.AlreadyThere, "It runs on the target version already.");

        if (row.DefinitionId != run.DefinitionId)
            return new(
                MigrationItemStatus.Blocked,
                $"It is an instance of '{row.DefinitionId}', but the target is a version of '{run.DefinitionId}'."
            );

        if (IsHeld(row))
            return Busy("A node runs activities of it.");

        if (await GraphsAsync(row.VersionId, run.TargetVersionId, ct) is not ({ } from, { } to))
            return new(MigrationItemStatus.Blocked, $"Version '{row.VersionId}' or '{run.TargetVersionId}' does not compile any more.");

        var before = StateJson.Read(row.State);
        var result = StateMigration.Map(from, to, before, run.Plan);

        switch (result.Verdict)
        {
            case MigrationVerdict.Later:
                return Busy(ReasonOf(result, from, before));
            case MigrationVerdict.Ended:
                return new(MigrationItemStatus.Ended, ReasonOf(result, from, before));
            case MigrationVerdict.Blocked:
                return new(MigrationItemStatus.Blocked, ReasonOf(result, from, before));
        }

        var after = result.State!;
        var stored = StateJson.Write(after);
        var waiters = Waiters(before, from, after, to);
        var commit = CommitOf(row, from, after, to, stored) with
        {
            Records =
            [
                new RecordedRow(
                    instanceId,
                    0,
                    new MovedInstance
                    {
                        RunId = run.Id,
                        Status = MigrationItemStatus.Migrated,
                        RowVersion = row.RowVersion + 1,
                        FromVersionId = from.DefinitionVersionId,
                        FromVersion = from.Version,
                        BeforeState = row.State.ToArray(),
                        Waiters = waiters,
                    },
                    home.Clock.GetUtcNow()
                ),
            ],
            Journal = new MoveJournal(from.DefinitionVersionId, to.DefinitionVersionId, run.Id) { Plan = run.Plan }.ToRow(
                before,
                after,
                row.RowVersion + 1,
                $"From version {from.Version} to version {to.Version}, by run {run.Id}.",
                run.Who,
                stored
            ),
        };
        return await CommitAsync(commit, waiters, MigrationItemStatus.Migrated);
    }

    /// <summary>Moves an instance back to exactly what it was, unless it has gone on since.</summary>
    public async Task<MoveEnd> UndoAsync(MigrationRun run, KeptItem kept, string? who, CancellationToken ct)
    {
        if (kept.Status != MigrationItemStatus.Migrated)
            return new(
                kept.Status,
                $"Instance '{kept.InstanceId}' is {kept.Status} in this run; only one that was migrated can be moved back."
            );

        using var turn = home.Locks.TryEnter(kept.InstanceId) is { } free ? new Held(free) : null;

        if (turn is null)
            return Busy("A burst of it is under way.", MigrationItemStatus.Migrated);

        if (await home.Store.FindInstanceAsync(kept.InstanceId, ct) is not { } row)
            return new(MigrationItemStatus.NotUndone, "It was removed.");

        if (row.RowVersion != kept.RowVersion)
            return new(
                MigrationItemStatus.NotUndone,
                $"Instance '{kept.InstanceId}' has gone on since it was migrated: {row.RowVersion - kept.RowVersion} commits followed. Migrate it to version {kept.FromVersion} instead."
            );

        if (IsHeld(row))
            return Busy("A node runs activities of it.", MigrationItemStatus.Migrated);

        if (await GraphsAsync(row.VersionId, kept.FromVersionId!, ct) is not ({ } to, { } from))
            return new(MigrationItemStatus.NotUndone, $"Version '{kept.FromVersionId}' does not exist or compile any more.");

        var now = StateJson.Read(row.State);
        var before = StateJson.Read(kept.BeforeState);
        var waiters = Waiters(now, to, before, from);
        var commit = CommitOf(row, to, before, from, kept.BeforeState) with
        {
            Records =
            [
                new RecordedRow(
                    kept.InstanceId,
                    0,
                    new MovedInstance
                    {
                        RunId = run.Id,
                        Status = MigrationItemStatus.Undone,
                        RowVersion = row.RowVersion + 1,
                        Waiters = waiters,
                    },
                    home.Clock.GetUtcNow()
                ),
            ],
            Journal = new MoveJournal(to.DefinitionVersionId, from.DefinitionVersionId, run.Id) { Undoes = kept.RowVersion }.ToRow(
                now,
                before,
                row.RowVersion + 1,
                $"Back from version {to.Version} to version {from.Version}, as it was before run {run.Id}.",
                who,
                kept.BeforeState
            ),
        };
        return await CommitAsync(commit, waiters, MigrationItemStatus.Undone);
    }

    /// <summary>What one reads of the reasons for which a state cannot be carried over.</summary>
    /// <remarks>They are stored and shown; a value that they quote may be a secret.</remarks>
    public static string ReasonOf(MigrationResult result, WorkflowGraph from, WorkflowState before) =>
        SecretMask.Text(from, before, string.Join(' ', result.Refusals.Select(r => r.Reason)))!;

    private bool IsHeld(InstanceRow row) => row.LeaseOwner is { } holder && holder != home.Owner && row.LeaseUntil > home.Clock.GetUtcNow();

    private async Task<(WorkflowGraph? First, WorkflowGraph? Second)> GraphsAsync(string first, string second, CancellationToken ct)
    {
        try
        {
            return (await home.Graphs.GetAsync(first, ct), await home.Graphs.GetAsync(second, ct));
        }
        catch (Exception e) when (e is WorkflowCompilationException or DefinitionNotFoundException)
        {
            return (null, null);
        }
    }

    private InstanceCommit CommitOf(
        InstanceRow row,
        WorkflowGraph former,
        WorkflowState state,
        WorkflowGraph graph,
        ReadOnlyMemory<byte> stored
    ) =>
        Commits.Of(state, graph, row.RowVersion, stored, home.Clock.GetUtcNow(), wasSealed: row.IsSealed || former.HoldsSecrets) with
        {
            Owner = home.Owner,
        };

    private async Task<MoveEnd> CommitAsync(InstanceCommit commit, ImmutableArray<MovedWaiter> waiters, MigrationItemStatus done)
    {
        // Whatever comes of it, what this node remembers may be outdated.
        home.Cache.Take(commit.InstanceId);

        if (await home.Store.CommitAsync(commit, CancellationToken.None) != CommitResult.Committed)
            return Busy(
                "It went on while it was to be moved.",
                done == MigrationItemStatus.Undone ? MigrationItemStatus.Migrated : MigrationItemStatus.Open
            );

        foreach (var waiter in waiters)
            if (waiter.DueAt is { } due && due != waiter.DueBefore)
                home.Signal.Ring(due);

        return new(done, null);
    }

    /// <summary>Waiters whose rows are to change: same number, another place, moment or hash.</summary>
    private static ImmutableArray<MovedWaiter> Waiters(WorkflowState before, WorkflowGraph from, WorkflowState after, WorkflowGraph to)
    {
        var moved = ImmutableArray.CreateBuilder<MovedWaiter>();
        var old = before.Bookmarks.ToDictionary(b => b.Id);

        foreach (var bookmark in after.Bookmarks)
        {
            var was = old[bookmark.Id];
            var (place, oldPlace) = (NodeOf(after, to, bookmark), NodeOf(before, from, was));

            if (place.NodeId != oldPlace.NodeId || place.Id != oldPlace.Id || bookmark.Hash != was.Hash || bookmark.DueAt != was.DueAt)
                moved.Add(
                    new(
                        bookmark.Id,
                        bookmark.Hash,
                        place.Id,
                        place.NodeId,
                        was.DueAt,
                        bookmark.DueAt,
                        Sheet.One(bookmark, BookmarkJson.Write)
                    )
                );
        }

        return moved.DrainToImmutable();
    }

    private static Node NodeOf(WorkflowState state, WorkflowGraph graph, Bookmark bookmark) =>
        graph.Nodes[state.Frames.First(f => f.Id == bookmark.FrameId).Node];

    private static MoveEnd Busy(string why, MigrationItemStatus stays = MigrationItemStatus.Open) => new(stays, why, IsBusy: true);

    private sealed class Held(InstanceLocks.Turn turn) : IDisposable
    {
        public void Dispose() => turn.Dispose();
    }
}
