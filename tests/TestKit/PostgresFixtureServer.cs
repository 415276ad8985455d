using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Embedded;
using ServiceLoop.Runtime.Postgres.Migrations;

namespace ServiceLoop.TestKit;

/// <summary>
/// The server behind <see cref="PostgresFixture"/>: one of its own for each test process, started at first use and removed with its data at
/// the end of the process; or the one that <c>SERVICELOOP_TEST_POSTGRES</c> names (its role must be allowed to create databases).
/// </summary>
/// <remarks>Durability is on, as in production. A test that asks otherwise starts its own with <see cref="Options"/> and settings.</remarks>
public static class PostgresFixtureServer
{
    private const string ServerVariable = "SERVICELOOP_TEST_POSTGRES";
    private const string HomePrefix = "serviceloop-test-";
    private const int PoolSize = 20;
    private const int NoTimeout = 0;

    // Classes run side by side, each with pools, runtimes and Hangfire servers of its own: together more than PostgreSQL's default of 100.
    private const string MaxConnections = "500";

    // A home without users that is younger may be about to get its first one.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private static readonly string CreateDatabase = SqlFile.Beside<PostgresFixture>("database.create");
    private static readonly string DropDatabase = SqlFile.Beside<PostgresFixture>("database.drop");

    private static readonly Lazy<Task<string>> Server = new(StartAsync);
    private static readonly Lazy<Task<string>> Template = new(MigrateTemplateAsync);

    private static string? External => Environment.GetEnvironmentVariable(ServerVariable) is { Length: > 0 } value ? value : null;

    /// <summary>Options for an embedded server in <paramref name="home"/> that shares the npm bundle with all test processes.</summary>
    public static EmbeddedPostgresOptions Options(string home) =>
        EmbeddedPostgresOptions.FromEnvironment() with
        {
            Home = home,
            BundleDirectory = Path.Combine(BundleHome(), "serviceloop-tests", "pg"),
        };

    /// <summary>A new folder for a cluster in the temp folder; <see cref="RemoveHomeAsync"/> removes it.</summary>
    public static string NewHome() => Path.Combine(Path.GetTempPath(), HomePrefix + Guid.NewGuid().ToString("N"));

    /// <summary>Stops the server of <paramref name="home"/>, whoever started it, and removes the folder.</summary>
    public static async Task RemoveHomeAsync(string home)
    {
        if (File.Exists(Path.Combine(home, "data", "postmaster.pid")))
        {
            // To attach and leave as the last user stops it in order; a cluster that no longer starts is only removed.
            var postgres = Embedded(Options(home));
            try
            {
                await postgres.StartAsync(CancellationToken.None);
            }
            catch (EmbeddedPostgresException) { }

            await postgres.DisposeAsync();
        }

        Directory.Delete(home, recursive: true);
    }

    internal static Task<string> TemplateAsync(CancellationToken ct) => Template.Value.WaitAsync(ct);

    internal static async Task<(NpgsqlDataSource Source, string Name)> CreateDatabaseAsync(string template, CancellationToken ct)
    {
        var name = $"serviceloop_test_{Guid.NewGuid():N}";
        await ExecuteTextAsync(CreateDatabase, [name, template], ct);
        return (SourceOf(await Server.Value.WaitAsync(ct), name), name);
    }

    internal static async Task<string> AddressAsync(string database, CancellationToken ct) =>
        SettingsOf(await Server.Value.WaitAsync(ct), database).ConnectionString;

    // On a server of our own the databases go with it.
    internal static Task ReleaseAsync(string database) =>
        External is null ? Task.CompletedTask : ExecuteTextAsync(DropDatabase, [database], CancellationToken.None);

    private static async Task<string> StartAsync()
    {
        if (External is { } external)
        {
            return external;
        }

        await RemoveAbandonedAsync();
        var home = NewHome();
        var options = Options(home);
        var postgres = Embedded(options with { Settings = options.Settings.SetItem("max_connections", MaxConnections) });
        var connectionString = await postgres.StartAsync(CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveOwn(postgres, home);
        return connectionString;
    }

    // The test runner gives a process ten seconds to end, then calls the run failed. Some hundred databases may take longer than that to remove:
    // a shell of its own does it, which holds none of the runner's pipes open. An orderly stop would write a checkpoint of every database first.
    private const string EndOf = """
        exec </dev/null >/dev/null 2>&1
        lock="$1/data/postmaster.pid"
        [ -e "$lock" ] && kill -QUIT "$(head -n 1 "$lock")"
        for i in $(seq 100); do [ -e "$lock" ] || break; sleep 0.1; done
        rm -rf "$1"
        """;

    private static void RemoveOwn(EmbeddedPostgres postgres, string home)
    {
        if (!OperatingSystem.IsWindows())
        {
            Process.Start("sh", ["-c", EndOf, "sh", home]).Dispose();
            return;
        }

        Task.Run(async () => await postgres.DisposeAsync()).Wait();
        Directory.Delete(home, recursive: true);
    }

    private static async Task<string> MigrateTemplateAsync()
    {
        var (source, name) = await CreateDatabaseAsync("template0", CancellationToken.None);
        await using (source)
        {
            var migrations = Migration.In(Shipped());
            await new MigrationRunner(source, migrations, NullLogger<MigrationRunner>.Instance, TimeProvider.System).RunAsync(
                CancellationToken.None
            );
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Task.Run(() => ReleaseAsync(name)).Wait();
        return name;
    }

    // Those that this test process can reach: a server under test has the same, and finds its database as a released one.
    private static IEnumerable<Assembly> Shipped() =>
        Directory
            .EnumerateFiles(AppContext.BaseDirectory, "ServiceLoop.*.dll")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name => !name!.EndsWith("Tests", StringComparison.Ordinal) && !name.EndsWith("TestKit", StringComparison.Ordinal))
            .Select(name => Assembly.Load(name!));

    // A test process that was killed leaves its server and its home. Nobody uses them any more if nobody shares users.lock.
    private static async Task RemoveAbandonedAsync()
    {
        foreach (var home in Directory.EnumerateDirectories(Path.GetTempPath(), HomePrefix + "*"))
        {
            try
            {
                var age = TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(home);
                if (age > AbandonedAfter && !IsUsed(home))
                {
                    await RemoveHomeAsync(home);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or EmbeddedPostgresException)
            {
                // Somebody else's, or being removed by somebody else: not ours to fail for.
            }
        }
    }

    private static bool IsUsed(string home)
    {
        try
        {
            using var alone = new FileStream(Path.Combine(home, "users.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task ExecuteTextAsync(string sql, string[] names, CancellationToken ct)
    {
        await using var source = SourceOf(await Server.Value.WaitAsync(ct), database: null);
        await using var compose = source.CreateCommand(sql);
        compose.Parameters.AddRange(names.Select(name => new NpgsqlParameter { Value = name }).ToArray());
        await using var command = source.CreateCommand((string)(await compose.ExecuteScalarAsync(ct))!);
        // A database is copied as fast as a busy disk lets it.
        command.CommandTimeout = NoTimeout;
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlDataSource SourceOf(string server, string? database) => NpgsqlDataSource.Create(SettingsOf(server, database));

    private static NpgsqlConnectionStringBuilder SettingsOf(string server, string? database)
    {
        var settings = new NpgsqlConnectionStringBuilder(server) { MaxPoolSize = PoolSize };
        settings.Database = database ?? settings.Database;
        return settings;
    }

    private static EmbeddedPostgres Embedded(EmbeddedPostgresOptions options) =>
        new(options, NullLogger<EmbeddedPostgres>.Instance, TimeProvider.System);

    // Root's own folders are closed to the account that runs the server.
    private static string BundleHome() =>
        Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows()
            ? "/var/lib"
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
}
