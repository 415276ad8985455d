using System.Diagnostics;
using System.Globalization;
using Npgsql;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Flow;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Runtime.Bench.Backlog;

/// <summary>The flow with many others suspended in the same database: new flows, and cold ones that must be loaded first. Sizes are measured in turn.</summary>
internal sealed class BacklogMode : IBenchMode
{
    // Spreads consecutive resumes over the whole table: coprime to every power of ten.
    private const long Stride = 7919;

    public string Name => "backlog";

    public string Usage =>
        "[--sizes 10000,100000,1000000] [--concurrency 32] [--seconds 5] [--rounds 5] [--quick]: the flow beside suspended instances";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var isQuick = arguments.Has("quick");
        var sizes = arguments.Numbers("sizes", isQuick ? [1_000, 10_000] : [10_000, 100_000, 1_000_000]);
        var concurrency = arguments.Number("concurrency", 32);
        var seconds = arguments.Number("seconds", isQuick ? 1 : 5);
        var rounds = arguments.Number("rounds", isQuick ? 1 : 5);
        await using var server = await BenchServer.StartAsync(ct);
        var fields = new List<Field>();

        foreach (var size in sizes)
            fields.Add(await Field.MakeAsync(server, size, ct));

        Console.WriteLine(
            $"{await server.DescribeAsync(ct)}. {concurrency} callers; {rounds} rounds of {seconds} s each, sizes taken in turn; medians.\n"
        );

        for (var round = 0; round < rounds; round++)
            foreach (var field in fields)
                await field.MeasureAsync(concurrency, seconds, rounds, ct);

        Console.WriteLine(
            "| suspended | made in s | database MB | new flows: bursts/s | beside the first | cold resumes/s | beside the first | p50 ms | p99 ms | working set MB, at most | load |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");

        foreach (var field in fields)
            Console.WriteLine(field.Row(fields[0]));

        foreach (var field in fields)
            await field.DisposeAsync();
    }

    /// <summary>One database with its backlog, and a node on it.</summary>
    private sealed class Field(BenchNode node, NpgsqlDataSource database, int size, FlowSample[] samples, double madeIn, long bytes)
        : IAsyncDisposable
    {
        private readonly List<double> flows = [];
        private readonly List<double> cold = [];
        private readonly List<double> latency = [];
        private long workingSet;
        private long taken = -1;

        public static async Task<Field> MakeAsync(BenchServer server, int size, CancellationToken ct)
        {
            var address = await server.AddDatabaseAsync($"backlog_{size}", ct);
            var node = await BenchNode.StartAsync(address, new PostgresStoreOptions(), hasPump: false, ct);
            var database = NpgsqlDataSource.Create(address);
            await StageFlow.PublishAsync(node, "Elsa.Event", ct);
            var samples = await FlowSample.TakeAsync(node, database, ct);
            var original = (await node.Runtime.StartAsync(new StartInstanceRequest(StageFlow.DefinitionId), ct)).InstanceId!;
            var start = Stopwatch.GetTimestamp();
            await Multiplied.MakeAsync(database, original, 0, size, dueAt: null, ct);
            var madeIn = Stopwatch.GetElapsedTime(start).TotalSeconds;
            await CommitMode.SettleAsync(database, ct);
            await FlowRun.RunAsync(node, 32, 1, ct);
            return new(node, database, size, samples, madeIn, await BenchServer.SizeAsync(database, ct));
        }

        public async Task MeasureAsync(int concurrency, int seconds, int rounds, CancellationToken ct)
        {
            await CommitMode.CheckpointAsync(database, ct);
            flows.Add((await FlowRun.RunAsync(node, concurrency, seconds, ct)).Rate);
            await CommitMode.CheckpointAsync(database, ct);
            var latencies = new Latencies();
            // A small backlog has only so many waits: a round may be shorter.
            var last = taken + ((samples.Length - 1L) * size / rounds) - concurrency;
            var start = Stopwatch.GetTimestamp();
            var counts = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => ResumeColdAsync(IsOpen, latencies.Part(), ct)));
            cold.Add(counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds);
            latency.AddRange(latencies.Sorted());
            using var process = Process.GetCurrentProcess();
            workingSet = Math.Max(workingSet, process.WorkingSet64);

            bool IsOpen() => Stopwatch.GetElapsedTime(start).TotalSeconds < seconds && Volatile.Read(ref taken) < last;
        }

        public string Row(Field first)
        {
            var sorted = latency.Order().ToArray();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {size:### ### ###} | {madeIn:0} | {bytes / 1e6:0} | {Latencies.Median(flows):0} | {Latencies.Median(flows.Zip(first.flows, (a, b) => a / b)) * 100:0} % | {Latencies.Median(cold):0} | {Latencies.Median(cold.Zip(first.cold, (a, b) => a / b)) * 100:0} % | {Latencies.Percentile(sorted, 0.5):0.0} | {Latencies.Percentile(sorted, 0.99):0.0} | {workingSet / 1e6:0} | {Machine.Load()} |"
            );
        }

        public async ValueTask DisposeAsync()
        {
            await node.DisposeAsync();
            await database.DisposeAsync();
        }

        /// <summary>Takes instances all over the table, each once; when all have gone one stage on, again for the next.</summary>
        private async Task<long> ResumeColdAsync(Func<bool> isOpen, List<double> times, CancellationToken ct)
        {
            await Task.Yield();
            var count = 0L;

            while (isOpen())
            {
                var turn = Interlocked.Increment(ref taken);
                var stage = turn / size;

                if (stage >= samples.Length - 1)
                    throw new InvalidOperationException($"All {size} instances have ended. Measure shorter, or with more of them.");

                var id = Multiplied.IdOf(turn % size * Stride % size);
                var start = Stopwatch.GetTimestamp();
                var result = await node.Runtime.ResumeAsync(id, samples[stage].Waiter!.Id, null, null, ct);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);

                if (result.Outcome != ResumeOutcome.Resumed)
                    throw new InvalidOperationException($"The resume of {id} was answered with {result.Outcome}.");

                count++;
            }

            return count;
        }
    }
}
