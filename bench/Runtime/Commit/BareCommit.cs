using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Runtime.Bench.Commit;

/// <summary>The ceiling: one connection that writes the rows of a group of bursts again and again, without queue, callers or losers.</summary>
internal sealed class BareCommit : IAsyncDisposable
{
    private const string Prefix = "bar";
    private static readonly string Statement = SqlFile.Beside<BareCommit>("bare.commit");

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;
    private readonly int size;
    private readonly long[] versions;
    private readonly string[] ids;
    private readonly string[] hashes;
    private int next;

    private BareCommit(NpgsqlConnection connection, int size, long[] versions)
    {
        this.connection = connection;
        this.size = size;
        this.versions = versions;
        ids = [.. Enumerable.Range(1, BurstRows.Instances).Select(n => BurstRows.Id(Prefix, n))];
        hashes = [.. ids.Select(BurstRows.Hash)];
        command = new NpgsqlCommand(Statement, connection);

        foreach (
            var type in new[]
            {
                NpgsqlDbType.Text,
                NpgsqlDbType.Bigint,
                NpgsqlDbType.Bytea,
                NpgsqlDbType.TimestampTz,
                NpgsqlDbType.Bigint,
                NpgsqlDbType.Bigint,
                NpgsqlDbType.Text,
                NpgsqlDbType.TimestampTz,
                NpgsqlDbType.Bytea,
                NpgsqlDbType.Text,
                NpgsqlDbType.Text,
                NpgsqlDbType.Bigint,
                NpgsqlDbType.TimestampTz,
                NpgsqlDbType.Bytea,
                NpgsqlDbType.Bytea,
                NpgsqlDbType.Bigint,
            }
        )
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <param name="database">Filled with instances of the prefix "bar".</param>
    /// <param name="size">Bursts in a group.</param>
    /// <param name="versions">Row versions, from instance 1 on; kept up to date.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<BareCommit> OpenAsync(NpgsqlDataSource database, int size, long[] versions, CancellationToken ct)
    {
        var bare = new BareCommit(await database.OpenConnectionAsync(ct), size, versions);
        bare.Fill();
        await bare.command.PrepareAsync(ct);
        return bare;
    }

    /// <summary>Writes one group.</summary>
    /// <returns>How many bursts.</returns>
    public async Task<int> WriteAsync(CancellationToken ct)
    {
        Fill();
        await command.ExecuteNonQueryAsync(ct);
        return size;
    }

    public async ValueTask DisposeAsync()
    {
        await command.DisposeAsync();
        await connection.DisposeAsync();
    }

    private void Fill()
    {
        var now = BurstRows.Now.UtcDateTime;
        var rows = Enumerable.Range(next, size).Select(i => i % ids.Length).ToArray();
        var timed = rows.Where(i => BurstRows.DueAt(versions[i] + 1) is not null).ToArray();
        object[] values =
        [
            rows.Select(i => ids[i]).ToArray(),
            rows.Select(i => versions[i]).ToArray(),
            rows.Select(_ => BurstRows.State).ToArray(),
            rows.Select(_ => now).ToArray(),
            rows.Select(i => versions[i]).ToArray(),
            rows.Select(i => versions[i] + 1).ToArray(),
            rows.Select(i => hashes[i]).ToArray(),
            rows.Select(i => BurstRows.DueAt(versions[i] + 1)?.UtcDateTime).ToArray(),
            rows.Select(_ => BurstRows.Payload).ToArray(),
            timed.Select(i => $"t:{ids[i]}:{versions[i] + 1}").ToArray(),
            timed.Select(i => ids[i]).ToArray(),
            timed.Select(i => versions[i] + 1).ToArray(),
            timed.Select(i => BurstRows.DueAt(versions[i] + 1)!.Value.UtcDateTime).ToArray(),
            rows.Select(_ => BurstRows.Stimuli).ToArray(),
            rows.Select(_ => BurstRows.Entries).ToArray(),
            rows.Select(i => versions[i]).ToArray(),
        ];

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];

        if (command.IsPrepared)
        {
            foreach (var i in rows)
                versions[i]++;

            next = (next + size) % ids.Length;
        }
    }
}
