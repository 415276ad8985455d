using System.Diagnostics;
using ServiceLoop.Runtime.Postgres.Embedded;

namespace ServiceLoop.Runtime.Tests.Postgres.Embedded;

/// <summary>What a killed server or a copied folder leaves in <c>postmaster.pid</c>.</summary>
public sealed class StaleLockTests : IAsyncLifetime
{
    private readonly TestCluster cluster = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string LockFile => Postmaster.FileOf(cluster.Home.Data);

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Process_id_that_nobody_has_any_more_is_no_obstacle()
    {
        var left = await KilledAsync();
        await File.WriteAllTextAsync(LockFile, left.Replace(left.Split('\n')[0], "4194303"), Ct);

        await ShouldStartAsync();
    }

    [Theory]
    [InlineData("echo $$; exec sleep 60", 'S', "another program")]
    [InlineData("sleep 0.2 & echo $!; exec sleep 60", 'Z', "dead")]
    public async Task Process_of_the_same_account_that_is_not_the_server_is_no_obstacle(string script, char scheduling, string told)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks at processes through /proc.");
        var left = await KilledAsync();
        using var other = await StartAsServerAccountAsync(script);
        try
        {
            var pid = await other.StandardOutput.ReadLineAsync(Ct);
            await WaitForStateAsync(pid, scheduling);
            await File.WriteAllTextAsync(LockFile, left.Replace(left.Split('\n')[0], pid), Ct);

            await ShouldStartAsync();

            cluster.Told.ShouldContain($"Removed a stale postmaster.pid: process {pid} is {told}, not the server of this cluster");
            other.HasExited.ShouldBeFalse();
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task Lock_file_cut_short_by_a_full_disk_is_no_obstacle()
    {
        await KilledAsync();
        await File.WriteAllTextAsync(LockFile, "", Ct);

        await ShouldStartAsync();

        cluster.Told.ShouldContain(line => line.StartsWith("Removed a stale postmaster.pid"));
    }

    [Fact]
    public async Task Copy_of_a_running_home_gets_a_server_of_its_own()
    {
        var original = await cluster.NewUser().StartAsync(Ct);
        await using var copy = new TestCluster();
        await Command.Of("cp", "-a", cluster.Home.Root, copy.Home.Root).RunAsync(Path.GetTempPath(), Ct);

        var server = await copy.NewUser().StartAsync(Ct);

        server.ShouldNotBe(original);
        (await TestCluster.AskAsync(server, "show data_directory")).ShouldBe(copy.Home.Data);
        (await TestCluster.AskAsync(original, "show data_directory")).ShouldBe(cluster.Home.Data);
    }

    // A cluster that was killed, and the lock file that it left.
    private async Task<string> KilledAsync()
    {
        await cluster.NewUser().StartAsync(Ct);
        var left = await File.ReadAllTextAsync(LockFile, Ct);
        await cluster.KillServerAsync(Ct);
        await cluster.WaitForOrphansAsync(Ct);
        return left;
    }

    private async Task<Process> StartAsServerAccountAsync(string script)
    {
        var account = await ServerAccount.FindAsync(cluster.Home, Ct);
        var shell = Command.Of("sh", "-c", script);
        shell = account?.Switch(shell) ?? shell;
        return Process.Start(new ProcessStartInfo(shell.File, shell.Arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
    }

    // Nothing signals that another one's child has become a zombie.
    private static async Task WaitForStateAsync(string? pid, char scheduling)
    {
        while (!(await File.ReadAllTextAsync($"/proc/{pid}/stat", Ct)).Contains($"(sleep) {scheduling}"))
        {
            await Task.Delay(20, Ct);
        }
    }

    private async Task ShouldStartAsync()
    {
        var server = await cluster.NewUser().StartAsync(Ct);
        (await TestCluster.AskAsync(server, "select 1")).ShouldBe(1);
    }
}
