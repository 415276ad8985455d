using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Embedded;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests.Crash;

/// <summary>A PostgreSQL of the test's own, with production's durability, that can be killed and comes back at the same address.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly string home = PostgresFixtureServer.NewHome();
    private EmbeddedPostgres? server;

    public string Address { get; private set; } = "";

    public static async Task<Database> StartAsync(CancellationToken ct)
    {
        var database = new Database();
        await database.RestartAsync(ct);
        return database;
    }

    /// <summary>Kills the server in the middle of whatever it does, and starts it again.</summary>
    public async Task KillAndRestartAsync(CancellationToken ct)
    {
        var id = File.ReadLines(Path.Combine(home, "data", "postmaster.pid")).First();
        using (var kill = Process.Start("kill", ["-KILL", id]))
            await kill.WaitForExitAsync(ct);

        await server!.DisposeAsync();
        await RestartAsync(ct);
    }

    public async Task<long> CountAsync(string sql, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(Address);
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    public async Task<List<string>> ListAsync(string sql, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(Address);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var values = new List<string>();

        while (await reader.ReadAsync(ct))
            values.Add(reader.GetString(0));

        return values;
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        await PostgresFixtureServer.RemoveHomeAsync(home);
    }

    private async Task RestartAsync(CancellationToken ct)
    {
        server = new EmbeddedPostgres(PostgresFixtureServer.Options(home), NullLogger<EmbeddedPostgres>.Instance, TimeProvider.System);
        var address = await server.StartAsync(ct);

        if (Address.Length > 0 && address != Address)
            throw new InvalidOperationException($"The server came back elsewhere: {address} instead of {Address}.");

        Address = address;
    }
}
