using Npgsql;
using ServiceLoop.Identity;
using ServiceLoop.Runtime.Postgres.Embedded;
using ServiceLoop.Runtime.Postgres.Migrations;
using ServiceLoop.ServiceDesk;

namespace ServiceLoop.Workflows.Start;

/// <summary>The PostgreSQL of this server: the one that the settings name, or the embedded one; migrated and ready.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly EmbeddedPostgres? embedded;

    private Database(string connectionString, EmbeddedPostgres? embedded)
    {
        ConnectionString = connectionString;
        this.embedded = embedded;
    }

    /// <summary>Where it is, for Npgsql; holds a password.</summary>
    public string ConnectionString { get; }

    /// <summary>Finds the database, starts it where it is ours, and brings it to the version of the program.</summary>
    /// <exception cref="StartException">It cannot be used; the message says why and names the cure.</exception>
    public static async Task<Database> OpenAsync(IConfiguration settings, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        var given = DatabaseAddress.Find(settings);
        var ours = given is null
            ? new EmbeddedPostgres(EmbeddedPostgresOptions.FromEnvironment(), logs.CreateLogger<EmbeddedPostgres>(), time)
            : null;

        try
        {
            var address = given ?? await ours!.StartAsync(ct);
            await PrepareAsync(address, logs, time, ct);
            return new Database(address, ours);
        }
        catch (Exception e)
        {
            if (ours is not null)
                await ours.DisposeAsync();

            throw e switch
            {
                EmbeddedPostgresException => new StartException(e.Message, e),
                MigrationException => new StartException(e.Message, e),
                NpgsqlException failure => DatabaseRefusal.Of(failure, given ?? ""),
                TimeoutException => DatabaseRefusal.Of(new NpgsqlException(e.Message, e), given ?? ""),
                _ => e,
            };
        }
    }

    /// <summary>Leaves the embedded server; one that the settings named is left alone.</summary>
    public ValueTask DisposeAsync() => embedded?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task PrepareAsync(string address, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(address);

        await using (var connection = await source.OpenConnectionAsync(ct))
            DatabaseRefusal.ThrowIfTooOld(connection.PostgreSqlVersion);

        var migrations = Migration.In(typeof(MigrationRunner).Assembly, typeof(IdentitySetup).Assembly, typeof(ServiceDeskSetup).Assembly);
        await new MigrationRunner(source, migrations, logs.CreateLogger<MigrationRunner>(), time).RunAsync(ct);
    }
}
