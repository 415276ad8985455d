using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres.Migrations;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Runtime.Bench.Lists;

/// <summary>What the indexes of the lists cost those who write: the same commits on a database with them and on one without, in turn.</summary>
internal sealed class WritesMode : IBenchMode
{
    // The migration that made the indexes.
    private const int ListsMigration = 5;

    public string Name => "list-writes";

    public string Usage => "[--concurrency 32] [--seconds 3] [--rounds 5] [--quick]: commits with and without the indexes of the lists";

    /// <summary>One database, and what was measured on it.</summary>
    private sealed record Side(string Name, NpgsqlDataSource Database, PostgresStore Store)
    {
        public List<double> Bursts { get; } = [];

        public List<double> Lives { get; } = [];

        public List<double> BurstMicros { get; } = [];

        public List<double> LifeMicros { get; } = [];

        public long[] Versions { get; } = [.. Enumerable.Repeat(1L, BurstRows.Instances)];

        public int Made { get; set; }
    }

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var concurrency = arguments.Number("concurrency", 32);
        var seconds = arguments.Number("seconds", arguments.Has("quick") ? 1 : 3);
        var rounds = arguments.Number("rounds", arguments.Has("quick") ? 1 : 5);
        await using var server = await BenchServer.StartAsync(ct);
        Side[] sides = [await OpenAsync(server, "without", ct), await OpenAsync(server, "with", ct)];
        Console.WriteLine(
            $"{await server.DescribeAsync(ct)}. {concurrency} callers; {rounds} rounds of {seconds} s each, the two databases in turn; medians. Load {Machine.Load()}.\n"
        );

        for (var round = 0; round < rounds; round++)
            foreach (var side in round % 2 == 0 ? sides : [.. sides.Reverse()])
            {
                var (bursts, burstMicros) = await MeasureAsync(server, concurrency, n => BurstsAsync(side, n, concurrency, seconds, ct));
                var (lives, lifeMicros) = await MeasureAsync(server, concurrency, n => LivesAsync(side, n, seconds, ct));
                side.Bursts.Add(bursts);
                side.BurstMicros.Add(burstMicros);
                side.Lives.Add(lives);
                side.LifeMicros.Add(lifeMicros);
            }

        Console.WriteLine(
            "| indexes of the lists | suspended to suspended: bursts/s | database µs | beside | made and ended: instances/s | database µs | beside |"
        );
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");

        foreach (var side in sides)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {side.Name} | {Latencies.Median(side.Bursts):0} | {Latencies.Median(side.BurstMicros):0} | {Latencies.Median(side.BurstMicros.Zip(sides[0].BurstMicros, (a, b) => a / b)) * 100:0} % | {Latencies.Median(side.Lives):0} | {Latencies.Median(side.LifeMicros):0} | {Latencies.Median(side.LifeMicros.Zip(sides[0].LifeMicros, (a, b) => a / b)) * 100:0} % |"
                )
            );

        Console.WriteLine($"\nLoad at the end {Machine.Load()}.");

        foreach (var side in sides)
        {
            await side.Store.DisposeAsync();
            await side.Database.DisposeAsync();
        }
    }

    private static async Task<Side> OpenAsync(BenchServer server, string name, CancellationToken ct)
    {
        var address = await server.AddEmptyDatabaseAsync($"lists_{name}", ct);
        var database = NpgsqlDataSource.Create(address);
        await new MigrationRunner(
            database,
            [.. Migration.In(typeof(MigrationRunner).Assembly).Where(m => name == "with" || m.Version != ListsMigration)],
            NullLogger<MigrationRunner>.Instance,
            TimeProvider.System
        ).RunAsync(ct);
        await CommitMode.PrepareAsync(database, ["sto"], BurstRows.State, ct);
        return new(name, database, new PostgresStore(database, [], new PostgresStoreOptions(), NullLogger<PostgresStore>.Instance));
    }

    /// <summary>Per second, and processor time of the database for each: other programs slow it down, but do not count.</summary>
    private static async Task<(double PerSecond, double Micros)> MeasureAsync(BenchServer server, int concurrency, Func<int, Task<int>> run)
    {
        var (start, used) = (Stopwatch.GetTimestamp(), server.ProcessorTime());
        var done = (await Task.WhenAll(Enumerable.Range(0, concurrency).Select(run))).Sum();
        return (done / Stopwatch.GetElapsedTime(start).TotalSeconds, (server.ProcessorTime() - used).TotalMicroseconds / done);
    }

    private static async Task<int> BurstsAsync(Side side, int caller, int callers, int seconds, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var done = 0;

        for (var i = caller; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; i = (i + callers) % BurstRows.Instances)
        {
            var id = BurstRows.Id("sto", i + 1);
            await side.Store.CommitAsync(BurstRows.Burst(id, BurstRows.Hash(id), side.Versions[i]), ct);
            side.Versions[i]++;
            done++;
        }

        return done;
    }

    private static async Task<int> LivesAsync(Side side, int caller, int seconds, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var done = 0;

        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            int number;

            lock (side)
                number = ++side.Made;

            var id = Guid.CreateVersion7().ToString("N");
            var begin = BurstRows.Burst(id, BurstRows.Hash(id), 0) with
            {
                Burned = [],
                Name = string.Create(CultureInfo.InvariantCulture, $"Refund of customer {number * 7919 % 50_000}"),
                CorrelationId = string.Create(CultureInfo.InvariantCulture, $"CASE-{caller}-{number:00000000}"),
            };
            await side.Store.CommitAsync(begin, ct);
            await side.Store.CommitAsync(
                begin with
                {
                    ExpectedVersion = 1,
                    SubStatus = WorkflowSubStatus.Finished,
                    Added = [],
                    Burned = [1],
                    Journal = begin.Journal! with { Sequence = 2 },
                },
                ct
            );
            done++;
        }

        return done;
    }
}
