using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Embedded;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Postgres.Embedded;

/// <summary>A data home of one test, the users that the test makes of it, and what they told.</summary>
internal sealed class TestCluster : IAsyncDisposable, ILogger<EmbeddedPostgres>
{
    private readonly List<EmbeddedPostgres> users = [];
    private readonly ConcurrentQueue<string> told = new();

    public DataHome Home { get; } = new(PostgresFixtureServer.NewHome());

    /// <summary>What was logged, in order.</summary>
    public IReadOnlyCollection<string> Told => told;

    public IReadOnlyList<EmbeddedPostgres> Users => users;

    public EmbeddedPostgresOptions Options { get; set; }

    public TestCluster() => Options = Fast(Home.Root);

    /// <summary>Without <c>fsync</c>: no test pulls the plug of the machine, and a killed process loses nothing that it has written.</summary>
    public static EmbeddedPostgresOptions Fast(string home) =>
        PostgresFixtureServer.Options(home) with
        {
            Settings = ImmutableDictionary<string, string>.Empty.Add("fsync", "off"),
        };

    /// <summary>Another program that uses the server, as far as the class can tell.</summary>
    public EmbeddedPostgres NewUser()
    {
        var user = new EmbeddedPostgres(Options, this, TimeProvider.System);
        users.Add(user);
        return user;
    }

    /// <summary>Ends the postmaster as <c>kill -9</c> does, and returns its process id.</summary>
    public async Task<int> KillServerAsync(CancellationToken ct)
    {
        var pid = Postmaster.Find(Home.Data)!.Pid;
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync(ct);
        return pid;
    }

    /// <summary>Waits until the processes of a killed postmaster have ended too.</summary>
    public async Task WaitForOrphansAsync(CancellationToken ct)
    {
        while (OperatingSystem.IsLinux() && Directory.EnumerateDirectories("/proc").Any(WorksInData))
        {
            await Task.Delay(50, ct);
        }

        bool WorksInData(string process)
        {
            try
            {
                return File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName == Home.Data;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    public static Task<object?> AskAsync(string connectionString, string sql) => AskAsync(connectionString, sql, CancellationToken.None);

    public static async Task<object?> AskAsync(string connectionString, string sql, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var user in users)
        {
            await user.DisposeAsync();
        }

        if (Directory.Exists(Home.Root))
        {
            await PostgresFixtureServer.RemoveHomeAsync(Home.Root);
        }
    }

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => told.Enqueue(formatter(state, exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}
