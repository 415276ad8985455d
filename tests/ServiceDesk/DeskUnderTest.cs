using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests;

/// <summary>The desk and the runtime on PostgreSQL, with a clock that stands until it is moved, and a pump instead of workers.</summary>
internal sealed class DeskUnderTest : IAsyncDisposable
{
    private const int MaxRounds = 5000;

    private readonly ServiceProvider services;

    private DeskUnderTest(NpgsqlDataSource source, DateTimeOffset now, Action<IServiceCollection>? more)
    {
        Clock = new(now);
        Source = source;
        var parts = new ServiceCollection()
            .AddSingleton(source)
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(new WorkflowCompiler(ActivityCatalog.WithEngineActivities(), []));
        more?.Invoke(parts);
        services = parts.AddPostgresStore().AddServiceLoopRuntime().AddServiceDesk().BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; }

    public NpgsqlDataSource Source { get; }

    /// <summary>What handlers have thrown; a test that expects none looks at it.</summary>
    public List<Exception> Failures { get; } = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<DeskUnderTest> OpenAsync(
        PostgresFixture postgres,
        DateTimeOffset now,
        Action<IServiceCollection>? more = null
    ) => new(await postgres.OpenAsync(Ct), now.ToUniversalTime(), more);

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Lets time pass from due work to due work until a moment, and does all of it.</summary>
    public async Task PassUntilAsync(DateTimeOffset moment)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            await PumpAsync();

            if (await Get<IWorkflowStore>().NextDueAsync(Ct) is not { } next || next > moment)
            {
                if (moment > Clock.GetUtcNow())
                    Clock.SetUtcNow(moment);

                await PumpAsync();
                return;
            }

            if (next > Clock.GetUtcNow())
                Clock.SetUtcNow(next);
        }

        throw new InvalidOperationException($"There was still work after {MaxRounds} rounds.");
    }

    public Task PassAsync(TimeSpan span) => PassUntilAsync(Clock.GetUtcNow() + span);

    /// <summary>Does all that is due now, and what follows from it at once.</summary>
    public async Task PumpAsync()
    {
        var (store, runner) = (Get<IWorkflowStore>(), Get<WorkRunner>());

        for (var round = 0; round < MaxRounds; round++)
        {
            var due = await store.LeaseDueAsync(Clock.GetUtcNow(), Clock.GetUtcNow().AddMinutes(5), 50, Ct);

            if (due.Count == 0)
                return;

            foreach (var work in due)
            {
                try
                {
                    await runner.RunAsync(work, Ct);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Failures.Add(e);
                    await store.BuryWorkAsync(work.Id, Clock.GetUtcNow(), e.Message, Ct);
                }
            }
        }
    }

    public async Task<T> ReadAsync<T>(string sql, params object[] values)
    {
        await using var command = Source.CreateCommand(sql);

        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });

        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);

        // Some tests fill tables, on machines that have other work.
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync(Ct);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
