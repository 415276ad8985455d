using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Bench.Commit;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Runtime.Bench.Audit;

/// <summary>Entries of the audit log that callers wait for, beside single rows inserted and committed by as many connections; then lists and the check.</summary>
internal sealed class AuditMode : IBenchMode
{
    private static readonly string Create = SqlFile.Beside<AuditMode>("audit_plain.create");
    private static readonly string Insert = SqlFile.Beside<AuditMode>("audit_plain.insert");
    private static readonly Actor Ann = new(ActorKind.Person, "p-ann", "ann") { Address = "192.0.2.7", SessionId = "s-1" };
    private long numbers;

    public string Name => "audit";

    public string Usage =>
        "[--callers 1,16,64] [--seconds 3] [--rounds 3]: entries a second that callers wait for, pages and filters, the check of the chain";

    /// <param name="Rate">Entries a second.</param>
    /// <param name="Latency">Milliseconds, sorted.</param>
    private sealed record Figure(double Rate, double[] Latency);

    public async Task RunAsync(Arguments arguments, CancellationToken ct)
    {
        var seconds = arguments.Number("seconds", 3);
        var rounds = arguments.Number("rounds", 3);
        await using var server = await BenchServer.StartAsync(ct);

        // One connection for each plain caller, at most the 64 that the server has to spare.
        await using var wide = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { MaxPoolSize = 70 });
        await using (var create = server.Database.CreateCommand(Create))
            await create.ExecuteNonQueryAsync(ct);

        await using var trail = new AuditTrail(server.Database, TimeProvider.System, NullLogger<AuditTrail>.Instance);
        Console.WriteLine(
            $"{await server.DescribeAsync(ct)}. {rounds} rounds of {seconds} s each, taken in turn; medians. Load at the start: {Machine.Load()}.\n"
        );
        Console.WriteLine("| callers | log: entries/s | p50 ms | p99 ms | plain insert and commit: rows/s | p50 ms | p99 ms | log/plain |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        await WriteAsync(trail, 16, 1, ct);
        await PlainAsync(wide, 16, 1, ct);

        foreach (var callers in arguments.Numbers("callers", 1, 16, 64))
            await CompareAsync(trail, wide, callers, seconds, rounds, ct);

        await CommitMode.SettleAsync(server.Database, ct);
        await ReadAsync(server.Database, ct);
    }

    private async Task CompareAsync(AuditTrail trail, NpgsqlDataSource database, int callers, int seconds, int rounds, CancellationToken ct)
    {
        List<Figure> log = [];
        List<Figure> plain = [];

        for (var round = 0; round < rounds; round++)
        {
            log.Add(await WriteAsync(trail, callers, seconds, ct));
            plain.Add(await PlainAsync(database, callers, seconds, ct));
        }

        var (mine, theirs) = (Sorted(log), Sorted(plain));
        var ratio = Latencies.Median(log.Zip(plain, (l, p) => l.Rate / p.Rate));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {callers} | {Latencies.Median(log.Select(f => f.Rate)):0} | {Latencies.Percentile(mine, 0.5):0.00} | {Latencies.Percentile(mine, 0.99):0.0} | {Latencies.Median(plain.Select(f => f.Rate)):0} | {Latencies.Percentile(theirs, 0.5):0.00} | {Latencies.Percentile(theirs, 0.99):0.0} | {ratio * 100:0} % |"
            )
        );
    }

    private static async Task<Figure> WriteAsync(AuditTrail trail, int callers, int seconds, CancellationToken ct)
    {
        var facts = Facts.Of(("version", "3"), ("name", "order"));
        return await MeasureAsync(
            callers,
            seconds,
            async (caller, n) =>
            {
                var deed = new Deed(Permissions.DefinitionsPublish, "definition.publish", $"d{caller}-{n}") { Before = facts };
                await trail.WriteAsync(new(Ann, deed, DeedEnd.Done, 0, facts, null), ct);
            }
        );
    }

    private async Task<Figure> PlainAsync(NpgsqlDataSource database, int callers, int seconds, CancellationToken ct)
    {
        var commands = new List<NpgsqlCommand>();

        for (var n = 0; n < callers; n++)
        {
            var command = new NpgsqlCommand(Insert, await database.OpenConnectionAsync(ct));
            command.Parameters.AddRange(
                new[] { NpgsqlDbType.Bigint, NpgsqlDbType.TimestampTz, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bytea }
                    .Select(t => new NpgsqlParameter { NpgsqlDbType = t })
                    .ToArray()
            );
            await command.PrepareAsync(ct);
            commands.Add(command);
        }

        var hash = new byte[32];
        var figure = await MeasureAsync(
            callers,
            seconds,
            async (caller, n) =>
            {
                var command = commands[caller];
                command.Parameters[0].Value = Interlocked.Increment(ref numbers);
                command.Parameters[1].Value = DateTime.UtcNow;
                command.Parameters[2].Value = $"d{caller}-{n}";
                command.Parameters[3].Value = """{"name":"order","version":"3"}""";
                command.Parameters[4].Value = hash;
                await command.ExecuteNonQueryAsync(ct);
            }
        );

        foreach (var command in commands)
        {
            await command.Connection!.DisposeAsync();
            await command.DisposeAsync();
        }

        return figure;
    }

    private static async Task<Figure> MeasureAsync(int callers, int seconds, Func<int, int, Task> write)
    {
        var latencies = new Latencies();
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(
            Enumerable
                .Range(0, callers)
                .Select(async caller =>
                {
                    var mine = latencies.Part();
                    await Task.Yield();
                    var n = 0;

                    for (; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; n++)
                    {
                        var begin = Stopwatch.GetTimestamp();
                        await write(caller, n);
                        mine.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
                    }

                    return n;
                })
        );
        return new(counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds, latencies.Sorted());
    }

    private static async Task ReadAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        var log = new AuditLog(database, new OpenAccess());
        var total = (await log.HeadAsync(ct))!.Number;
        var start = Stopwatch.GetTimestamp();
        var verdict = await log.VerifyAsync(null, null, ct);
        var checkedIn = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var middle = (await log.FindAsync(total / 2, ct))!;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nThe check of {total:N0} entries took {checkedIn:0.0} s ({total / checkedIn:N0} entries/s); whole: {verdict.IsSound}.\n"
            )
        );
        Console.WriteLine("| page of 50 | p50 ms | p95 ms |\n|---|---:|---:|");
        await ListAsync("newest", log, new(), null);
        await ListAsync("from the middle on", log, new(), total / 2);
        await ListAsync("one person (all)", log, new() { Actor = "ann" }, null);
        await ListAsync("one subject", log, new() { Subject = middle.Subject }, null);
        await ListAsync("denied (none)", log, new() { End = DeedEnd.Denied }, null);
        await ListAsync("one second in the middle", log, new() { From = middle.At, Until = middle.At.AddSeconds(1) }, null);
        await ListAsync("a text that all have", log, new() { Text = "order" }, null);
        await ListAsync("a text that none has, in all entries", log, new() { Text = "nowhere" }, null);

        async Task ListAsync(string name, AuditLog log, AuditFilter filter, long? before)
        {
            var times = new List<double>();

            for (var n = 0; n < 40; n++)
            {
                var begin = Stopwatch.GetTimestamp();
                await log.ListAsync(filter, before, 50, ct);
                times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }

            double[] sorted = [.. times.Order()];
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {Latencies.Percentile(sorted, 0.5):0.0} | {Latencies.Percentile(sorted, 0.95):0.0} |"
                )
            );
        }
    }

    private static double[] Sorted(IEnumerable<Figure> figures) => [.. figures.SelectMany(f => f.Latency).Order()];
}
