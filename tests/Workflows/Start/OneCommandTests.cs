using System.Net;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests.Start;

public sealed class OneCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_start_without_settings_brings_its_own_database_and_tells_the_address_last()
    {
        var home = PostgresFixtureServer.NewHome();

        try
        {
            await using (var server = ServerProcess.Start(("SERVICELOOP_DATA", home)))
            {
                using var client = await server.ConnectAsync(Ct);
                var health = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Ct);

                health.StatusCode.ShouldBe(HttpStatusCode.OK);
                server.Output.ShouldContain("No database is configured; using the embedded PostgreSQL in " + home);
                server.Output.ShouldContain("Creating the database cluster");
                server.Output.ShouldContain("Migrating the database");
                server.Lines[^1].ShouldContain("ServiceLoop is ready: http://127.0.0.1:");

                server.Signal("TERM");
                (await server.ExitAsync(Ct)).ShouldBe(0);
                server.Output.ShouldContain("Stopped the embedded PostgreSQL");
            }

            // The data are still there, and the second start makes none of it again.
            await using var again = ServerProcess.Start(("SERVICELOOP_DATA", home));
            using var _ = await again.ConnectAsync(Ct);
            again.Output.ShouldNotContain("Creating the database cluster");
            again.Signal("INT");
            (await again.ExitAsync(Ct)).ShouldBe(0);
        }
        finally
        {
            await PostgresFixtureServer.RemoveHomeAsync(home);
        }
    }

    [Fact]
    public async Task A_server_that_was_killed_starts_again_on_its_data()
    {
        var home = PostgresFixtureServer.NewHome();

        try
        {
            await using (var server = ServerProcess.Start(("SERVICELOOP_DATA", home)))
            {
                using var client = await server.ConnectAsync(Ct);
                server.Signal("KILL");
                await server.ExitAsync(Ct);
            }

            await using var again = ServerProcess.Start(("SERVICELOOP_DATA", home));
            using var second = await again.ConnectAsync(Ct);

            (await second.GetStringAsync(new Uri("/api/health", UriKind.Relative), Ct)).ShouldBe("Healthy");
            again.Signal("TERM");
            (await again.ExitAsync(Ct)).ShouldBe(0);
        }
        finally
        {
            await PostgresFixtureServer.RemoveHomeAsync(home);
        }
    }
}
