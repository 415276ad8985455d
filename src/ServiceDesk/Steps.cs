using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.ServiceDesk;

/// <summary>Statements of one transaction of the desk (<see cref="Database.TransactionAsync"/>).</summary>
internal static class Steps
{
    /// <summary>Executes a statement.</summary>
    /// <returns>Rows affected.</returns>
    public static async Task<int> DoAsync(
        this NpgsqlConnection connection,
        string sql,
        CancellationToken ct,
        params NpgsqlParameter[] parameters
    )
    {
        await using var command = CommandOf(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Reads rows.</summary>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> rowOf,
        CancellationToken ct,
        params NpgsqlParameter[] parameters
    )
    {
        await using var command = CommandOf(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();

        while (await reader.ReadAsync(ct))
            rows.Add(rowOf(reader));

        return rows;
    }

    /// <summary>Adds work that is there if and only if the transaction commits.</summary>
    public static async Task AskAsync(this NpgsqlConnection connection, IReadOnlyList<NewWork> work, CancellationToken ct)
    {
        if (work.Count == 0)
            return;

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(WorkRowsCommand.Adding(work));
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlCommand CommandOf(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);

        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }
}
