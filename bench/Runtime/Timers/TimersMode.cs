using System.Diagnostics;
using System.Globalization;
using ServiceLoop.Runtime.Bench.Backlog;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Flow;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Runtime.Bench.Timers;

/// <summary>Timers through the pulse and Hangfire: many in one second, single ones beside many, and a start with many ready.</summary>
internal sealed class TimersMode : IBenchMode
{
    private const string Probe = "probe";

    // Time to make the instances and to warm up before their moment comes.
    private static readonly TimeSpan Preparation = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan PreparationOfOne = TimeSpan.FromMicroseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string Check = SqlFile.Beside<TimersMode>("timers.check");

    public string Name => "timers";

    public string Usage => "[--burst 100000] [--rounds 2] [--outstanding 1000000] [--singles 400] [--quick]: timers through Hangfire";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var isQuick = arguments.Has("quick");
        await using var server = await BenchServer.StartAsync(ct);
        Console.WriteLine($"{await server.DescribeAsync(ct)}.\n");
        Console.WriteLine(
            "| due in one second | fired in s | timers/s | client µs | server µs | WAL kB | fired in a transaction | first after ms | lateness p50 s | p99 s | other work meanwhile: p50 ms | p99 ms | bare flows alone: p50 ms | load |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");

        // Without and with somebody else, who takes his share of the cores.
        for (var round = 0; round < arguments.Number("rounds", 2); round++)
            await BurstAsync(server, round, arguments.Number("burst", isQuick ? 2_000 : 100_000), hasOthers: round % 2 == 1, ct);

        var outstanding = arguments.Number("outstanding", isQuick ? 10_000 : 1_000_000);
        await SinglesAsync(server, outstanding, arguments.Number("singles", isQuick ? 20 : 400), ct);
    }

    /// <summary>All due in the same second, in a database of their own; somebody else may take flows from start to end meanwhile.</summary>
    private static async Task BurstAsync(BenchServer server, int round, int count, bool hasOthers, CancellationToken ct)
    {
        var address = await server.AddDatabaseAsync($"burst_{round}", ct);
        await using var database = Npgsql.NpgsqlDataSource.Create(address);
        await using var node = await BenchNode.StartAsync(address, new PostgresStoreOptions(), hasPump: true, ct);
        await TimerFlow.PublishAsync(node, ct);
        await StageFlow.PublishAsync(node, "Elsa.Event", ct);
        var original = await TimerFlow.StartAsync(node, ct);
        var dueAt = TimeProvider.System.GetUtcNow() + Preparation + (PreparationOfOne * count);
        await Multiplied.MakeAsync(database, original, 0, count, dueAt, ct);
        await CommitMode.SettleAsync(database, ct);
        await FlowRun.RunAsync(node, 8, 1, ct);
        var alone = (await FlowRun.RunAsync(node, 1, 1, ct)).Latency;
        await CommitMode.CheckpointAsync(database, ct);

        if (TimeProvider.System.GetUtcNow() > dueAt)
            throw new InvalidOperationException("The timers were made too slowly: they were due before all was ready.");

        using var fired = new Fired();
        var groups = 0L;
        using var listener = FlowRun.Listen(() => Interlocked.Increment(ref groups));
        var meter = await ServerMeter.ReadAsync(database, ct);
        await Task.Delay(dueAt - TimeProvider.System.GetUtcNow(), ct);
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var serverTime = server.ProcessorTime();
        using var others = new CancellationTokenSource();
        var latencies = new Latencies();
        var meanwhile = hasOthers ? OthersAsync(node, latencies.Part(), others.Token) : Task.CompletedTask;
        await fired.UntilAsync(count, Patience, ct);
        process.Refresh();
        var used = (process.TotalProcessorTime - processor).TotalMicroseconds / count;
        var servers = (server.ProcessorTime() - serverTime).TotalMicroseconds / count;
        var wal = (await ServerMeter.ReadAsync(database, ct)).Since(meter).WalBytes / (double)count;
        await others.CancelAsync();
        await meanwhile;
        await CheckAsync(database, count, ct);
        var sorted = fired.Sorted();
        var other = latencies.Sorted();

        if (sorted[0] < 0)
            throw new InvalidOperationException($"A timer fired {-sorted[0]} ms early.");

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {count:### ### ###} | {sorted[^1] / 1000:0.0} | {count / (sorted[^1] / 1000):0} | {used:0} | {servers:0} | {wal / 1000:0.00} | {(double)count / groups:0.0} | {sorted[0]:0} | {Latencies.Percentile(sorted, 0.5) / 1000:0.0} | {Latencies.Percentile(sorted, 0.99) / 1000:0.0} | {Latencies.Percentile(other, 0.5):0.0} | {Latencies.Percentile(other, 0.99):0.0} | {Latencies.Percentile(alone, 0.5):0.0} | {Machine.Load()} |"
            )
        );
    }

    /// <summary>Single timers of flows that start at any moment, beside many that wait; then a start of another node on the same tables.</summary>
    private static async Task SinglesAsync(BenchServer server, int outstanding, int singles, CancellationToken ct)
    {
        var address = await server.AddDatabaseAsync("singles", ct);
        await using var database = Npgsql.NpgsqlDataSource.Create(address);
        double[] sorted;

        await using (var node = await BenchNode.StartAsync(address, new PostgresStoreOptions(), hasPump: true, ct))
        {
            await TimerFlow.PublishAsync(node, ct);
            await Multiplied.MakeAsync(database, await TimerFlow.StartAsync(node, ct), 0, outstanding, dueAt: null, ct);
            await CommitMode.SettleAsync(database, ct);
            using var fired = new Fired();
            var random = new Random(singles);

            for (var i = 0; i < singles; i++)
            {
                await node.Runtime.StartAsync(new StartInstanceRequest(TimerFlow.Short), ct);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100)), ct);
            }

            await fired.UntilAsync(singles, Patience, ct);
            sorted = fired.Sorted();

            if (sorted[0] < 0)
                throw new InvalidOperationException($"A timer fired {-sorted[0]} ms early.");

            // The one that the next node is to find due when it comes.
            await node.Runtime.StartAsync(new StartInstanceRequest(TimerFlow.Short) { InstanceId = Probe }, ct);
        }

        await Task.Delay(TimerFlow.ShortWait, ct);
        using var afterwards = new Fired();
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await using var next = await BenchNode.StartAsync(address, new PostgresStoreOptions(), hasPump: true, ct);
        await afterwards.UntilAsync(1, Patience, ct);
        process.Refresh();
        Console.WriteLine(
            "\n| outstanding | single timers | earliest ms | p50 ms | p99 ms | latest ms | restart until the first fires, s | its processor time, s | working set MB | load |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {outstanding:### ### ###} | {singles} | {Fired.Describe(sorted, "0")} | {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} | {(process.TotalProcessorTime - processor).TotalSeconds:0.0} | {process.WorkingSet64 / 1e6:0} | {Machine.Load()} |"
            )
        );
    }

    private static async Task OthersAsync(BenchNode node, List<double> latency, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            latency.AddRange((await FlowRun.RunAsync(node, 1, 1, CancellationToken.None)).Latency);
        }
    }

    private static async Task CheckAsync(Npgsql.NpgsqlDataSource database, int count, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Check);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (ended, waiting, left) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));

        if (ended != count || waiting != 0 || left != 0)
            throw new InvalidOperationException($"Of {count} timers {ended} instances ended, {waiting} wait, {left} timers are left.");
    }
}
