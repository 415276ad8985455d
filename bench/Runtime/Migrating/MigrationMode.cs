using System.Diagnostics;
using System.Globalization;
using Npgsql;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Bench.Migrating;

/// <summary>
/// Running instances of a few shapes: a rollback, a dry run, all moved to another version by two nodes, moved back, moved again, and brought to their
/// ends; every step of every instance is counted. Beside it plain commits of the same instances.
/// </summary>
internal sealed class MigrationMode : IBenchMode
{
    private const int AtOnce = 64;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public string Name => "migration";

    public string Usage =>
        "[--instances 10000] [--nodes 2] [--batch 200] [--lanes 2] [--quick]: running instances to another version and back";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var count = arguments.Number("instances", arguments.Has("quick") ? 400 : 10_000);
        await using var server = await BenchServer.StartAsync(ct);
        var address = await server.AddDatabaseAsync("migration", ct);
        await using var database = NpgsqlDataSource.Create(address);
        var nodes = new List<BenchNode>();

        for (var i = 0; i < arguments.Number("nodes", 2); i++)
            nodes.Add(await BenchNode.StartAsync(address, new PostgresStoreOptions(), hasPump: true, ct));

        try
        {
            var pace = new MigrationPace { BatchSize = arguments.Number("batch", 200), Lanes = arguments.Number("lanes", 2) };
            Console.WriteLine(
                $"{await server.DescribeAsync(ct)}. {nodes.Count} nodes in this process, {pace.Lanes} lanes of {pace.BatchSize}.\n"
            );
            await MeasureAsync(nodes[0], database, count, pace, ct);
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    private static async Task MeasureAsync(BenchNode node, NpgsqlDataSource database, int count, MigrationPace pace, CancellationToken ct)
    {
        var field = await Field.MakeAsync(node, count, ct);
        await CommitMode.SettleAsync(database, ct);
        Console.WriteLine("| what | instances | s | instances/s | beside plain commits of the same run | load |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        await field.RollbackAsync(ct);
        var plain = await field.CommitAsync(ct);
        Row("plain: load and commit, 64 at once", count, plain, plain);
        Row("dry run", count, await field.ForecastAsync(ct), plain);
        Row("moved", count, await field.MoveAsync(pace, ct), plain);
        Row("moved back", count, await field.UndoAsync(ct), plain);
        var again = await field.CommitAsync(ct);
        Row("plain, once more", count, again, again);
        Row("moved once more", count, await field.MoveAsync(pace, ct), again);
        var start = Stopwatch.GetTimestamp();
        var steps = await field.FinishAsync(database, ct);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nAll {count} were brought to their ends in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s: {steps} steps counted in the journals, 0 lost, 0 repeated, 0 doubled; {field.Replayed} lives were lived again from the journal and came out bit for bit."
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Rollback with all of them running: {field.RollbackMilliseconds:0} ms at most for one of {Shape.All.Length} definitions until a start took the version before."
            )
        );
    }

    private static void Row(string what, int count, double seconds, double plain) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {count} | {seconds:0.0} | {count / seconds:0} | {plain / seconds * 100:0} % | {Machine.Load()} |"
            )
        );

    /// <summary>The instances and what is done to them.</summary>
    private sealed class Field(BenchNode node, string[] ids)
    {
        private readonly List<string> runs = [];

        public double RollbackMilliseconds { get; private set; }

        public int Replayed { get; private set; }

        public static async Task<Field> MakeAsync(BenchNode node, int count, CancellationToken ct)
        {
            foreach (var shape in Shape.All)
                await shape.PublishAsync(node, 1, ct);

            var ids = Enumerable.Range(0, count).Select(i => $"m-{i:00000}").ToArray();
            await EachAsync(
                ids,
                async (i, id) =>
                {
                    var shape = ShapeOf(i);
                    await node.Runtime.StartAsync(new StartInstanceRequest(shape.Id) { InstanceId = id }, ct);

                    // Half of them are one wait further.
                    if (IsFurther(i))
                        await WakeAsync(node, id, shape.First, ct);
                },
                ct
            );

            foreach (var shape in Shape.All)
                await shape.PublishAsync(node, 2, ct);

            return new(node, ids);
        }

        /// <summary>New starts take the version before; and then the new one again.</summary>
        public async Task RollbackAsync(CancellationToken ct)
        {
            foreach (var shape in Shape.All)
            {
                var start = Stopwatch.GetTimestamp();
                await node.Definitions.RollbackAsync(shape.Id, 1, null, ct);
                var state = (await node.Runtime.StartAsync(new StartInstanceRequest(shape.Id), ct)).State!;
                RollbackMilliseconds = Math.Max(RollbackMilliseconds, Stopwatch.GetElapsedTime(start).TotalMilliseconds);

                if (state.DefinitionVersionId != await shape.VersionAsync(node, 1, ct))
                    throw new InvalidOperationException(
                        $"A start of {shape.Id} took version {state.DefinitionVersionId} after the rollback."
                    );

                await node.Runtime.CancelAsync(state.InstanceId, false, ct);
                await node.Definitions.RollbackAsync(shape.Id, 2, null, ct);
            }
        }

        /// <summary>The same rows without a move: the state as it is, with a line of history that holds nothing.</summary>
        public async Task<double> CommitAsync(CancellationToken ct)
        {
            var start = Stopwatch.GetTimestamp();
            await EachAsync(
                ids,
                async (_, id) =>
                {
                    var row = (await node.Store.FindInstanceAsync(id, ct))!;
                    var state = StateJson.Read(row.State);
                    var commit = new InstanceCommit
                    {
                        InstanceId = id,
                        ExpectedVersion = row.RowVersion,
                        DefinitionId = row.DefinitionId,
                        VersionId = row.VersionId,
                        Version = 1,
                        SubStatus = state.SubStatus,
                        State = StateJson.Write(state),
                        Journal = new NewJournal(
                            row.RowVersion + 1,
                            "[]"u8.ToArray(),
                            """{"entries":[]}"""u8.ToArray(),
                            StateHash.Of(row.State.Span)
                        ),
                        Now = TimeProvider.System.GetUtcNow(),
                    };

                    if (await node.Store.CommitAsync(commit, ct) != CommitResult.Committed)
                        throw new InvalidOperationException($"The commit of {id} was a conflict.");
                },
                ct
            );
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public async Task<double> ForecastAsync(CancellationToken ct)
        {
            var start = Stopwatch.GetTimestamp();
            var ready = 0;

            foreach (var shape in Shape.All)
            {
                var run = await node.Migrations.CreateAsync(new(await shape.VersionAsync(node, 2, ct)), ct);
                ready += (await node.Migrations.SummariseAsync(run.Id, ct)).Verdicts.GetValueOrDefault(
                    Engine.Migration.MigrationVerdict.Ready
                );
            }

            return ready == ids.Length
                ? Stopwatch.GetElapsedTime(start).TotalSeconds
                : throw new InvalidOperationException($"Only {ready} of {ids.Length} instances are ready.");
        }

        public async Task<double> MoveAsync(MigrationPace pace, CancellationToken ct)
        {
            runs.Clear();

            foreach (var shape in Shape.All)
                runs.Add((await node.Migrations.CreateAsync(new(await shape.VersionAsync(node, 2, ct)), ct)).Id);

            var start = Stopwatch.GetTimestamp();

            foreach (var run in runs)
                await node.Migrations.StartAsync(run, pace, ct);

            await UntilAsync(MigrationStatus.Finished, MigrationItemStatus.Migrated, ct);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public async Task<double> UndoAsync(CancellationToken ct)
        {
            var start = Stopwatch.GetTimestamp();

            foreach (var run in runs)
                await node.Migrations.UndoAllAsync(run, ct);

            await UntilAsync(MigrationStatus.Undone, MigrationItemStatus.Undone, ct);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        /// <summary>Wakes every instance until it ends, and counts what its journal says.</summary>
        public async Task<long> FinishAsync(NpgsqlDataSource database, CancellationToken ct)
        {
            var counted = 0L;
            await EachAsync(
                ids,
                async (i, id) =>
                {
                    for (var wakes = 0; await WakeAsync(node, id, null, ct); wakes++)
                        if (wakes > 20)
                            throw new InvalidOperationException($"{id} does not end.");

                    var view = (await node.Runtime.FindAsync(id, ct))!;

                    if (view.State.SubStatus != WorkflowSubStatus.Finished)
                        throw new InvalidOperationException($"{id} is {view.State.SubStatus}.");

                    var history = await node.Runtime.ReadHistoryAsync(id, ct);
                    var steps = history
                        .Where(h => h.Event == JournalEvent.Completed && Shape.IsStep(h.ActivityId))
                        .GroupBy(h => h.ActivityId)
                        .OrderBy(g => g.Key, StringComparer.Ordinal)
                        .Select(g => $"{g.Key}{g.Count()}");
                    var found = string.Join(' ', steps);
                    var expected = ShapeOf(i).Expected(IsFurther(i));

                    if (found != expected)
                        throw new InvalidOperationException($"{id} of {ShapeOf(i).Id} ran {found}, but should have run {expected}.");

                    Interlocked.Add(ref counted, history.Count(h => h.Event == JournalEvent.Completed));
                },
                ct
            );

            foreach (var id in ids.Where((_, i) => i % 100 == 0))
            {
                if ((await new Replay(node.Store, node.Graphs).RunAsync(id, ct)).Difference is { } difference)
                    throw new InvalidOperationException($"{id}: {difference}");

                Replayed++;
            }

            await using var left = database.CreateCommand(
                "select (select count(*) from bookmark) + (select count(*) from work where kind = 0)"
            );
            return await left.ExecuteScalarAsync(ct) is 0L
                ? counted
                : throw new InvalidOperationException("Waiters or timers are left of instances that have ended.");
        }

        private static Shape ShapeOf(int i) => Shape.All[i % Shape.All.Length];

        private static bool IsFurther(int i) => i / Shape.All.Length % 2 == 1;

        private static async Task<bool> WakeAsync(BenchNode node, string id, string? activity, CancellationToken ct)
        {
            var view = (await node.Runtime.FindAsync(id, ct))!;
            var waiter = view.State.Bookmarks.FirstOrDefault(b =>
                activity is null || view.Graph!.Nodes[view.State.Frames.First(f => f.Id == b.FrameId).Node].Id == activity
            );

            if (waiter is null)
                return false;

            return (await node.Runtime.ResumeAsync(id, waiter.Id, null, null, ct)).Outcome == ResumeOutcome.Resumed
                ? true
                : throw new InvalidOperationException($"The waiter {waiter.Id} of {id} could not be resumed.");
        }

        private async Task UntilAsync(MigrationStatus status, MigrationItemStatus each, CancellationToken ct)
        {
            var done = 0;

            foreach (var run in runs)
            {
                while (true)
                {
                    var found = (await node.Migrations.FindAsync(run, ct))!;

                    if (found.Status == status)
                        break;

                    await Task.Delay(Poll, ct);
                }

                done += (await node.Migrations.ProgressAsync(run, ct)).Of(each);
            }

            if (done != ids.Length)
                throw new InvalidOperationException($"Only {done} of {ids.Length} instances are {each}.");
        }

        private static Task EachAsync(string[] ids, Func<int, string, Task> work, CancellationToken ct) =>
            Parallel.ForEachAsync(
                ids.Select((id, i) => (i, id)),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
                async (item, _) => await work(item.i, item.id)
            );
    }
}
