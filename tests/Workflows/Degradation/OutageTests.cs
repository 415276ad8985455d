using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Embedded;
using ServiceLoop.TestKit;
using ServiceLoop.Workflows.Tests.Api;
using static ServiceLoop.Workflows.Tests.Flows;

namespace ServiceLoop.Workflows.Tests.Degradation;

/// <summary>What people see while the database is gone, only reads, or has locked tables; and that all goes on by itself.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_database_is_gone_every_door_says_503_and_work_goes_on_when_it_is_back()
    {
        var home = PostgresFixtureServer.NewHome();

        try
        {
            await using var postgres = new EmbeddedPostgres(
                PostgresFixtureServer.Options(home),
                NullLogger<EmbeddedPostgres>.Instance,
                TimeProvider.System
            );
            var address = await postgres.StartAsync(Ct);
            await using var server = ServerProcess.Start(("ConnectionStrings__Default", address));
            using var client = await server.ConnectAsync(Ct);
            await client.PublishAsync(
                Ct,
                Sequence("sleeper", Delay("Nap", TimeSpan.FromSeconds(2))),
                Sequence("door", Endpoint("In", "door")),
                Sequence("listener", Event("E", "e"))
            );
            var sleeper = await AnswersApiTests.StartAsync(client, "sleeper");

            await postgres.StopAsync(Ct);
            var doors = await Task.WhenAll(
                client.PostAsync("/workflows/door".Local(), null, Ct),
                client.PostJsonAsync("/elsa/api/workflow-definitions/listener/execute", "{}", Ct),
                client.PostJsonAsync("/elsa/api/workflow-definitions/listener/dispatch", "{}", Ct),
                client.PostJsonAsync("/elsa/api/events/e/trigger", "{}", Ct),
                client.PostJsonAsync("/elsa/api/tasks/nobody:3/complete", "{}", Ct),
                client.PostJsonAsync($"/elsa/api/cancel/workflow-instances/{sleeper}", "{}", Ct),
                client.GetAsync("/elsa/api/workflow-instances".Local(), Ct),
                client.SaveAsync(Sequence("new", RunTask("T", "t")), publish: true, Ct),
                client.GetAsync("/api/operations/work/buried".Local(), Ct)
            );
            var live = await client.GetAsync("/health/live".Local(), Ct);
            var ready = await client.GetAsync("/health/ready".Local(), Ct);

            foreach (var door in doors)
            {
                door.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, door.RequestMessage!.RequestUri!.PathAndQuery);
                (await door.CodeAsync(Ct)).ShouldBe("store.unavailable");
                door.Headers.RetryAfter.ShouldNotBeNull().Delta!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
            }

            live.StatusCode.ShouldBe(HttpStatusCode.OK);
            ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

            // The timer is due while nobody can fire it.
            await Task.Delay(TimeSpan.FromSeconds(2), Ct);
            await postgres.StartAsync(Ct);

            await ReadyAsync(client);
            await client.UntilAsync(sleeper, "Finished", Ct);
            (await client.PostAsync("/workflows/door".Local(), null, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
            server.Signal("TERM");
            (await server.ExitAsync(Ct)).ShouldBe(0);
        }
        finally
        {
            await PostgresFixtureServer.RemoveHomeAsync(home);
        }
    }

    [Fact]
    public async Task While_the_database_only_reads_doors_that_write_say_503()
    {
        await using var server = new TestServer();
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(Ct, Sequence("writer", Event("E", "e")));
        var id = await AnswersApiTests.StartAsync(client, "writer");
        var database = await server.DatabaseAsync(Ct);

        await ReadOnlyAsync(database, "on");
        var start = await client.PostJsonAsync("/elsa/api/workflow-definitions/writer/execute", "{}", Ct);
        var look = await client.GetAsync($"/elsa/api/workflow-instances/{id}".Local(), Ct);
        var ready = await client.GetAsync("/health/ready".Local(), Ct);
        await ReadOnlyAsync(database, "off");

        start.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await start.CodeAsync(Ct)).ShouldBe("store.unavailable");
        look.StatusCode.ShouldBe(HttpStatusCode.OK);
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await ReadyAsync(client);
        await client.PostJsonAsync("/elsa/api/events/e/trigger", "{}", Ct);
        await client.UntilAsync(id, "Finished", Ct);
    }

    [Fact]
    public async Task While_hangfires_tables_are_locked_requests_are_served_and_timers_fire()
    {
        await using var server = new TestServer();
        var client = await server.ClientAsync(Ct);
        await client.PublishAsync(
            Ct,
            Sequence("napper", Delay("Nap", TimeSpan.FromMilliseconds(200))),
            Sequence("door", Endpoint("In", "door"))
        );
        // Hangfire has its tables and runs.
        await client.UntilAsync(await AnswersApiTests.StartAsync(client, "napper"), "Finished", Ct);
        await using var connection = await (await server.DatabaseAsync(Ct)).OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await ExecuteAsync(connection, "lock table hangfire.job, hangfire.jobqueue, hangfire.state in access exclusive mode");

        var door = await client.PostAsync("/workflows/door".Local(), null, Ct);
        var napper = await AnswersApiTests.StartAsync(client, "napper");

        door.StatusCode.ShouldBe(HttpStatusCode.OK);
        await client.UntilAsync(napper, "Finished", Ct);
    }

    [Fact]
    public async Task A_node_that_is_asked_to_stop_says_not_ready_before_it_stops_to_listen()
    {
        await using var postgres = new PostgresFixture();
        await using var server = ServerProcess.Start(
            ("ConnectionStrings__Default", await postgres.AddressAsync(Ct)),
            ("Drain__DelaySeconds", "5")
        );
        using var client = await server.ConnectAsync(Ct);
        (await client.GetAsync("/health/ready".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);

        server.Signal("TERM");
        using var patience = new CancellationTokenSource(Patience);
        HttpStatusCode ready;

        do ready = (await client.GetAsync("/health/ready".Local(), patience.Token)).StatusCode;
        while (ready == HttpStatusCode.OK);

        ready.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await client.GetAsync("/health/live".Local(), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.ExitAsync(Ct)).ShouldBe(0);
    }

    private static async Task ReadyAsync(HttpClient client)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);

        while (!(await client.GetAsync("/health/ready".Local(), patience.Token)).IsSuccessStatusCode)
            await Task.Delay(100, patience.Token);
    }

    private static async Task ReadOnlyAsync(NpgsqlDataSource database, string value)
    {
        await using var connection = await database.OpenConnectionAsync(Ct);
        await ExecuteAsync(
            connection,
            $"""
            set default_transaction_read_only = off;
            do $$ begin execute format('alter database %I set default_transaction_read_only = {value}', current_database()); end $$;
            select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            """
        );
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
