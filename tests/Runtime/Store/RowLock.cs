using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

/// <summary>Holds the row of an instance, so that a writer stops there.</summary>
internal sealed class RowLock : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private bool isReleased;

    private RowLock(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (this.connection, this.transaction) = (connection, transaction);

    /// <summary>What waits for the row; awaited after the release.</summary>
    public Task<CommitResult>? Released { get; set; }

    public static async Task<RowLock> TakeAsync(NpgsqlDataSource database, string instance, CancellationToken ct)
    {
        var holder = await database.OpenConnectionAsync(ct);
        var held = await holder.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand("select id from workflow_instance where id = $1 for update", holder, held)
        {
            Parameters = { new() { Value = instance } },
        };
        await command.ExecuteNonQueryAsync(ct);
        return new(holder, held);
    }

    /// <summary>Returns when a session waits for the row.</summary>
    /// <returns>Its process on the server.</returns>
    public Task<int> SomebodyWaitsAsync(NpgsqlDataSource database, CancellationToken ct) => SomebodyElseWaitsAsync(database, 0, ct);

    /// <summary>Returns when a session other than <paramref name="than"/> waits for the row, and that one no longer does.</summary>
    public async Task<int> SomebodyElseWaitsAsync(NpgsqlDataSource database, int than, CancellationToken ct)
    {
        const int MostLooks = 2000;
        for (var looks = 0; looks < MostLooks; looks++)
        {
            await using var command = database.CreateCommand(
                "select case when count(*) = 1 and min(pid) <> $2 then min(pid) end from pg_stat_activity where $1 = any(pg_blocking_pids(pid))"
            );
            command.Parameters.Add(new() { Value = connection.ProcessID });
            command.Parameters.Add(new() { Value = than });

            if (await command.ExecuteScalarAsync(ct) is int pid)
                return pid;

            await Task.Delay(5, ct);
        }

        throw new TimeoutException("Nobody came to wait for the row.");
    }

    public async ValueTask DisposeAsync()
    {
        if (isReleased)
            return;

        isReleased = true;
        await transaction.RollbackAsync();
        await connection.DisposeAsync();

        if (Released is not null)
            (await Released).ShouldBe(CommitResult.Committed);
    }
}
