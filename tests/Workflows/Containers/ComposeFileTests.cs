using Npgsql;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests.Containers;

public sealed class ComposeFileTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal) { ["POSTGRES_PASSWORD"] = "s3cret" };

    private static readonly ComposeFile Compose = ComposeFile.Read(Variables);

    [Fact]
    public void It_has_a_database_two_nodes_and_a_proxy() => Compose.Services.ShouldBe(["postgres", "node1", "node2", "proxy"]);

    [Fact]
    public void A_password_must_be_given()
    {
        var missing = Should.Throw<InvalidOperationException>(() => ComposeFile.Read(new Dictionary<string, string>()));

        missing.Message.ShouldBe("POSTGRES_PASSWORD: write it to docker/.env");
    }

    [Theory]
    [InlineData("node1")]
    [InlineData("node2")]
    public void Both_nodes_use_the_database_and_wait_for_it(string node)
    {
        var settings = new NpgsqlConnectionStringBuilder(Compose.Environment(node)["ConnectionStrings__Default"]);
        var database = Compose.Environment("postgres");

        settings.Host.ShouldBe("postgres");
        settings.Database.ShouldBe(database["POSTGRES_DB"]);
        settings.Username.ShouldBe(database["POSTGRES_USER"]);
        settings.Password.ShouldBe("s3cret");
        Compose.Map("services", node, "depends_on", "postgres")["condition"].ShouldBe("service_healthy");
        File.Exists(Repository.PathOf((string)Compose.Map("services", node, "build")["dockerfile"])).ShouldBeTrue();
    }

    [Fact]
    public async Task The_database_is_started_with_settings_that_exist()
    {
        var words = ((List<object>)Compose.Map("services", "postgres")["command"]).Cast<string>().ToArray();
        var settings = words.Skip(1).Where(w => w != "-c").Select(w => w.Split('=')[0]).ToArray();
        var source = await postgres.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = source.CreateCommand("select count(*) from pg_settings where name = any($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = settings });

        var known = (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;

        words[0].ShouldBe("postgres");
        settings.Length.ShouldBeGreaterThan(0);
        known.ShouldBe(settings.Length);
    }

    [Fact]
    public void The_proxy_knows_every_node_at_its_port()
    {
        var conf = File.ReadAllText(Repository.PathOf("docker/proxy.conf"));
        var port = Dockerfile.Product.Environment("node")["ASPNETCORE_HTTP_PORTS"];

        foreach (var node in Compose.Services.Where(s => s.StartsWith("node", StringComparison.Ordinal)))
        {
            conf.ShouldContain($"server {node}:{port} ");
            Compose.Map("services", "proxy", "depends_on", node)["condition"].ShouldBe("service_healthy");
        }
    }
}
