using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceLoop.Runtime.Postgres.Migrations;

/// <summary>Brings a database to the version of the program. Any number of nodes may call it at once: one works, the others wait for it.</summary>
/// <remarks>
/// Forward only, each migration in a transaction of its own together with its row in <c>schema_migration</c>; a node that dies leaves
/// whole migrations. Works in the first schema of the connection's <c>search_path</c>.
/// </remarks>
public sealed class MigrationRunner(
    NpgsqlDataSource database,
    ImmutableArray<Migration> migrations,
    ILogger<MigrationRunner> logger,
    TimeProvider time
)
{
    // "ServLoop" in ASCII. Other programs in the same database do not use it by chance.
    private const long LockKey = 0x53657276_4C6F6F70;

    private const int NoTimeout = 0;

    private static readonly string CreateTable = SqlFile.Beside<MigrationRunner>("schema_migration.create");
    private static readonly string ListApplied = SqlFile.Beside<MigrationRunner>("schema_migration.list");
    private static readonly string InsertApplied = SqlFile.Beside<MigrationRunner>("schema_migration.insert");

    private readonly ImmutableArray<Migration> ordered = Migration.Ordered(migrations);

    /// <summary>Applies what is missing.</summary>
    /// <returns>How many migrations this call applied; 0 if the database was up to date.</returns>
    /// <exception cref="MigrationException">An applied file was changed or is unknown, or a migration failed; everything before it is kept.</exception>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var turn = await StartLock.TakeAsync(connection, LockKey, () => Log.WaitingForMigrations(logger), ct);

        await ExecuteAsync(connection, null, CreateTable, [], ct);
        var missing = Missing(await ListAsync(connection, ct));
        foreach (var migration in missing)
        {
            await ApplyAsync(connection, migration, ct);
        }

        Log.Migrated(logger, ordered.LastOrDefault()?.Version ?? 0, missing.Length);
        return missing.Length;
    }

    private ImmutableArray<Migration> Missing(IReadOnlyList<Applied> applied)
    {
        var known = ordered.ToDictionary(migration => migration.Version);
        foreach (var row in applied)
        {
            if (!known.TryGetValue(row.Version, out var migration))
            {
                throw new MigrationException(
                    $"The database has migration {row.Version:0000}_{row.Name}, which this program does not know: it was migrated by a newer version. "
                        + $"This program ends at {ordered.LastOrDefault()?.ToString() ?? "none"}. Start the newer version, or restore a backup from before."
                );
            }

            if (migration.Checksum != row.Checksum)
            {
                throw new MigrationException(
                    $"Migration {migration} was changed after it was applied: its checksum is {migration.Checksum}, the database has {row.Checksum}. "
                        + "Restore the file as it was released and put the change into a new migration."
                );
            }
        }

        var last = applied.Count == 0 ? 0 : applied[^1].Version;
        var missing = ordered.RemoveAll(migration => applied.Any(row => row.Version == migration.Version));
        return missing.FirstOrDefault(migration => migration.Version < last) is { } late
            ? throw new MigrationException(
                $"Migration {late} is missing from the database, which is at version {last} already. Migrations only go forward: give it a number above {last}."
            )
            : missing;
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken ct)
    {
        Log.Migrating(logger, migration.ToString());
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            await ExecuteAsync(connection, transaction, migration.Text, [], ct);
            await ExecuteAsync(
                connection,
                transaction,
                InsertApplied,
                [migration.Version, migration.Name, migration.Checksum, time.GetUtcNow()],
                ct
            );
            await transaction.CommitAsync(ct);
        }
        catch (PostgresException error)
        {
            throw new MigrationException(
                $"Migration {migration} failed and was rolled back: {error.SqlState} {error.MessageText} {error.Detail} {error.Hint}".TrimEnd()
                    + " The database is at the version before it; correct the cause and start again.",
                error
            );
        }
    }

    private static async Task<IReadOnlyList<Applied>> ListAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = Command(connection, null, ListApplied, []);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var applied = new List<Applied>();
        while (await reader.ReadAsync(ct))
        {
            applied.Add(new(reader.GetInt32(0), reader.GetString(1), reader.GetString(2)));
        }

        return applied;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        string sql,
        object[] values,
        CancellationToken ct
    )
    {
        await using var command = Command(connection, transaction, sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }

    // Building an index on a large table takes as long as it takes.
    private static NpgsqlCommand Command(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = NoTimeout };
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    private sealed record Applied(int Version, string Name, string Checksum);
}
