using System.Net;
using System.Net.Sockets;
using ServiceLoop.TestKit;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Tests.Start;

public sealed class StartRefusalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ConnectionStrings__Default", "nonsense", "ConnectionStrings__Default is no address of a PostgreSQL")]
    [InlineData("ConnectionStrings__Default", "Host=127.0.0.1;Colour=blue", "ConnectionStrings__Default is no address of a PostgreSQL")]
    [InlineData("ConnectionStrings__Default", "Host=127.0.0.1;Port=1;Username=x;Password=pa55word", "nobody listens there")]
    [InlineData("DATABASE_URL", "https://example.org/x", "a URL must look like postgres://")]
    public async Task A_database_that_cannot_be_used_is_one_sentence_and_exit_code_1(string name, string value, string sentence)
    {
        await using var server = ServerProcess.Start((name, value));

        var code = await server.ExitAsync(Ct);

        code.ShouldBe(1);
        server.Lines.ShouldHaveSingleItem().ShouldContain(sentence);
        server.Output.ShouldNotContain("pa55word");
    }

    [Fact]
    public async Task A_wrong_password_and_a_missing_database_are_named()
    {
        var right = new Npgsql.NpgsqlConnectionStringBuilder(await postgres.AddressAsync(Ct));

        var wrongPassword = new Npgsql.NpgsqlConnectionStringBuilder(right.ConnectionString) { Password = "wr0ng" };
        var noDatabase = new Npgsql.NpgsqlConnectionStringBuilder(right.ConnectionString) { Database = "nowhere" };
        await using var first = ServerProcess.Start(("ConnectionStrings__Default", wrongPassword.ConnectionString));
        await using var second = ServerProcess.Start(("ConnectionStrings__Default", noDatabase.ConnectionString));

        (await first.ExitAsync(Ct)).ShouldBe(1);
        (await second.ExitAsync(Ct)).ShouldBe(1);
        first.Lines.ShouldHaveSingleItem().ShouldContain($"it does not accept the role '{right.Username}' with this password");
        second.Lines.ShouldHaveSingleItem().ShouldContain("create database \"nowhere\"");
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence_and_exit_code_1()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var server = ServerProcess.Start(
            ("ConnectionStrings__Default", await postgres.AddressAsync(Ct)),
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}")
        );

        (await server.ExitAsync(Ct)).ShouldBe(1);
        server.Output.ShouldContain($"Failed to bind to address http://127.0.0.1:{port}: address already in use.");
        server.Output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("13.9", true)]
    [InlineData("14.0", false)]
    [InlineData("18.4", false)]
    public void A_server_older_than_14_is_refused(string version, bool refused)
    {
        void Check() => DatabaseRefusal.ThrowIfTooOld(Version.Parse(version));

        if (refused)
            Should.Throw<StartException>(Check).Message.ShouldContain(version);
        else
            Should.NotThrow(Check);
    }
}
