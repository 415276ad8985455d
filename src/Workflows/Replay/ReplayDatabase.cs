using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Embedded;
using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Replay;

/// <summary>A database that is made for a replay, on the server that is named or on an embedded one, and removed with it.</summary>
internal sealed class ReplayDatabase : IAsyncDisposable
{
    private static readonly string Create = SqlFile.Beside<ReplayDatabase>("database.create");
    private static readonly string Hasten = SqlFile.Beside<ReplayDatabase>("database.hasten");
    private static readonly string Drop = SqlFile.Beside<ReplayDatabase>("database.drop");

    private const int NoTimeout = 0;

    private readonly EmbeddedPostgres? embedded;
    private readonly string server;

    private ReplayDatabase(EmbeddedPostgres? embedded, string server, string name) =>
        (this.embedded, this.server, Name, Address) = (
            embedded,
            server,
            name,
            new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString
        );

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its address; holds a password.</summary>
    public string Address { get; }

    /// <summary>Makes one.</summary>
    /// <param name="address">Address of the server; null: as the settings say.</param>
    /// <param name="folder">Where an embedded server keeps its data.</param>
    /// <param name="name">Name of the database.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StartException">The server cannot be used.</exception>
    public static async Task<ReplayDatabase> MakeAsync(string? address, string folder, string name, CancellationToken ct)
    {
        var given = DatabaseAddress.Find(ReplayCommand.Settings(address));
        var options = EmbeddedPostgresOptions.FromEnvironment();
        var own = given is null
            ? new EmbeddedPostgres(
                options with
                {
                    Home = Path.Combine(folder, "postgres"),
                    // The programs of the server are downloaded once for all replays.
                    BundleDirectory = options.BundleDirectory ?? (options.Home is { } home ? Path.Combine(home, "pg") : null),
                },
                NullLogger<EmbeddedPostgres>.Instance,
                TimeProvider.System
            )
            : null;

        try
        {
            var place = given ?? await own!.StartAsync(ct);
            await ExecuteAsync(place, Create, name, ct);
            await ExecuteAsync(place, Hasten, name, ct);
            return new(own, place, name);
        }
        catch (Exception e)
        {
            if (own is not null)
                await own.DisposeAsync();

            throw e switch
            {
                EmbeddedPostgresException => new StartException(e.Message, e),
                NpgsqlException failure => DatabaseRefusal.Of(failure, given ?? ""),
                _ => e,
            };
        }
    }

    /// <summary>Removes it from a server of others; leaves an embedded server with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (embedded is not null)
            await embedded.DisposeAsync();
        else
            await ExecuteAsync(server, Drop, Name, CancellationToken.None);
    }

    private static async Task ExecuteAsync(string server, string sql, string name, CancellationToken ct)
    {
        // Making and removing a database wait for a checkpoint of the whole server, which takes as long as it takes.
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(server) { Pooling = false, CommandTimeout = NoTimeout }
        );
        await using var asking = source.CreateCommand(sql);
        asking.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        var statement = (string)(await asking.ExecuteScalarAsync(ct))!;
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(ct);
    }
}
