using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>Single statements on pooled connections, with the errors of the server as callers of the store know them.</summary>
public sealed class Database(NpgsqlDataSource source, PostgresStoreOptions options)
{
    // A pooled connection may have died while it was idle. What may be repeated is repeated once on another.
    private const int MaxAttempts = 2;

    private static readonly string FitPlan = SqlFile.Beside<Database>("plan.fit");

    /// <summary>Executes a statement that may run twice without harm.</summary>
    /// <returns>Rows affected.</returns>
    public Task<int> RepeatableAsync(string sql, CancellationToken ct, params NpgsqlParameter[] parameters) =>
        RunAsync(MaxAttempts, sql, (command, token) => command.ExecuteNonQueryAsync(token), parameters, ct);

    /// <summary>Executes a statement that must not run twice.</summary>
    /// <returns>Rows affected.</returns>
    public Task<int> OnceAsync(string sql, CancellationToken ct, params NpgsqlParameter[] parameters) =>
        RunAsync(1, sql, (command, token) => command.ExecuteNonQueryAsync(token), parameters, ct);

    /// <summary>Executes a statement that must not run twice, for one value.</summary>
    /// <returns>Null for no row or null.</returns>
    public Task<object?> OnceForValueAsync(string sql, CancellationToken ct, params NpgsqlParameter[] parameters) =>
        RunAsync(1, sql, (command, token) => command.ExecuteScalarAsync(token), parameters, ct);

    /// <summary>Reads one value.</summary>
    /// <returns>Null for no row or null.</returns>
    public Task<object?> ReadValueAsync(string sql, CancellationToken ct, params NpgsqlParameter[] parameters) =>
        RunAsync(MaxAttempts, sql, (command, token) => command.ExecuteScalarAsync(token), parameters, ct);

    /// <summary>Reads rows.</summary>
    public Task<IReadOnlyList<T>> ReadAsync<T>(
        string sql,
        Func<NpgsqlDataReader, T> rowOf,
        CancellationToken ct,
        params NpgsqlParameter[] parameters
    ) => RunAsync(MaxAttempts, sql, (command, token) => ReadAllAsync(command, rowOf, token), parameters, ct);

    /// <summary>Reads rows by a statement with many optional parameters, planned for their values in this very call.</summary>
    public Task<IReadOnlyList<T>> ReadFittedAsync<T>(
        string sql,
        Func<NpgsqlDataReader, T> rowOf,
        CancellationToken ct,
        params NpgsqlParameter[] parameters
    ) =>
        GuardAsync(
            MaxAttempts,
            async connection =>
            {
                await using var batch = new NpgsqlBatch(connection) { Timeout = (int)options.CommandTimeout.TotalSeconds };
                batch.BatchCommands.Add(new NpgsqlBatchCommand(FitPlan));
                var command = new NpgsqlBatchCommand(sql);
                batch.BatchCommands.Add(command);

                foreach (var parameter in parameters)
                    command.Parameters.Add(parameter.Collection is null ? parameter : parameter.Clone());

                try
                {
                    await using var reader = await batch.ExecuteReaderAsync(ct);
                    await reader.NextResultAsync(ct);
                    return await RowsAsync(reader, rowOf, ct);
                }
                finally
                {
                    command.Parameters.Clear();
                }
            },
            ct
        );

    /// <summary>Runs several statements in one transaction that must not run twice.</summary>
    public Task TransactionAsync(Func<NpgsqlConnection, NpgsqlTransaction, Task> work, CancellationToken ct) =>
        GuardAsync(
            1,
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(ct);
                await work(connection, transaction);
                await transaction.CommitAsync(ct);
                return 0;
            },
            ct
        );

    private static async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        NpgsqlCommand command,
        Func<NpgsqlDataReader, T> rowOf,
        CancellationToken ct
    )
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await RowsAsync(reader, rowOf, ct);
    }

    private static async Task<IReadOnlyList<T>> RowsAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> rowOf, CancellationToken ct)
    {
        var rows = new List<T>();

        while (await reader.ReadAsync(ct))
            rows.Add(rowOf(reader));

        return rows;
    }

    private Task<T> RunAsync<T>(
        int attempts,
        string sql,
        Func<NpgsqlCommand, CancellationToken, Task<T>> execute,
        NpgsqlParameter[] parameters,
        CancellationToken ct
    ) =>
        GuardAsync(
            attempts,
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)options.CommandTimeout.TotalSeconds };

                foreach (var parameter in parameters)
                    command.Parameters.Add(parameter.Collection is null ? parameter : parameter.Clone());

                try
                {
                    return await execute(command, ct);
                }
                finally
                {
                    command.Parameters.Clear();
                }
            },
            ct
        );

    private async Task<T> GuardAsync<T>(int attempts, Func<NpgsqlConnection, Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                return await work(connection);
            }
            catch (Exception error) when (ServerFault.IsMomentary(error) && attempt <= MaxAttempts)
            {
                // Rolled back by the server: nothing happened, whatever the statement.
            }
            catch (Exception error) when (ServerFault.IsUnavailable(error) && !ct.IsCancellationRequested)
            {
                if (attempt >= attempts)
                    throw ServerFault.Unavailable(error);
            }
        }
    }
}

/// <summary>Short names for parameters.</summary>
public static class Arg
{
    public static NpgsqlParameter Text(string? value) => Of(value, NpgsqlDbType.Text);

    public static NpgsqlParameter Number(long? value) => Of(value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Integer(int value) => Of(value, NpgsqlDbType.Integer);

    public static NpgsqlParameter IntegerOrNull(int? value) => Of(value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Small(short? value) => Of(value, NpgsqlDbType.Smallint);

    public static NpgsqlParameter Flag(bool? value) => Of(value, NpgsqlDbType.Boolean);

    public static NpgsqlParameter Time(DateTimeOffset? value) => Of(value?.UtcDateTime, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Texts(IEnumerable<string?> values) => Of(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static NpgsqlParameter Numbers(IReadOnlyList<long> values) => Of(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static NpgsqlParameter Integers(IEnumerable<int> values) => Of(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public static NpgsqlParameter SomeIntegers(IEnumerable<int?> values) => Of(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public static NpgsqlParameter Smalls(IEnumerable<short> values) => Of(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Smallint);

    public static NpgsqlParameter Jsons(IEnumerable<string> values) => Of(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Jsonb);

    /// <summary>Null for none.</summary>
    public static NpgsqlParameter SomeTexts(IReadOnlyCollection<string> values) =>
        Of(values.Count == 0 ? null : values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static NpgsqlParameter Flags(IEnumerable<bool> values) => Of(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Boolean);

    public static NpgsqlParameter Blob(ReadOnlyMemory<byte> value) => Of(Bytes.Of(value), NpgsqlDbType.Bytea);

    public static NpgsqlParameter Blobs(IEnumerable<ReadOnlyMemory<byte>> values) =>
        Of(values.Select(Bytes.Of).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    public static NpgsqlParameter Times(IEnumerable<DateTimeOffset?> values) =>
        Of(values.Select(Moment.Of).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter TextsOrNull(string[]? values) => Of(values, NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static NpgsqlParameter SmallsOrNull(short[]? values) => Of(values, NpgsqlDbType.Array | NpgsqlDbType.Smallint);

    public static NpgsqlParameter TimesOrNull(IReadOnlyList<DateTimeOffset>? values) =>
        Of(values?.Select(v => v.UtcDateTime).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);

    private static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

/// <summary>Columns that may be null.</summary>
public static class Nullable
{
    public static string? FindText(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static DateTimeOffset? FindTime(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    public static DateTimeOffset GetTime(this DbDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    public static byte[] GetBlob(this DbDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);
}
