using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Bench.Definitions;

/// <summary>Lists among many versions beside a page by primary key, and rollbacks of a line with many running instances.</summary>
internal sealed class DefinitionsMode : IBenchMode
{
    private const int LongLine = 1000;
    private const int VersionsOfALine = 10;
    private const int PageSize = 25;

    private static readonly string Multiply = SqlFile.Beside<DefinitionsMode>("definitions.multiply");
    private static readonly string MultiplyInstances = SqlFile.Beside<DefinitionsMode>("instances.multiply");
    private static readonly string Analyze = SqlFile.Beside<DefinitionsMode>("definitions.analyze");
    private static readonly string Peer = SqlFile.Beside<DefinitionsMode>("definitions.peer");

    private BenchNode node = null!;
    private BenchServer server = null!;

    public string Name => "definitions";

    public string Usage => "[--versions 10000] [--running 10000] [--calls 200] [--quick]: lists of definitions, and rollback";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var quick = arguments.Has("quick");
        var versions = arguments.Number("versions", quick ? 2000 : 10_000);
        var running = arguments.Number("running", quick ? 1000 : 10_000);
        var calls = arguments.Number("calls", quick ? 20 : 200);
        await using var started = await BenchServer.StartAsync(ct);
        server = started;
        await using var made = await BenchNode.StartAsync(server.ConnectionString, new(), hasPump: false, ct);
        node = made;
        Console.WriteLine($"{await server.DescribeAsync(ct)}\n");
        await FillAsync(versions, running, ct);
        await ListAsync(versions, calls, ct);
        await RollBackAsync(running, calls / 10, ct);
    }

    private async Task FillAsync(int versions, int running, CancellationToken ct)
    {
        await PublishAsync("main", "one", ct);
        var second = await PublishAsync("main", "two", ct);
        var lines = (versions - LongLine) / VersionsOfALine;
        await FillAsync(Multiply, ct, second, lines, VersionsOfALine, "line");
        await FillAsync(Multiply, ct, second, 1, LongLine, "long");
        await node.Runtime.StartAsync(new StartInstanceRequest("main") { InstanceId = "i" }, ct);
        await FillAsync(MultiplyInstances, ct, "i", running - 1);
        await FillAsync(Analyze, ct);
    }

    private async Task ListAsync(int versions, int calls, CancellationToken ct)
    {
        Console.WriteLine(
            $"{versions:N0} versions, {calls} calls of each kind in turn, pages of {PageSize} with their count; milliseconds on the client.\n"
        );
        Console.WriteLine("| what | p50 ms | p95 ms | beside the peer, p50 | load |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        var latest = new DefinitionFilter { Versions = VersionOption.Latest };
        var line = new DefinitionFilter
        {
            DefinitionIds = ["long1"],
            OrderBy = DefinitionOrder.Version,
            Descending = true,
        };
        (string What, Func<Task> Call)[] kinds =
        [
            ("peer: a page by primary key, nothing counted", () => AskPeerAsync(ct)),
            ("latest, by creation", () => PageAsync(latest, 0, ct)),
            ("latest, by name", () => PageAsync(latest with { OrderBy = DefinitionOrder.Name }, 0, ct)),
            (
                "latest, by name, last page",
                () => PageAsync(latest with { OrderBy = DefinitionOrder.Name }, (versions - LongLine) / VersionsOfALine - PageSize, ct)
            ),
            ("all, by creation, descending", () => PageAsync(new() { Descending = true }, 0, ct)),
            ("all, by name, last page", () => PageAsync(new() { OrderBy = DefinitionOrder.Name }, versions - PageSize, ct)),
            ("all, by number, last page", () => PageAsync(new() { OrderBy = DefinitionOrder.Version }, versions - PageSize, ct)),
            ("latest or published", () => PageAsync(new() { Versions = VersionOption.LatestOrPublished }, 0, ct)),
            ($"versions of a line of {LongLine}", () => PageAsync(line, 0, ct)),
            ($"versions of a line of {LongLine}, last page", () => PageAsync(line, LongLine - PageSize, ct)),
            ("search: 8 letters of a name, latest", () => PageAsync(latest with { SearchTerm = "a3f0c1d2" }, 0, ct)),
            ("search: 3 letters, all", () => PageAsync(new() { SearchTerm = "a3f" }, 0, ct)),
            ("search: 2 letters, all", () => PageAsync(new() { SearchTerm = "zz" }, 0, ct)),
            ("25 by id", () => PageAsync(new() { Ids = [.. Enumerable.Range(1, 25).Select(n => $"long1-{n}")] }, 0, ct)),
        ];
        var times = kinds.Select(_ => new List<double>()).ToArray();

        for (var call = -5; call < calls; call++)
        for (var kind = 0; kind < kinds.Length; kind++)
        {
            var start = Stopwatch.GetTimestamp();
            await kinds[kind].Call();

            if (call >= 0)
                times[kind].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        var peer = Latencies.Median(times[0]);

        for (var kind = 0; kind < kinds.Length; kind++)
        {
            double[] sorted = [.. times[kind].Order()];
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {kinds[kind].What} | {Latencies.Percentile(sorted, 0.5):0.0} | {Latencies.Percentile(sorted, 0.95):0.0} | {Latencies.Percentile(sorted, 0.5) / peer:0.0} × | {Machine.Load()} |"
                )
            );
        }
    }

    private async Task RollBackAsync(int running, int rounds, CancellationToken ct)
    {
        var times = new List<double>();

        for (var round = 0; round < Math.Max(2, rounds); round++)
        {
            var target = round % 2 == 0 ? 1 : 2;
            var start = Stopwatch.GetTimestamp();
            var result = await node.Definitions.RollbackAsync("main", target, "bench", ct);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);

            if (result.Version.Version != target || result.Running.Sum(r => r.Running) != running + round)
                throw new InvalidOperationException($"Round {round} went wrong: {result}.");

            // New starts go there at once.
            var instance = await node.Runtime.StartAsync(new StartInstanceRequest("main"), ct);

            if (instance.State!.DefinitionVersionId != result.Version.Id)
                throw new InvalidOperationException($"Round {round}: the instance started on {instance.State.DefinitionVersionId}.");
        }

        double[] sorted = [.. times.Order()];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nRollback with {running:N0} running instances, counts of them included, {times.Count} in turn: p50 {Latencies.Percentile(sorted, 0.5):0.0} ms, slowest {sorted[^1]:0.0} ms; load {Machine.Load()}."
            )
        );
    }

    private async Task PageAsync(DefinitionFilter filter, int skip, CancellationToken ct)
    {
        await node.Definitions.ListAsync(filter, skip, PageSize, ct);
        await node.Definitions.CountAsync(filter, ct);
    }

    private async Task AskPeerAsync(CancellationToken ct)
    {
        await using var command = server.Database.CreateCommand(Peer);
        command.Parameters.Add(new() { Value = "line5" });
        command.Parameters.Add(new() { Value = PageSize });
        await using var reader = await command.ExecuteReaderAsync(ct);

        while (await reader.ReadAsync(ct))
            _ = reader.GetString(0);
    }

    private async Task<string> PublishAsync(string line, string text, CancellationToken ct)
    {
        // About three kilobytes, as a small real one.
        var steps = string.Join(
            ',',
            Enumerable
                .Range(1, 12)
                .Select(i =>
                    $$"""{ "id": "s{{i}}", "type": "Elsa.SetName", "version": 1, "value": { "typeName": "String", "expression": { "type": "Literal", "value": "{{text}} {{i}}" } }, "metadata": { "designer": { "position": { "x": {{100 * i}}, "y": 60 } } } }"""
                )
        );
        var json =
            $$"""{ "definitionId": "{{line}}", "name": "{{line}}", "root": { "id": "root", "type": "Elsa.Sequence", "version": 1, "activities": [ {{steps}}, { "id": "wait", "type": "Elsa.Event", "version": 1, "eventName": "never" } ] } }""";
        await node.Definitions.SaveDraftAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(json)), ct);
        return (await node.Definitions.PublishAsync(line, null, ct)).Version.Id;
    }

    private async Task FillAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = server.Database.CreateCommand(sql);
        command.CommandTimeout = 0;

        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });

        await command.ExecuteNonQueryAsync(ct);
    }
}
