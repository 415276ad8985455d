using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Bench.Flow;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Runtime.Bench.Cases;

/// <summary>
/// Cases through all five stages of the shipped <c>service-case</c>, through the doors of the product, with others open in the same database; beside the bare
/// flow of five stages in the same run. What a case costs is processor time of server and database: it does not grow because others use the same cores.
/// </summary>
internal sealed class CasesMode : IBenchMode
{
    private const int Agents = 32;
    private const int InOneStatement = 10_000;

    private static readonly string Ended = SqlFile.Beside<CasesMode>("cases.ended");
    private static readonly string Multiply = SqlFile.Beside<CasesMode>("cases.multiply");
    private static readonly string Renaming = SqlFile.Beside<CasesMode>("cases.renaming");
    private static readonly string Ids = SqlFile.Beside<CasesMode>("cases.ids");
    private static readonly string Settle = SqlFile.Beside<CasesMode>("cases.settle");

    private static readonly string[] AtFollowUp = ["in-follow-up", "closed"];
    private static readonly string[] Closed = ["closed"];

    public string Name => "cases";

    public string Usage =>
        "[--open 0,1000,10000,100000] [--cases 200] [--concurrency 16] [--seconds 4]: five stages of the shipped process";

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var cases = arguments.Number("cases", 200);
        var concurrency = arguments.Number("concurrency", 16);
        await using var server = await BenchServer.StartAsync(ct);
        var bare = await BareAsync(server, concurrency, arguments.Number("seconds", 4), ct);
        var described = await server.DescribeAsync(ct);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{described}. {cases} cases, {concurrency} callers. Bare five-stage flow in the same run: {bare.Rate:0} flows/s, {bare.Milliseconds:0.00} ms of processor time each. Load: {Machine.Load()}.\n"
            )
        );
        Console.WriteLine(
            "| other open cases | cases/s | processor ms of a case | of it the database | beside the first | beside the bare flow | load |"
        );
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        var address = await server.AddEmptyDatabaseAsync("cases", ct);
        await using var database = NpgsqlDataSource.Create(address);
        await using var product = await CaseServer.StartAsync(address, ct);
        await PrepareAsync(product, ct);
        // What is compiled and cached at first is not the cost of a case.
        await WalkAsync(product, database, 30, concurrency, "warm", [], ct);
        await RunAsync(database, Renaming, ct);
        var originals = new HashSet<string>(StringComparer.Ordinal);
        double? first = null;
        var there = 0;

        foreach (var open in arguments.Numbers("open", 0, 1_000, 10_000, 100_000))
        {
            // Each time a new one: days are jumped over for it too.
            var original = await OpenOneAsync(product, originals, ct);
            var ids = await IdsAsync(database, original, ct);

            for (; there < open; there = Math.Min(open, there + InOneStatement))
                await CopyAsync(database, original, ids, there + 1, Math.Min(open, there + InOneStatement), ct);

            await RunAsync(database, Settle, ct);
            var (before, databaseBefore) = (product.ProcessorTime, server.ProcessorTime());
            var seconds = await WalkAsync(product, database, cases, concurrency, $"open{open}", originals, ct);
            var ofDatabase = (server.ProcessorTime() - databaseBefore).TotalMilliseconds / cases;
            var cost = (product.ProcessorTime - before).TotalMilliseconds / cases + ofDatabase;
            first ??= cost;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {open:### ### ##0} | {cases / seconds:0.0} | {cost:0.0} | {ofDatabase:0.0} | {cost / first * 100:0} % | {cost / bare.Milliseconds:0} times | {Machine.Load()} |"
                )
            );
        }
    }

    private static async Task<(double Rate, double Milliseconds)> BareAsync(
        BenchServer server,
        int concurrency,
        int seconds,
        CancellationToken ct
    )
    {
        await using var node = await BenchNode.StartAsync(server.ConnectionString, new PostgresStoreOptions(), hasPump: false, ct);
        await StageFlow.PublishAsync(node, "Elsa.Event", ct);
        await FlowRun.RunAsync(node, concurrency, 1, ct);
        var before = Environment.CpuUsage.TotalTime + server.ProcessorTime();
        var run = await FlowRun.RunAsync(node, concurrency, seconds, ct);
        var used = Environment.CpuUsage.TotalTime + server.ProcessorTime() - before;
        return (run.Rate / StageFlow.Bursts, used.TotalMilliseconds / ((double)run.Bursts / StageFlow.Bursts));
    }

    private static async Task PrepareAsync(CaseServer product, CancellationToken ct)
    {
        for (var agent = 0; agent < Agents; agent++)
            await product.SendAsync(HttpMethod.Put, $"/api/agents/{AgentOf(agent)}", new { name = AgentOf(agent) }, null, ct);
    }

    /// <summary>Takes cases from their first contact to their end: people answer at once, and the days between are jumped over.</summary>
    /// <returns>Seconds.</returns>
    private static async Task<double> WalkAsync(
        CaseServer product,
        NpgsqlDataSource database,
        int cases,
        int concurrency,
        string name,
        HashSet<string> stay,
        CancellationToken ct
    )
    {
        var (followed, closed) = (await CountAsync(database, AtFollowUp, ct) + cases, await CountAsync(database, Closed, ct) + cases);
        var start = Stopwatch.GetTimestamp();
        var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = ct };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, cases),
            options,
            async (n, token) => await ContactAsync(product, "chat", $"{name}-{n}", token)
        );

        while (await CountAsync(database, AtFollowUp, ct) < followed)
        {
            var tasks = await product.SendAsync(HttpMethod.Get, "/api/tasks?open=true&state=Ready&take=199", null, null, ct);
            var mine = tasks
                .GetProperty("items")
                .EnumerateArray()
                .Where(t => t.GetProperty("channel").GetString() != "backlog" && !stay.Contains(t.GetProperty("caseId").GetString()!))
                .ToList();
            await Parallel.ForEachAsync(mine.Index(), options, async (t, token) => await AnswerAsync(product, t.Item, t.Index, token));

            if (mine.Count == 0)
                await Task.Delay(5, ct);
        }

        // Until the customer may come back no more; questions to the customer go out on the way.
        for (var day = 0; day < 9 && await CountAsync(database, Closed, ct) < closed; day++)
        {
            var stand = await product.SendAsync(HttpMethod.Get, "/api/clock?patience=5000", null, null, ct);
            var to = stand.GetProperty("now").GetDateTimeOffset().AddDays(1);
            await product.SendAsync(HttpMethod.Put, "/api/clock", new { now = to }, null, ct);
            await product.SendAsync(HttpMethod.Get, "/api/clock?patience=30000", null, null, ct);
        }

        return await CountAsync(database, Closed, ct) == closed
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidOperationException("Not all cases have ended within nine days of the product's time.");
    }

    /// <summary>A case that stays where a person is to work on it.</summary>
    private static async Task<string> OpenOneAsync(CaseServer product, HashSet<string> originals, CancellationToken ct)
    {
        await ContactAsync(product, "email", $"stays-{originals.Count}", ct);

        while (true)
        {
            var tasks = await product.SendAsync(HttpMethod.Get, "/api/tasks?open=true&state=Ready&take=10", null, null, ct);

            foreach (var task in tasks.GetProperty("items").EnumerateArray())
            {
                var about = task.GetProperty("caseId").GetString()!;

                if (task.GetProperty("channel").GetString() == "backlog" || originals.Contains(about))
                    continue;

                if (task.GetProperty("type").GetString() == "solve-case")
                {
                    originals.Add(about);
                    return about;
                }

                await AnswerAsync(product, task, 0, ct);
            }

            await Task.Delay(20, ct);
        }
    }

    private static Task<JsonElement> ContactAsync(CaseServer product, string channel, string id, CancellationToken ct) =>
        product.SendAsync(
            HttpMethod.Post,
            "/api/interactions",
            new
            {
                channel,
                externalId = id,
                threadKey = id,
                sender = new
                {
                    kind = "email",
                    value = $"{id}@example.com",
                    isVerified = true,
                },
                subject = "No light",
                body = "The lamp has been dark since noon.",
                language = "en",
            },
            null,
            ct
        );

    private static async Task AnswerAsync(CaseServer product, JsonElement task, int turn, CancellationToken ct)
    {
        var id = Uri.EscapeDataString(task.GetProperty("id").GetString()!);
        var agent = AgentOf(turn % Agents);
        var taken = await product.SendAsync(
            HttpMethod.Post,
            $"/api/tasks/{id}/claim",
            new { expectedRev = task.GetProperty("rev").GetInt64(), operationId = "claim" },
            agent,
            ct
        );
        var outcomes = task.GetProperty("outcomes").EnumerateArray().Select(o => o.GetString()).ToList();
        await product.SendAsync(
            HttpMethod.Post,
            $"/api/tasks/{id}/complete",
            new
            {
                expectedRev = taken.GetProperty("rev").GetInt64(),
                operationId = "complete",
                outcome = outcomes.Count > 0 ? outcomes[0] : null,
                answer = new { },
            },
            agent,
            ct
        );
    }

    private static string AgentOf(int no) => string.Create(CultureInfo.InvariantCulture, $"bench-{no:00}");

    private static async Task<int> CountAsync(NpgsqlDataSource database, string[] statuses, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Ended);
        command.Parameters.Add(new() { Value = statuses, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return (int)(long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task<string[]> IdsAsync(NpgsqlDataSource database, string original, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Ids);
        command.Parameters.Add(new() { Value = original });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var ids = new List<string>();

        while (await rows.ReadAsync(ct))
            ids.Add(rows.GetString(0));

        return [.. ids];
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task CopyAsync(NpgsqlDataSource database, string original, string[] ids, int from, int to, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Multiply);
        command.CommandTimeout = 600;
        command.Parameters.Add(new() { Value = original });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        command.Parameters.Add(new() { Value = ids });

        var made = (long)(await command.ExecuteScalarAsync(ct))!;

        if (made != to - from + 1)
            throw new InvalidOperationException($"Copies {from} to {to} have {made} open tasks, and not one each.");
    }
}
