using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Identity;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Embedded;
using ServiceLoop.Runtime.Postgres.Migrations;

namespace ServiceLoop.Runtime.Bench.Server;

/// <summary>An embedded PostgreSQL with default durability in a folder of its own, removed at the end.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private static readonly string Version = SqlFile.Beside<BenchServer>("server.version");
    private static readonly string BinFolder = SqlFile.Beside<BenchServer>("server.bin_folder");

    private static readonly string Size = SqlFile.Beside<BenchServer>("server.size");

    private readonly string home;
    private readonly EmbeddedPostgres server;

    private BenchServer(string home, EmbeddedPostgres server, string connectionString)
    {
        this.home = home;
        this.server = server;
        ConnectionString = connectionString;
        Database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 40 });
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource Database { get; }

    public static async Task<BenchServer> StartAsync(CancellationToken ct)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"serviceloop-bench-{Guid.NewGuid():N}");
        var options = EmbeddedPostgresOptions.FromEnvironment() with { Home = folder };
        var embedded = new EmbeddedPostgres(options, NullLogger<EmbeddedPostgres>.Instance, TimeProvider.System);
        var started = new BenchServer(folder, embedded, await embedded.StartAsync(ct));
        await MigrateAsync(started.Database, ct);
        return started;
    }

    /// <summary>Makes another database on it, migrated.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> AddDatabaseAsync(string name, CancellationToken ct)
    {
        var address = await AddEmptyDatabaseAsync(name, ct);
        await using var database = NpgsqlDataSource.Create(address);
        await MigrateAsync(database, ct);
        return address;
    }

    /// <summary>Makes another database on it, not migrated.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> AddEmptyDatabaseAsync(string name, CancellationToken ct)
    {
        await using (var command = Database.CreateCommand($"create database {name}"))
            await command.ExecuteNonQueryAsync(ct);

        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Processor time of all processes of the server so far; zero where nobody tells.</summary>
    public TimeSpan ProcessorTime() => ServerProcesses.TimeOf(home);

    /// <summary>Bytes of a database.</summary>
    public static async Task<long> SizeAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Size);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The version, and that a commit is durable when it returns.</summary>
    public Task<string> DescribeAsync(CancellationToken ct) => AskAsync(Version, ct);

    /// <summary>A program that comes with the server, for example <c>pgbench</c>; null when it does not.</summary>
    public async Task<string?> FindProgramAsync(string name, CancellationToken ct)
    {
        var path = Path.Combine(await AskAsync(BinFolder, ct), name);
        return File.Exists(path) ? path : null;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await server.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    private static Task MigrateAsync(NpgsqlDataSource database, CancellationToken ct) =>
        new MigrationRunner(
            database,
            Migration.In(typeof(MigrationRunner).Assembly, typeof(IdentitySetup).Assembly, typeof(ServiceDesk.ServiceDeskSetup).Assembly),
            NullLogger<MigrationRunner>.Instance,
            TimeProvider.System
        ).RunAsync(ct);

    private async Task<string> AskAsync(string sql, CancellationToken ct)
    {
        await using var command = Database.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }
}
