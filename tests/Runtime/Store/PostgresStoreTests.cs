using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Store;

public sealed class PostgresStoreTests(PostgresFixture postgres) : WorkflowStoreTests, IClassFixture<PostgresFixture>
{
    private PostgresStore? store;

    protected override async Task<IWorkflowStore> OpenAsync()
    {
        var database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        return store = StoreUnderTest.Open(database);
    }

    protected override ValueTask CloseAsync() => store?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The same with two writers and readers and tiny groups: what a caller sees must not depend on it.</summary>
public sealed class PostgresStoreWithManyWritersTests(PostgresFixture postgres) : WorkflowStoreTests, IClassFixture<PostgresFixture>
{
    private PostgresStore? store;

    protected override async Task<IWorkflowStore> OpenAsync()
    {
        var database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        return store = StoreUnderTest.Open(
            database,
            new()
            {
                Writers = 2,
                Readers = 2,
                MaxGroup = 3,
            }
        );
    }

    protected override ValueTask CloseAsync() => store?.DisposeAsync() ?? ValueTask.CompletedTask;
}

internal static class StoreUnderTest
{
    public static PostgresStore Open(NpgsqlDataSource database, PostgresStoreOptions? options = null, params IRecordWriter[] writers) =>
        new(database, writers, options ?? new(), NullLogger<PostgresStore>.Instance);

    public static async Task ClearAsync(NpgsqlDataSource database, CancellationToken ct) =>
        await RunAsync(
            database,
            "truncate workflow_instance, run_task, migration_run, migration_item, bookmark, work, journal, guard, definition_version, definition_publication, workflow_trigger restart identity cascade",
            ct
        );

    public static async Task RunAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<T> AskAsync<T>(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }
}
