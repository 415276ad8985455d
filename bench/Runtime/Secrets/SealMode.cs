using System.Diagnostics;
using System.Globalization;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Flow;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Bench.Secrets;

/// <summary>
/// What the layer that encrypts secrets costs an instance without any, and one with one: flows of five stages through two nodes on one database, one with the
/// layer and one without, in turn; and the layer alone, around a store that answers at once.
/// </summary>
internal sealed class SealMode : IBenchMode
{
    private const int Bursts = 200_000;
    private static readonly BookmarkFilter Filter = new("hash");

    public string Name => "seal";

    public string Usage =>
        "[--concurrency 32] [--seconds 2] [--rounds 9] [--quick]: the layer that encrypts secrets, beside a store without it";

    /// <param name="Rate">Bursts a second.</param>
    /// <param name="ClientMicroseconds">Processor time of this process for a burst.</param>
    /// <param name="Kilobytes">What this process allocated for a burst.</param>
    /// <param name="Wal">Kilobytes of log for a burst.</param>
    private sealed record Figure(double Rate, double ClientMicroseconds, double Kilobytes, double Wal);

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var isQuick = arguments.Has("quick");
        var seconds = arguments.Number("seconds", isQuick ? 1 : 2);
        var rounds = arguments.Number("rounds", isQuick ? 1 : 9);
        var concurrency = arguments.Number("concurrency", 32);
        var cipher = new RingCipher();
        await AloneAsync(cipher, isQuick ? 3 : 21, ct);

        await using var server = await BenchServer.StartAsync(ct);
        await using var bare = await BenchNode.StartAsync(server.ConnectionString, new(), hasPump: false, ct);
        await using var layered = await BenchNode.StartAsync(server.ConnectionString, new(), hasPump: false, cipher, ct);
        await StageFlow.PublishAsync(bare, "Elsa.Event", ct);
        await StageFlow.PublishSecretAsync(layered, ct);
        Func<Task<Figure>>[] contestants =
        [
            () => MeasureAsync(server, bare, StageFlow.DefinitionId, concurrency, seconds, ct),
            () => MeasureAsync(server, layered, StageFlow.DefinitionId, concurrency, seconds, ct),
            () => MeasureAsync(server, layered, StageFlow.SecretId, concurrency, seconds, ct),
            // The first one again: how far it is from itself is the noise.
            () => MeasureAsync(server, bare, StageFlow.DefinitionId, concurrency, seconds, ct),
        ];

        foreach (var contestant in contestants)
            await contestant();

        var figures = contestants.Select(_ => new List<Figure>()).ToArray();

        for (var round = 0; round < rounds; round++)
        for (var n = 0; n < contestants.Length; n++)
        {
            // Each is first as often as the others: what a round leaves behind meets all alike.
            var turn = (n + round) % contestants.Length;
            figures[turn].Add(await contestants[turn]());
        }

        Console.WriteLine(
            $"\n{await server.DescribeAsync(ct)}. {concurrency} callers, {rounds} rounds of {seconds} s each, taken in turn; medians, and medians of the ratios within a round. Load {Machine.Load()}.\n"
        );
        Console.WriteLine(
            "| flows of five stages | bursts/s | client µs | kB allocated | WAL kB | bursts/s, ratio | client µs, ratio | allocated, ratio |"
        );
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        Print("store without the layer, no secret", figures[0], figures[0]);
        Print("the same again (noise)", figures[3], figures[0]);
        Print("with the layer, no secret", figures[1], figures[0]);
        Print("with the layer, one secret variable", figures[2], figures[0]);
    }

    private static void Print(string name, List<Figure> mine, List<Figure> others)
    {
        double Of(Func<Figure, double> value) => Latencies.Median(mine.Select(value));
        double Beside(Func<Figure, double> value) => Latencies.Median(mine.Zip(others, (m, o) => value(m) / value(o)));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Of(f => f.Rate):0} | {Of(f => f.ClientMicroseconds):0.0} | {Of(f => f.Kilobytes):0.0} | {Of(f => f.Wal):0.00} | {Beside(f => f.Rate):0.00} × | {Beside(f => f.ClientMicroseconds):0.00} × | {Beside(f => f.Kilobytes):0.000} × |"
            )
        );
    }

    private static async Task<Figure> MeasureAsync(
        BenchServer server,
        BenchNode node,
        string definitionId,
        int concurrency,
        int seconds,
        CancellationToken ct
    )
    {
        await CommitMode.CheckpointAsync(server.Database, ct);
        GC.Collect();
        var meter = await ServerMeter.ReadAsync(server.Database, ct);
        var processor = ProcessorTime();
        var run = await FlowRun.RunAsync(node, definitionId, concurrency, seconds, ct);
        var used = (ProcessorTime() - processor).TotalMicroseconds;
        var wrote = (await ServerMeter.ReadAsync(server.Database, ct)).Since(meter);
        return new(run.Rate, used / run.Bursts, (double)run.Allocated / run.Bursts / 1000, (double)wrote.WalBytes / run.Bursts / 1000);
    }

    /// <summary>What a burst asks of a store: its instance, its waiters, a commit.</summary>
    private static async Task AloneAsync(IValueCipher cipher, int rounds, CancellationToken ct)
    {
        var (bare, layered) = (new InstantStore(), new SealedStore(new InstantStore(), cipher));
        var open = BurstRows.Burst("i", "hash", 1);
        var secret = open with { IsSealed = true };
        List<double> alone = [];
        List<double> through = [];
        List<double> encrypted = [];

        // The first round warms up.
        for (var round = 0; round <= rounds; round++)
        {
            var figures = (
                await NanosecondsAsync(bare, open, Bursts, ct),
                await NanosecondsAsync(layered, open, Bursts, ct),
                await NanosecondsAsync(layered, secret, Bursts / 100, ct)
            );

            if (round == 0)
                continue;

            alone.Add(figures.Item1);
            through.Add(figures.Item2);
            encrypted.Add(figures.Item3);
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The layer alone, around a store that answers at once: an instance, its waiters and a commit take {Latencies.Median(alone):0} ns without it and {Latencies.Median(through):0} ns through it; with a secret, {Latencies.Median(encrypted) / 1000:0.0} µs (a state of {BurstRows.StateBytes:N0} bytes, {BurstRows.StimuliBytes + BurstRows.EntriesBytes} of history, a waiter). Medians of {rounds} rounds, processor time."
            )
        );
    }

    private static async Task<double> NanosecondsAsync(IWorkflowStore store, InstanceCommit commit, int count, CancellationToken ct)
    {
        var start = ProcessorTime();

        for (var n = 0; n < count; n++)
        {
            await store.FindInstanceAsync("i", ct);
            await store.FindBookmarksAsync(Filter, ct);
            await store.CommitAsync(commit, ct);
        }

        return (ProcessorTime() - start).TotalNanoseconds / count;
    }

    private static TimeSpan ProcessorTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
