using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Bench.Lists;

/// <summary>Lists of instances among a million: pages, filters, searches, counts, each beside a row read by its key in the same round.</summary>
internal sealed class ListsMode : IBenchMode
{
    private const int Definitions = 200;
    private static readonly DateTimeOffset Newest = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Fill = SqlFile.Beside<ListsMode>("lists.fill");
    private static readonly string FillDefinitions = SqlFile.Beside<ListsMode>("lists.fill_definitions");
    private static readonly string Peer = SqlFile.Beside<ListsMode>("lists.peer");

    public string Name => "lists";

    public string Usage =>
        "[--size 1000000] [--running 50000] [--rounds 30] [--callers 1] [--quick]: lists of instances, filtered, searched and paged";

    /// <param name="What">What is asked, for people.</param>
    /// <param name="Ask">Asks it, with a number that makes each call another one.</param>
    private sealed record Call(string What, Func<int, Task<InstancePage>> Ask)
    {
        public Latencies Times { get; } = new();

        public Latencies Peers { get; } = new();

        public long Total { get; set; }
    }

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var size = arguments.Number("size", arguments.Has("quick") ? 20_000 : 1_000_000);
        var running = arguments.Number("running", size / 20);
        var rounds = arguments.Number("rounds", arguments.Has("quick") ? 3 : 30);
        var callers = arguments.Number("callers", 1);
        await using var server = await BenchServer.StartAsync(ct);
        var start = Stopwatch.GetTimestamp();
        await FillAsync(server.Database, size, running, ct);
        var madeIn = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await using var store = new PostgresStore(server.Database, [], new PostgresStoreOptions(), NullLogger<PostgresStore>.Instance);
        var calls = CallsOf(store, size, ct);
        var (version, bytes) = (await server.DescribeAsync(ct), await BenchServer.SizeAsync(server.Database, ct));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{version}. {size:N0} instances of {Definitions} definitions, {running:N0} run; filled by one statement in {madeIn:0} s; {bytes / 1e6:0} MB. {rounds} rounds, calls taken in turn, {callers} caller(s); ten rows a page. Load {Machine.Load()}.\n"
            )
        );

        await Task.WhenAll(
            Enumerable.Range(0, callers).Select(caller => MeasureAsync(server.Database, calls, caller, callers, rounds, size, ct))
        );

        Console.WriteLine("| call | found | p50 ms | p95 ms | by key p50 ms | by key p95 ms | p50 beside the key |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");

        foreach (var call in calls)
            Console.WriteLine(RowOf(call));

        Console.WriteLine($"\nLoad at the end {Machine.Load()}.");
    }

    private static async Task FillAsync(NpgsqlDataSource database, int size, int running, CancellationToken ct)
    {
        await using (var definitions = database.CreateCommand(FillDefinitions))
            await definitions.ExecuteNonQueryAsync(ct);

        await using (var fill = database.CreateCommand(Fill))
        {
            fill.CommandTimeout = 0;
            fill.Parameters.Add(new() { Value = size });
            fill.Parameters.Add(new() { Value = running });
            fill.Parameters.Add(new() { Value = BurstRows.State, NpgsqlDbType = NpgsqlDbType.Bytea });
            fill.Parameters.Add(new() { Value = Newest.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            fill.Parameters.Add(new() { Value = 60 });
            await fill.ExecuteNonQueryAsync(ct);
        }

        await CommitMode.SettleAsync(database, ct);
    }

    private static async Task MeasureAsync(
        NpgsqlDataSource database,
        Call[] calls,
        int caller,
        int callers,
        int rounds,
        int size,
        CancellationToken ct
    )
    {
        var parts = calls.Select(call => (Call: call, Times: call.Times.Part(), Peers: call.Peers.Part())).ToList();

        // The first round fills caches and counts.
        for (var round = -1; round < rounds; round++)
            foreach (var (call, times, peers) in parts)
            {
                var number = ((round + 1) * callers) + caller;
                var start = Stopwatch.GetTimestamp();
                call.Total = (await call.Ask(number)).Total;
                var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                start = Stopwatch.GetTimestamp();
                await ReadPeerAsync(database, (int)(number * 7919L % size) + 1, ct);

                if (round < 0)
                    continue;

                times.Add(took);
                peers.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
    }

    private static async Task ReadPeerAsync(NpgsqlDataSource database, int number, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Peer);
        command.Parameters.Add(new() { Value = IdOf(number) });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
    }

    private static Call[] CallsOf(PostgresStore store, int size, CancellationToken ct)
    {
        const int Take = 10;

        Call Of(
            string what,
            Func<int, InstanceFilter> filter,
            InstanceSort sort = InstanceSort.Created,
            bool up = false,
            Func<int, int>? skip = null
        ) => new(what, n => store.PageInstancesAsync(filter(n), new(sort, up), skip?.Invoke(n) ?? 0, Take, ct));

        static int Spread(int n, int of) => (int)(n * 104_729L % of);

        return
        [
            Of("first page, newest", _ => new()),
            Of("first page, oldest", _ => new(), up: true),
            Of("first page, by end", _ => new(), InstanceSort.Finished),
            Of("first page, by last run", _ => new(), InstanceSort.LastExecuted),
            Of("first page, by name", _ => new(), InstanceSort.Name, up: true),
            Of("any page, newest", _ => new(), skip: n => Spread(n, size)),
            Of("the page in the middle, newest", _ => new(), skip: _ => size / 2),
            Of("any page, by end", _ => new(), InstanceSort.Finished, skip: n => Spread(n, size)),
            Of("any page, by last run", _ => new(), InstanceSort.LastExecuted, skip: n => Spread(n, size)),
            Of("any page, by name", _ => new(), InstanceSort.Name, skip: n => Spread(n, size)),
            Of("one definition", n => new() { DefinitionId = $"flow-{n % Definitions}" }),
            Of(
                "one definition, any page",
                n => new() { DefinitionId = $"flow-{n % Definitions}" },
                skip: n => Spread(n, size / Definitions)
            ),
            Of("three definitions", n => new() { DefinitionIds = [$"flow-{n % Definitions}", "flow-1", "flow-77"] }),
            Of("one version", n => new() { DefinitionId = $"flow-{n % Definitions}", Version = 2 }),
            Of("running", _ => new() { IsRunning = true }),
            Of("running, by last run", _ => new() { IsRunning = true }, InstanceSort.LastExecuted),
            Of("suspended", _ => new() { SubStatuses = [WorkflowSubStatus.Suspended] }),
            Of("executing: none", _ => new() { SubStatuses = [WorkflowSubStatus.Executing] }),
            Of("finished, any page", _ => new() { SubStatuses = [WorkflowSubStatus.Finished] }, skip: n => Spread(n, size * 9 / 10)),
            Of("faulted", _ => new() { SubStatuses = [WorkflowSubStatus.Faulted] }),
            Of(
                "faulted, one definition",
                n => new() { SubStatuses = [WorkflowSubStatus.Faulted], DefinitionId = $"flow-{n * 20 % Definitions}" }
            ),
            Of("faulted or cancelled", _ => new() { SubStatuses = [WorkflowSubStatus.Faulted, WorkflowSubStatus.Cancelled] }),
            Of("with incidents", _ => new() { HasIncidents = true }),
            Of("without incidents", _ => new() { HasIncidents = false }),
            Of("one correlation id", n => new() { CorrelationId = CorrelationOf(Spread(n, size) + 1) }),
            Of("children of one", n => new() { ParentId = IdOf((Spread(n, size / 10) * 10) + 9) }),
            Of("created in one day", n => new() { Created = TimeRange.Any.AtOrAfter(DayOf(n, size)).Before(DayOf(n, size).AddDays(1)) }),
            Of("ended in one day", n => new() { Finished = TimeRange.Any.AtOrAfter(DayOf(n, size)).Before(DayOf(n, size).AddDays(1)) }),
            Of("updated since a day", _ => new() { Updated = TimeRange.Any.AtOrAfter(Newest.AddDays(-1)) }),
            Of("search: an id", n => new() { Search = IdOf(Spread(n, size) + 1) }),
            Of("search: the beginning of an id", n => new() { Search = IdOf(Spread(n, size) + 1)[..12] }),
            Of("search: a correlation id", n => new() { Search = CorrelationOf(Spread(n, size) + 1) }),
            Of("search: its end", n => new() { Search = CorrelationOf(Spread(n, size) + 1)[^6..] }),
            Of("search: a rare name", n => new() { Search = "of " + PersonOf(n) }),
            Of("search: a common word", _ => new() { Search = "complaint" }),
            Of("search: a common word, page 500", _ => new() { Search = "complaint" }, skip: _ => 5000),
            Of("search: a common word, faulted", _ => new() { Search = "complaint", SubStatuses = [WorkflowSubStatus.Faulted] }),
            Of("search: two letters", _ => new() { Search = "of" }),
            Of("search: a definition", n => new() { Search = $"Service flow {100 + (n % 100)}" }),
            Of("search: nothing", n => new() { Search = $"no such thing {n}" }),
        ];
    }

    private static DateTimeOffset DayOf(int n, int size) => Newest.AddMinutes(-size).AddDays(1 + (n * 37 % Math.Max(1, (size / 1440) - 2)));

    // As the statement that fills the table makes ids: they begin with their time, as ids in life do.
    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{number * 60_000L:x12}{number:x20}");

    private static string PersonOf(int n) =>
        string.Create(CultureInfo.InvariantCulture, $"{n % 50_000 * 2_654_435_761L % 4_294_967_296L:x8}");

    private static string CorrelationOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"CASE-{2020 + (number / 200000)}-{number:00000000}");

    private static string RowOf(Call call)
    {
        var times = call.Times.Sorted();
        var peers = call.Peers.Sorted();
        var (half, most) = (Latencies.Percentile(times, 0.5), Latencies.Percentile(times, 0.95));
        var (key, keyMost) = (Latencies.Percentile(peers, 0.5), Latencies.Percentile(peers, 0.95));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {call.What} | {call.Total:N0} | {half:0.0} | {most:0.0} | {key:0.00} | {keyMost:0.0} | {half / key:0} × |"
        );
    }
}
