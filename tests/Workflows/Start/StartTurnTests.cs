using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Tests.Start;

/// <summary>Nodes that start at once on a fresh database.</summary>
public sealed class StartTurnTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_waits_with_what_a_fresh_database_lacks_until_another_has_brought_it_in()
    {
        await using var database = await server.DatabaseAsync(Ct);
        await using var session = await database.OpenConnectionAsync(Ct);
        var turn = await StartLock.TakeAsync(session, Server.FreshDatabase, null, Ct);
        var starting = Task.Run(() => server.ClientAsync(Ct), Ct);

        (await WaitersAsync(database)).ShouldBe(1);
        starting.IsCompleted.ShouldBeFalse();
        await turn.DisposeAsync();

        (await (await starting).GetAsync("/health/ready".Local(), Ct)).IsSuccessStatusCode.ShouldBeTrue();
        await using var again = await StartLock.TakeAsync(session, Server.FreshDatabase, null, Ct);
    }

    /// <summary>Sessions that wait for the turn, once there are some.</summary>
    private static async Task<long> WaitersAsync(Npgsql.NpgsqlDataSource database)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(180));

        while (true)
        {
            await using var command = database.CreateCommand(
                "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())"
            );

            if (await command.ExecuteScalarAsync(patience.Token) is long and > 0 and var found)
                return found;

            await Task.Delay(50, patience.Token);
        }
    }
}
