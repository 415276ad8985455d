using ServiceLoop.Runtime.Postgres.Embedded;

namespace ServiceLoop.Runtime.Tests.Postgres.Embedded;

/// <summary>Who the server runs as.</summary>
public sealed class AccountTests : IAsyncLifetime
{
    private readonly TestCluster cluster = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Server_started_by_root_is_not_root()
    {
        RequireRoot();

        await cluster.NewUser().StartAsync(Ct);

        var status = await File.ReadAllLinesAsync($"/proc/{Postmaster.Find(cluster.Home.Data)!.Pid}/status", Ct);
        status.Single(line => line.StartsWith("Uid:")).Split('\t')[1].ShouldNotBe("0");
        status.Single(line => line.StartsWith("CapEff:")).ShouldEndWith("\t0000000000000000");
    }

    [Fact]
    public async Task Ordinary_user_starts_it_as_himself()
    {
        RequireRoot();
        var setpriv = (string[])["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];
        var program = Path.ChangeExtension(typeof(AccountTests).Assembly.Location, null);
        var reach = await Command.Of(setpriv[0], [.. setpriv[1..], "test", "-r", program]).RunAsync("/", Ct);
        Assert.SkipUnless(reach.Succeeded, "The build output is closed to other users.");
        Directory.CreateDirectory(cluster.Home.Root);
        await Command.Of("chown", "65534:65534", cluster.Home.Root).RunAsync("/", Ct);

        using var other = SecondProcess.Start(cluster.Home.Root, setpriv);
        var server = await other.ConnectionStringAsync(Ct);

        (await TestCluster.AskAsync(server, "select 1")).ShouldBe(1);
        (await Command.Of("stat", "-c", "%u", cluster.Home.Data).RunAsync("/", Ct)).Output.Trim().ShouldBe("65534");
        await other.StopAsync(Ct);
        Postmaster.Find(cluster.Home.Data).ShouldBeNull();
    }

    [Fact]
    public async Task Root_goes_on_with_the_account_that_made_the_cluster()
    {
        RequireRoot();
        var user = cluster.NewUser();
        await user.StartAsync(Ct);
        await user.StopAsync(Ct);
        await Command.Of("chown", "-R", "65534:65534", cluster.Home.Data).RunAsync("/", Ct);

        await cluster.NewUser().StartAsync(Ct);

        var pid = Postmaster.Find(cluster.Home.Data)!.Pid;
        (await Command.Of("stat", "-c", "%u", $"/proc/{pid}").RunAsync("/", Ct)).Output.Trim().ShouldBe("65534");
    }

    private static void RequireRoot() =>
        Assert.SkipUnless(ServerAccount.IsRoot && OperatingSystem.IsLinux(), "Only root can change to another account.");
}
