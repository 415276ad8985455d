using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>
/// The work of a run: some lanes, each a chain of messages of which one is alive at a time. Whichever node takes it does one batch and writes down the
/// next; when it dies, the message comes back to another.
/// </summary>
internal sealed class Lanes(MigrationStore runs, Bursts home, Mover mover, ILogger<Lanes> logger) : IMessageHandler
{
    /// <summary>Instances that a batch moves at once; their commits share transactions.</summary>
    private const int AtOnce = 64;

    /// <summary>For how long a batch holds its items; those of a node that died are free after it.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public string Topic => "migration";

    /// <summary>Writes down the first messages of a run that goes on; does nothing for one that stands.</summary>
    public async Task OpenAsync(MigrationRun run, CancellationToken ct)
    {
        if (run.Status is not (MigrationStatus.Running or MigrationStatus.Undoing))
            return;

        var now = home.Clock.GetUtcNow();
        await home.Store.EnqueueAsync([.. Enumerable.Range(0, run.Pace.Lanes).Select(lane => WorkOf(run, lane, 0, now))], ct);
        home.Signal.Ring(now);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(Message message, CancellationToken ct)
    {
        var body = (IReadOnlyDictionary<string, object?>)message.Body!;
        var (lane, step) = ((int)(long)body["lane"]!, (long)body["step"]!);

        if (
            await runs.FindAsync((string)body["run"]!, ct) is not { Status: MigrationStatus.Running or MigrationStatus.Undoing } run
            || run.Generation != (int)(long)body["generation"]!
        )
            return;

        if (await RunBatchAsync(run, ct) is not { } next)
            return;

        await home.Store.EnqueueAsync([WorkOf(run, lane, step + 1, next)], ct);
        home.Signal.Ring(next);
    }

    /// <summary>Moves one batch.</summary>
    /// <returns>When the lane's next batch is due; null when the run has ended, or halts.</returns>
    public async Task<DateTimeOffset?> RunBatchAsync(MigrationRun run, CancellationToken ct)
    {
        var isUndo = run.Status == MigrationStatus.Undoing;
        var status = isUndo ? MigrationItemStatus.Migrated : MigrationItemStatus.Open;
        var start = home.Clock.GetUtcNow();
        var items = await runs.LeaseAsync(run.Id, status, start, start + Lease, run.Pace.BatchSize, ct);

        if (items.Count == 0)
            return await IdleAsync(run, status, ct);

        var limit = isUndo || run.Pace.StopAfterFailures == 0 ? int.MaxValue : run.Pace.StopAfterFailures - await FailuresAsync(run, ct);
        var ends = await MoveAsync(run, items, limit, ct);
        var now = home.Clock.GetUtcNow();
        var notes = ends.Where(e => e.End.Status is not (MigrationItemStatus.Migrated or MigrationItemStatus.Undone) || e.End.IsBusy)
            .Select(e => NoteOf(e.Item, e.End, now))
            .ToList();

        if (notes.Count > 0)
            await runs.NoteAsync(run.Id, status, notes, now, ct);

        var failed = notes.Count(n => n.Status is MigrationItemStatus.Blocked or MigrationItemStatus.Failed);
        Log.BatchDone(logger, run.Id, items.Count, items.Count - notes.Count);

        if (failed >= limit)
        {
            await HaltAsync(run, ct);
            return null;
        }

        return run.Pace.PerSecond > 0 && !isUndo ? start + TimeSpan.FromSeconds(items.Count * run.Pace.Lanes / run.Pace.PerSecond) : now;
    }

    private async Task<IReadOnlyCollection<(LeasedItem Item, MoveEnd End)>> MoveAsync(
        MigrationRun run,
        IReadOnlyList<LeasedItem> items,
        int limit,
        CancellationToken ct
    )
    {
        var ends = new ConcurrentBag<(LeasedItem, MoveEnd)>();
        var kept = run.Status == MigrationStatus.Undoing ? await runs.LoadAsync(run.Id, items.Select(i => i.InstanceId), ct) : null;
        var failed = 0;

        // Where a number of failures stops the run, one at a time: not one more is tried.
        var options = new ParallelOptions { MaxDegreeOfParallelism = limit == int.MaxValue ? AtOnce : 1, CancellationToken = ct };
        await Parallel.ForEachAsync(
            items,
            options,
            async (item, token) =>
            {
                var end =
                    Volatile.Read(ref failed) >= limit
                        ? new MoveEnd(MigrationItemStatus.Open, null, IsBusy: true)
                        : await MoveAsync(run, item, kept?.GetValueOrDefault(item.InstanceId), token);

                if (end.Status is MigrationItemStatus.Blocked or MigrationItemStatus.Failed)
                    Interlocked.Increment(ref failed);

                ends.Add((item, end));
            }
        );
        return ends;
    }

    private async Task<MoveEnd> MoveAsync(MigrationRun run, LeasedItem item, KeptItem? kept, CancellationToken ct)
    {
        try
        {
            return run.Status == MigrationStatus.Running ? await mover.MigrateAsync(run, item.InstanceId, ct)
                : kept is null ? new(MigrationItemStatus.NotUndone, "It was removed.")
                : await mover.UndoAsync(run, kept, run.Who, ct);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException or StoreUnavailableException))
        {
            Log.MoveFailed(logger, item.InstanceId, run.Id, e);
            return new(run.Status == MigrationStatus.Running ? MigrationItemStatus.Failed : MigrationItemStatus.NotUndone, e.Message);
        }
    }

    private static ItemNote NoteOf(LeasedItem item, MoveEnd end, DateTimeOffset now)
    {
        if (!end.IsBusy)
            return new(item.InstanceId, end.Status, end.Reason, item.Attempts, now);

        if (end.Reason is null)
            return new(item.InstanceId, end.Status, null, item.Attempts, now);

        var wait = ShortestWait * Math.Pow(2, Math.Min(item.Attempts, 10));
        return new(item.InstanceId, end.Status, end.Reason, item.Attempts + 1, now + (wait < LongestWait ? wait : LongestWait));
    }

    /// <summary>Nothing is due: either all is done, or some are to be tried again.</summary>
    private async Task<DateTimeOffset?> IdleAsync(MigrationRun run, MigrationItemStatus status, CancellationToken ct)
    {
        if (await runs.NextDueAsync(run.Id, status, ct) is { } next)
            return next;

        var now = home.Clock.GetUtcNow();

        // A batch that was under way when the undo began may still move some.
        if (run.Status == MigrationStatus.Undoing && await runs.HeldUntilAsync(run.Id, MigrationItemStatus.Open, now, ct) is { } held)
            return held < now + ShortestWait ? held : now + ShortestWait;

        // The other lane may be about to halt: what it noted counts already.
        if (run is { Status: MigrationStatus.Running, Pace.StopAfterFailures: > 0 and var most } && await FailuresAsync(run, ct) >= most)
        {
            await HaltAsync(run, ct);
            return null;
        }

        var end = run.Status == MigrationStatus.Undoing ? MigrationStatus.Undone : MigrationStatus.Finished;
        await runs.TurnAsync(run.Id, [run.Status], new(end) { EndedAt = home.Clock.GetUtcNow(), Generation = run.Generation }, ct);
        return null;
    }

    private async Task HaltAsync(MigrationRun run, CancellationToken ct)
    {
        var reason = $"{await FailuresAsync(run, ct)} instances could not be moved; the run stops at {run.Pace.StopAfterFailures}.";
        await runs.TurnAsync(
            run.Id,
            [MigrationStatus.Running],
            new(MigrationStatus.Halted) { HaltReason = reason, Generation = run.Generation },
            ct
        );
    }

    private async Task<int> FailuresAsync(MigrationRun run, CancellationToken ct)
    {
        var counts = await runs.CountAsync(run.Id, ct);
        return counts.GetValueOrDefault(MigrationItemStatus.Blocked) + counts.GetValueOrDefault(MigrationItemStatus.Failed);
    }

    private NewWork WorkOf(MigrationRun run, int lane, long step, DateTimeOffset dueAt) =>
        new()
        {
            Key = WorkKeys.Message(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Topic}:{run.Id}:{run.Generation}:{lane}:{step}")
            ),
            Kind = WorkKind.Message,
            DueAt = dueAt,
            Payload = Sheet.One(
                new MessagePayload(
                    Topic,
                    new Dictionary<string, object?>(StringComparer.Ordinal)
                    {
                        ["run"] = run.Id,
                        ["generation"] = (long)run.Generation,
                        ["lane"] = (long)lane,
                        ["step"] = step,
                    }
                ),
                WorkJson.Write
            ),
        };
}
