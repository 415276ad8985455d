using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Runtime.Bench.Flow;

/// <summary>
/// The ceiling: one connection that writes the rows of the flow's bursts, taken from a real one, in groups of a given size. No engine, no JSON, no queue, no
/// callers, no losers.
/// </summary>
internal sealed class BareFlow : IAsyncDisposable
{
    private static readonly string Statement = SqlFile.Beside<BareFlow>("flow.bare");
    private static readonly NpgsqlDbType[] Types =
    [
        NpgsqlDbType.Text,
        NpgsqlDbType.Bytea,
        NpgsqlDbType.Text,
        NpgsqlDbType.Bigint,
        NpgsqlDbType.Bytea,
        NpgsqlDbType.Boolean,
        NpgsqlDbType.Text,
        NpgsqlDbType.Bigint,
        NpgsqlDbType.Text,
        NpgsqlDbType.Bigint,
        NpgsqlDbType.Text,
        NpgsqlDbType.Text,
        NpgsqlDbType.Text,
        NpgsqlDbType.Text,
        NpgsqlDbType.Bytea,
        NpgsqlDbType.Text,
        NpgsqlDbType.Bigint,
        NpgsqlDbType.Bytea,
        NpgsqlDbType.Bytea,
        NpgsqlDbType.Bigint,
    ];

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;
    private readonly FlowSample[] samples;

    // Flows under way: id and next burst.
    private readonly (string Id, int Burst)[] flows;

    private BareFlow(NpgsqlConnection connection, int size, FlowSample[] samples)
    {
        this.connection = connection;
        this.samples = samples;
        // As in the run, flows are in all stages at the same time.
        flows = [.. Enumerable.Range(0, size).Select(i => (NewId(), 0))];
        command = new NpgsqlCommand(Statement, connection);

        foreach (var type in Types)
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type });

        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.TimestampTz });
    }

    /// <summary>Writes for some seconds.</summary>
    /// <returns>Bursts a second.</returns>
    public static async Task<double> RunAsync(NpgsqlDataSource database, FlowSample[] samples, int size, int seconds, CancellationToken ct)
    {
        await using var bare = new BareFlow(await database.OpenConnectionAsync(ct), size, samples);
        await bare.StaggerAsync(ct);
        var count = 0;
        var start = Stopwatch.GetTimestamp();

        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            count += await bare.WriteAsync(ct);

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await command.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    /// <summary>Brings flow i to stage i, so that every group holds all kinds of bursts.</summary>
    private async Task StaggerAsync(CancellationToken ct)
    {
        Fill(flows.Length);
        await command.PrepareAsync(ct);
        await command.ExecuteNonQueryAsync(ct);

        for (var burst = 1; burst < StageFlow.Bursts; burst++)
        {
            var behind = flows.Count(f => f.Burst == burst) - (flows.Length / StageFlow.Bursts);
            await WriteAsync(Math.Max(0, behind), ct);
        }
    }

    private Task<int> WriteAsync(CancellationToken ct) => WriteAsync(flows.Length, ct);

    private async Task<int> WriteAsync(int count, CancellationToken ct)
    {
        if (count == 0)
            return 0;

        Fill(count);
        await command.ExecuteNonQueryAsync(ct);
        return count;
    }

    private void Fill(int count)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var rows = new List<(string Id, int Burst, FlowSample Sample)>(count);

        for (var i = 0; i < count; i++)
        {
            var (id, burst) = flows[i];
            rows.Add((id, burst, samples[burst]));
            flows[i] = burst + 1 < samples.Length ? (id, burst + 1) : (NewId(), 0);
        }

        var made = rows.Where(r => r.Burst == 0).ToList();
        var known = rows.Where(r => r.Burst > 0).ToList();
        var added = rows.Where(r => r.Sample.Waiter is not null).ToList();
        object[] values =
        [
            made.Select(r => r.Id).ToArray(),
            made.Select(r => r.Sample.State).ToArray(),
            known.Select(r => r.Id).ToArray(),
            known.Select(r => r.Burst + 1L).ToArray(),
            known.Select(r => r.Sample.State).ToArray(),
            known.Select(r => r.Sample.Waiter is null).ToArray(),
            known.Select(r => r.Id).ToArray(),
            known.Select(r => samples[r.Burst - 1].Waiter!.Id).ToArray(),
            added.Select(r => r.Id).ToArray(),
            added.Select(r => r.Sample.Waiter!.Id).ToArray(),
            added.Select(r => r.Sample.Waiter!.Hash).ToArray(),
            added.Select(r => r.Sample.Waiter!.Name).ToArray(),
            added.Select(r => r.Sample.Waiter!.ActivityId).ToArray(),
            added.Select(r => r.Sample.Waiter!.NodeId).ToArray(),
            added.Select(r => r.Sample.Waiter!.Payload).ToArray(),
            rows.Select(r => r.Id).ToArray(),
            rows.Select(r => r.Burst + 1L).ToArray(),
            rows.Select(r => r.Sample.Stimuli).ToArray(),
            rows.Select(r => r.Sample.Entries).ToArray(),
            rows.Select(r => (long)r.Burst).ToArray(),
            now,
        ];

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }
}
