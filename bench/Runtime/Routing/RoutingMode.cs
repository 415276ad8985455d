using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.ServiceDesk.Routing;

namespace ServiceLoop.Runtime.Bench.Routing;

/// <summary>
/// Looks at a queue with many agents and many waiting tasks, beside the least that PostgreSQL must do for one: the first row in the order, taken with
/// <c>skip locked</c>, and the rows of task, offer and load written in the same transaction.
/// </summary>
internal sealed class RoutingMode : IBenchMode
{
    private const string Queue = "bench";

    private static readonly string Fill = SqlFile.Beside<RoutingMode>("routing.fill");
    private static readonly string Finish = SqlFile.Beside<RoutingMode>("routing.finish");
    private static readonly string Least = SqlFile.Beside<RoutingMode>("routing.least");
    private static readonly string Check = SqlFile.Beside<RoutingMode>("routing.check");
    private static readonly string Settle = SqlFile.Beside<RoutingMode>("routing.settle");

    public string Name => "routing";

    public string Usage =>
        "[--agents 500] [--tasks 100000] [--looks 400] [--freed 1,20]: looks at a full queue when some units became free";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var agents = arguments.Number("agents", 500);
        var tasks = arguments.Number("tasks", 100_000);
        var looks = arguments.Number("looks", 400);
        await using var server = await BenchServer.StartAsync(ct);
        await server.Database.FillAsync(Fill, ct, agents, tasks);
        await server.Database.FillAsync(Settle, ct);

        await using var tuned = DeskServices.Tuned(server);
        await using var services = DeskServices.On(tuned);
        var queues = services.GetRequiredService<Queues>();
        var filled = Stopwatch.StartNew();
        var first = 0;

        for (var more = 1; more > 0; first += more)
            more = await queues.LookAsync(Queue, ct);

        var described = await server.DescribeAsync(ct);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{described}. {agents} agents, {tasks} waiting tasks with 12 different demands. Load at the start: {Machine.Load()}.\n\nAll agents free at first: {first} tasks were offered in {filled.Elapsed.TotalSeconds:0.0} s ({first / filled.Elapsed.TotalSeconds:0} a second).\n"
            )
        );
        Console.WriteLine(
            "| tasks that end before a look | offered | look p50 ms | p95 ms | p99 ms | least p50 ms | p95 ms | p99 ms | look/least, p95 | processor ms of a look | of the least |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");

        foreach (var freed in arguments.Numbers("freed", 1, 20))
            await CompareAsync(server, tuned, queues, freed, looks, ct);

        await using var command = server.Database.CreateCommand(Check);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        Console.WriteLine(
            $"\nAfterwards {reader.GetInt64(0)} agents have more than their units, {reader.GetInt64(1)} have other units than their tasks add up to, {reader.GetInt64(2)} tasks have two open offers."
        );
    }

    private static async Task CompareAsync(
        BenchServer server,
        NpgsqlDataSource database,
        Queues queues,
        int freed,
        int looks,
        CancellationToken ct
    )
    {
        var (mine, least) = (new Latencies(), new Latencies());
        var (own, bare) = (mine.Part(), least.Part());
        var offered = 0;
        var (lookTime, leastTime) = (TimeSpan.Zero, TimeSpan.Zero);
        await using var connection = await database.OpenConnectionAsync(ct);

        for (var look = 0; look < looks; look++)
        {
            await database.FillAsync(Finish, ct, freed);
            var before = Processor(server);
            var started = Stopwatch.GetTimestamp();
            offered += await queues.LookAsync(Queue, ct);
            own.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            lookTime += Processor(server) - before;

            await database.FillAsync(Finish, ct, freed);
            before = Processor(server);
            started = Stopwatch.GetTimestamp();
            await LeastAsync(connection, freed, ct);
            bare.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            leastTime += Processor(server) - before;
        }

        var (a, b) = (mine.Sorted(), least.Sorted());
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {freed} | {(double)offered / looks:0.0} | {Latencies.Cells(a)} | {Latencies.Cells(b)} | {Latencies.Percentile(a, 0.95) / Latencies.Percentile(b, 0.95):0.0} | {lookTime.TotalMilliseconds / looks:0.0} | {leastTime.TotalMilliseconds / looks:0.0} |"
            )
        );
    }

    /// <summary>What client and server have used so far: it does not grow because others use the same cores.</summary>
    private static TimeSpan Processor(BenchServer server) => Environment.CpuUsage.TotalTime + server.ProcessorTime();

    private static async Task LeastAsync(NpgsqlConnection connection, int count, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand(Least, connection, transaction)
        {
            Parameters =
            {
                new() { Value = Queue },
                new() { Value = count },
                new() { Value = TimeProvider.System.GetUtcNow() },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
