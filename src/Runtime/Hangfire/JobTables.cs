using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Runtime.Hangfire;

/// <summary>Hangfire's tables: made and changed by Hangfire itself, after our start, one node at a time.</summary>
/// <param name="connectionString">The database.</param>
internal sealed class JobTables(string connectionString)
{
    public const string Schema = "hangfire";

    // "SLHangfi" in ASCII.
    private const long LockKey = 0x534C4861_6E676669;

    // Hangfire's statements take milliseconds. One that waits longer waits for a lock, and the work goes another way. Set on the server, because some
    // of Hangfire's commands have no timeout of their own.
    private const string Patience = "-c lock_timeout=5000 -c statement_timeout=60000";

    // Workers, schedulers, heartbeats, and the dashboard.
    private const int PoolSize = 20;

    private static readonly TimeSpan KeepDone = TimeSpan.FromHours(6);

    private static readonly string Tune = SqlFile.Beside<JobTables>("hangfire.tune");

    /// <summary>The storage; opens no connection yet.</summary>
    public JobStorage Open()
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "serviceloop-hangfire",
            MaxPoolSize = PoolSize,
        };
        settings.Options = $"{settings.Options} {Patience}".Trim();
        var options = new PostgreSqlStorageOptions
        {
            SchemaName = Schema,
            PrepareSchemaIfNecessary = false,
            QueuePollInterval = TimeSpan.FromSeconds(1),
            InvisibilityTimeout = TimeSpan.FromSeconds(60),
            UseSlidingInvisibilityTimeout = true,
            DistributedLockTimeout = TimeSpan.FromSeconds(60),
            EnableLongPolling = false,
            UseNativeDatabaseTransactions = true,
            EnableTransactionScopeEnlistment = true,
            JobExpirationCheckInterval = TimeSpan.FromMinutes(15),
            CountersAggregateInterval = TimeSpan.FromMinutes(1),
            DeleteExpiredBatchSize = 5000,
            AllowDegradedModeWithoutStorage = false,
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(settings.ConnectionString, options), options)
        {
            JobExpirationTimeout = KeepDone,
        };
    }

    /// <summary>Makes the tables, or brings them to the version of the package. Any number of nodes may call it at once.</summary>
    public async Task PrepareAsync(CancellationToken ct)
    {
        // Hangfire's statements, too, take as long as they take.
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await using var turn = await StartLock.TakeAsync(connection, LockKey, null, ct);
        PostgreSqlObjectsInstaller.Install(connection, Schema);
        await using var command = new NpgsqlCommand(Tune, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
