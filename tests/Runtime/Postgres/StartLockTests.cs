using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Postgres;

/// <summary>Nodes that start at once.</summary>
public sealed class StartLockTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const long Key = 4711;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_second_node_waits_until_the_first_lets_go()
    {
        var database = await postgres.OpenAsync(Ct);
        await using var first = await database.OpenConnectionAsync(Ct);
        await using var second = await database.OpenConnectionAsync(Ct);
        var held = await StartLock.TakeAsync(first, Key, () => throw new InvalidOperationException("Nobody holds it."), Ct);

        var (waits, taking) = Take(second, Ct);
        await waits.WaitAsync(Patience, Ct);
        (await WaitersAsync(database)).ShouldBe(1);
        taking.IsCompleted.ShouldBeFalse();
        await held.DisposeAsync();

        await using var taken = await taking.WaitAsync(Patience, Ct);
    }

    [Fact]
    public async Task The_session_of_a_node_that_dies_lets_go()
    {
        var database = await postgres.OpenAsync(Ct);
        await using var first = await database.OpenConnectionAsync(Ct);
        await using var second = await database.OpenConnectionAsync(Ct);
        var held = await StartLock.TakeAsync(first, Key, null, Ct);
        var (waits, taking) = Take(second, Ct);
        await waits.WaitAsync(Patience, Ct);

        await using var kill = database.CreateCommand($"select pg_terminate_backend({first.ProcessID})");
        (await kill.ExecuteScalarAsync(Ct)).ShouldBe(true);

        await using var taken = await taking.WaitAsync(Patience, Ct);
        await held.DisposeAsync();
    }

    [Fact]
    public async Task A_node_that_is_stopped_while_it_waits_leaves_nothing_behind()
    {
        var database = await postgres.OpenAsync(Ct);
        await using var first = await database.OpenConnectionAsync(Ct);
        await using var second = await database.OpenConnectionAsync(Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using (await StartLock.TakeAsync(first, Key, null, Ct))
        {
            var (waits, taking) = Take(second, stop.Token);
            await waits.WaitAsync(Patience, Ct);
            (await WaitersAsync(database)).ShouldBe(1);

            await stop.CancelAsync();

            await Should.ThrowAsync<OperationCanceledException>(taking);
        }

        await using var third = await database.OpenConnectionAsync(Ct);
        await using var taken = await StartLock.TakeAsync(third, Key, null, Ct).WaitAsync(Patience, Ct);
    }

    private static (Task Waits, Task<StartLock> Taking) Take(NpgsqlConnection session, CancellationToken ct)
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (waits.Task, StartLock.TakeAsync(session, Key, waits.SetResult, ct));
    }

    /// <summary>Sessions that wait for a lock in this database, once there are some.</summary>
    private static async Task<long> WaitersAsync(NpgsqlDataSource database)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);

        while (true)
        {
            await using var command = database.CreateCommand(
                "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())"
            );

            if (await command.ExecuteScalarAsync(patience.Token) is long and > 0 and var found)
                return found;

            await Task.Delay(20, patience.Token);
        }
    }
}
