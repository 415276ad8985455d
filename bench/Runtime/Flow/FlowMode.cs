using System.Diagnostics;
using System.Globalization;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Runtime.Bench.Flow;

/// <summary>Flows of five stages through the whole runtime, beside their bare rows in groups of the same size, and beside pgbench.</summary>
internal sealed class FlowMode : IBenchMode
{
    public string Name => "flow";

    public string Usage =>
        "[--concurrency 1,8,32,128] [--seconds 4] [--rounds 3] [--writers 1] [--tasks] [--quick]: five stages through the runtime";

    /// <param name="Run">What the runtime did.</param>
    /// <param name="Transactions">Transactions that wrote, for a burst.</param>
    /// <param name="Wal">Bytes of log for a burst.</param>
    /// <param name="ClientMicroseconds">Processor time of this process for a burst.</param>
    /// <param name="ServerMicroseconds">Processor time of the server for a burst.</param>
    private sealed record Figure(FlowRun.Result Run, double Transactions, double Wal, double ClientMicroseconds, double ServerMicroseconds);

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var isQuick = arguments.Has("quick");
        var seconds = arguments.Number("seconds", isQuick ? 1 : 4);
        var rounds = arguments.Number("rounds", isQuick ? 1 : 3);
        var options = new PostgresStoreOptions { Writers = arguments.Number("writers", 1) };
        await using var server = await BenchServer.StartAsync(ct);
        await using var node = await BenchNode.StartAsync(server.ConnectionString, options, hasPump: false, ct);
        await StageFlow.PublishAsync(node, arguments.Has("tasks") ? "Elsa.RunTask" : "Elsa.Event", ct);
        var samples = await FlowSample.TakeAsync(node, server.Database, ct);
        await CommitMode.PrepareAsync(server.Database, ["pgb"], samples[1].State, ct);
        var description = await server.DescribeAsync(ct);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{description}. {rounds} rounds of {seconds} s each, taken in turn; medians. A burst writes {samples.Average(s => s.Bytes):0} bytes of payload: state {samples.Average(s => s.State.Length):0}, history {samples.Average(s => s.Stimuli.Length + s.Entries.Length):0}.\n"
            )
        );
        Console.WriteLine(
            "| concurrency | flows/s | bursts/s | resume p50 ms | p99 ms | in a transaction | transactions/burst | WAL kB | client µs | server µs | kB allocated | bare: bursts/s | runtime/bare | pgbench: steps/s | load |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        await FlowRun.RunAsync(node, 32, isQuick ? 1 : 4, ct);

        foreach (var concurrency in arguments.Numbers("concurrency", isQuick ? [1, 32] : [1, 8, 32, 128]))
            await CompareAsync(server, node, samples, concurrency, seconds, rounds, ct);
    }

    private static async Task CompareAsync(
        BenchServer server,
        BenchNode node,
        FlowSample[] samples,
        int concurrency,
        int seconds,
        int rounds,
        CancellationToken ct
    )
    {
        List<Figure> mine = [];
        List<double> bare = [];
        List<double> pgbench = [];

        for (var round = 0; round < rounds; round++)
        {
            mine.Add(await MeasureAsync(server, node, concurrency, seconds, ct));
            await CommitMode.CheckpointAsync(server.Database, ct);
            bare.Add(await BareFlow.RunAsync(server.Database, samples, Math.Max(1, (int)Math.Round(mine[^1].Run.Group)), seconds, ct));

            if (
                await Pgbench.RunAsync(server, concurrency, seconds, samples[1].State, samples[1].Stimuli, samples[1].Entries, ct) is
                { } rate
            )
                pgbench.Add(rate);
        }

        var latency = mine.SelectMany(f => f.Run.Latency).Order().ToArray();
        var rates = Latencies.Median(mine.Select(f => f.Run.Rate));
        var ratio = Latencies.Median(mine.Zip(bare, (m, b) => m.Run.Rate / b));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {concurrency} | {rates / StageFlow.Bursts:0} | {rates:0} | {Latencies.Percentile(latency, 0.5):0.00} | {Latencies.Percentile(latency, 0.99):0.0} | {Latencies.Median(mine.Select(f => f.Run.Group)):0.0} | {Latencies.Median(mine.Select(f => f.Transactions)):0.000} | {Latencies.Median(mine.Select(f => f.Wal)) / 1000:0.00} | {Latencies.Median(mine.Select(f => f.ClientMicroseconds)):0} | {Latencies.Median(mine.Select(f => f.ServerMicroseconds)):0} | {Latencies.Median(mine.Select(f => (double)f.Run.Allocated / f.Run.Bursts)) / 1000:0.0} | {Latencies.Median(bare):0} | {ratio * 100:0} % | {(pgbench.Count == 0 ? "not installed" : $"{Latencies.Median(pgbench):0}")} | {Machine.Load()} |"
            )
        );
    }

    private static async Task<Figure> MeasureAsync(BenchServer server, BenchNode node, int concurrency, int seconds, CancellationToken ct)
    {
        await CommitMode.CheckpointAsync(server.Database, ct);
        var meter = await ServerMeter.ReadAsync(server.Database, ct);
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var serverTime = server.ProcessorTime();
        var run = await FlowRun.RunAsync(node, concurrency, seconds, ct);
        process.Refresh();
        var used = (process.TotalProcessorTime - processor).TotalMicroseconds;
        var servers = (server.ProcessorTime() - serverTime).TotalMicroseconds;
        var wrote = (await ServerMeter.ReadAsync(server.Database, ct)).Since(meter);
        return new(
            run,
            (double)wrote.Transactions / run.Bursts,
            (double)wrote.WalBytes / run.Bursts,
            used / run.Bursts,
            servers / run.Bursts
        );
    }
}
