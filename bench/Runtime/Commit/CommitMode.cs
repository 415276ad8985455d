using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Telemetry;

namespace ServiceLoop.Runtime.Bench.Commit;

/// <summary>Commits through the store, beside the same rows written by a bare loop in groups of the same size, and beside pgbench.</summary>
internal sealed class CommitMode : IBenchMode
{
    private const string Prefix = "sto";
    private static readonly string Fill = SqlFile.Beside<CommitMode>("bench.fill");
    private static readonly string Settle = SqlFile.Beside<CommitMode>("bench.settle");
    private static readonly string Checkpoint = SqlFile.Beside<CommitMode>("bench.checkpoint");

    private readonly long[] storeVersions = [.. Enumerable.Repeat(1L, BurstRows.Instances)];
    private readonly long[] bareVersions = [.. Enumerable.Repeat(1L, BurstRows.Instances)];
    private readonly string[] ids = [.. Enumerable.Range(1, BurstRows.Instances).Select(n => BurstRows.Id(Prefix, n))];

    public string Name => "commit";

    public string Usage =>
        "[--concurrency 1,8,32,128,512] [--seconds 3] [--rounds 3] [--writers 1] [--group 256]: the store's commit queue";

    /// <param name="Rate">Bursts a second.</param>
    /// <param name="Latency">Milliseconds, sorted.</param>
    /// <param name="Group">Bursts in a transaction, mean.</param>
    /// <param name="ClientMicroseconds">Processor time of this process for a burst.</param>
    /// <param name="Wal">Bytes of log for a burst.</param>
    private sealed record Figure(double Rate, double[] Latency, double Group, double ClientMicroseconds, double Wal);

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var seconds = arguments.Number("seconds", 3);
        var rounds = arguments.Number("rounds", 3);
        var options = new PostgresStoreOptions { Writers = arguments.Number("writers", 1), MaxGroup = arguments.Number("group", 256) };
        await using var server = await BenchServer.StartAsync(ct);
        await PrepareAsync(server.Database, ct);
        await using var store = new PostgresStore(server.Database, [], options, NullLogger<PostgresStore>.Instance);
        Console.WriteLine(
            $"{await server.DescribeAsync(ct)}. {options.Writers} writer(s), groups of at most {options.MaxGroup}; {rounds} rounds of {seconds} s each, taken in turn; medians.\n"
        );
        Console.WriteLine(
            "| concurrency | store: bursts/s | p50 ms | p99 ms | in a transaction | client µs | WAL kB | bare: bursts/s | client µs | store/bare | pgbench: steps/s |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        await RunStoreAsync(server.Database, store, 32, 1, ct);

        foreach (var concurrency in arguments.Numbers("concurrency", 1, 8, 32, 128, 512))
            await CompareAsync(server, store, concurrency, seconds, rounds, ct);
    }

    private async Task CompareAsync(BenchServer server, PostgresStore store, int concurrency, int seconds, int rounds, CancellationToken ct)
    {
        List<Figure> mine = [];
        List<Figure> bare = [];
        List<double> pgbench = [];

        for (var round = 0; round < rounds; round++)
        {
            mine.Add(await RunStoreAsync(server.Database, store, concurrency, seconds, ct));
            bare.Add(await RunBareAsync(server.Database, Math.Max(1, (int)Math.Round(mine[^1].Group)), seconds, ct));

            if (await Pgbench.RunAsync(server, concurrency, seconds, ct) is { } rate)
                pgbench.Add(rate);
        }

        var latency = mine.SelectMany(f => f.Latency).Order().ToArray();
        var ratio = Latencies.Median(mine.Zip(bare, (m, b) => m.Rate / b.Rate));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {concurrency} | {Latencies.Median(mine.Select(f => f.Rate)):0} | {Latencies.Percentile(latency, 0.5):0.00} | {Latencies.Percentile(latency, 0.99):0.0} | {Latencies.Median(mine.Select(f => f.Group)):0.0} | {Latencies.Median(mine.Select(f => f.ClientMicroseconds)):0} | {Latencies.Median(mine.Select(f => f.Wal)) / 1000:0.0} | {Latencies.Median(bare.Select(f => f.Rate)):0} | {Latencies.Median(bare.Select(f => f.ClientMicroseconds)):0} | {ratio * 100:0} % | {(pgbench.Count == 0 ? "not installed" : $"{Latencies.Median(pgbench):0}")} |"
            )
        );
    }

    private async Task<Figure> RunStoreAsync(
        NpgsqlDataSource database,
        PostgresStore store,
        int concurrency,
        int seconds,
        CancellationToken ct
    )
    {
        var latencies = new Latencies();
        var groups = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == RuntimeTelemetry.Name && instrument.Name == "serviceloop.commit.group_size")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref groups));
        listener.Start();

        var (rate, micros, wal) = await MeasureAsync(
            database,
            seconds,
            async until =>
            {
                var done = await Task.WhenAll(
                    Enumerable.Range(0, concurrency).Select(n => CallAsync(store, n, concurrency, until, latencies.Part(), ct))
                );
                return done.Sum();
            },
            ct
        );
        return new(rate.PerSecond, latencies.Sorted(), (double)rate.Count / groups, micros, wal);
    }

    private async Task<int> CallAsync(
        PostgresStore store,
        int caller,
        int callers,
        Func<bool> until,
        List<double> latency,
        CancellationToken ct
    )
    {
        await Task.Yield();
        var count = 0;

        for (var i = caller; until(); i = i + callers < ids.Length ? i + callers : caller)
        {
            var burst = BurstRows.Burst(ids[i], ids[i], storeVersions[i]);
            var start = Stopwatch.GetTimestamp();
            var result = await store.CommitAsync(burst, ct);
            latency.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);

            if (result != CommitResult.Committed)
                throw new InvalidOperationException($"The commit of {ids[i]} was answered with {result}.");

            storeVersions[i]++;
            count++;
        }

        return count;
    }

    private async Task<Figure> RunBareAsync(NpgsqlDataSource database, int size, int seconds, CancellationToken ct)
    {
        await using var bare = await BareCommit.OpenAsync(database, size, bareVersions, ct);
        var (rate, micros, wal) = await MeasureAsync(
            database,
            seconds,
            async until =>
            {
                var count = 0;

                while (until())
                    count += await bare.WriteAsync(ct);

                return count;
            },
            ct
        );
        return new(rate.PerSecond, [], size, micros, wal);
    }

    private static async Task<((int Count, double PerSecond) Rate, double ClientMicroseconds, double Wal)> MeasureAsync(
        NpgsqlDataSource database,
        int seconds,
        Func<Func<bool>, Task<int>> run,
        CancellationToken ct
    )
    {
        await ExecuteAsync(database, Checkpoint, ct);
        var meter = await ServerMeter.ReadAsync(database, ct);
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        var count = await run(() => Stopwatch.GetElapsedTime(start).TotalSeconds < seconds && !ct.IsCancellationRequested);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.Refresh();
        var used = (process.TotalProcessorTime - processor).TotalMicroseconds / count;
        var wal = (double)(await ServerMeter.ReadAsync(database, ct)).Since(meter).WalBytes / count;
        return ((count, count / elapsed), used, wal);
    }

    private static async Task PrepareAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        foreach (var prefix in new[] { Prefix, "bar", "pgb" })
        {
            await using var command = database.CreateCommand(Fill);
            command.Parameters.Add(new() { Value = prefix, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = BurstRows.Instances });
            command.Parameters.Add(new() { Value = BurstRows.State });
            command.Parameters.Add(new() { Value = BurstRows.Now.UtcDateTime });
            await command.ExecuteNonQueryAsync(ct);
        }

        await ExecuteAsync(database, Settle, ct);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }
}
