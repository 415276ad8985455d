using System.ComponentModel;
using System.Diagnostics;
using ServiceLoop.Runtime.Postgres.Embedded;

namespace ServiceLoop.Runtime.Tests.Postgres.Embedded;

/// <summary>The way of a machine that has Node.js but no PostgreSQL.</summary>
public sealed class NpmBundleTests : IAsyncLifetime
{
    private readonly TestCluster cluster = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Machine_without_PostgreSQL_gets_it_from_npm()
    {
        await RequireNpmAsync();
        cluster.Options = cluster.Options with { UseSystemBinaries = false, BinDirectory = null, BundleDirectory = null };
        var clock = Stopwatch.StartNew();

        var server = await cluster.NewUser().StartAsync(Ct);

        TestContext.Current.SendDiagnosticMessage($"first start with npm install: {clock.ElapsedMilliseconds} ms");
        (await TestCluster.AskAsync(server, "show server_version")).ShouldBe("18.4");
        (await TestCluster.AskAsync(server, "create extension pg_trgm; select array_length(show_trgm('故障'), 1)")).ShouldBe(3);
        cluster.Told.ShouldContain(line => line.StartsWith("Installing PostgreSQL with npm"));

        // A restore that kept no symbolic links.
        await cluster.NewUser().StartAsync(Ct);
        await StopAllAsync();
        foreach (var link in Directory.EnumerateFiles(cluster.Home.Bundle, "*.so*", SearchOption.AllDirectories).Where(IsLink))
        {
            File.Delete(link);
        }

        (await TestCluster.AskAsync(await cluster.NewUser().StartAsync(Ct), "select 1")).ShouldBe(1);
    }

    private static bool IsLink(string path) => File.ResolveLinkTarget(path, returnFinalTarget: false) is not null;

    private async Task StopAllAsync()
    {
        foreach (var user in cluster.Users)
        {
            await user.StopAsync(Ct);
        }
    }

    private static async Task RequireNpmAsync()
    {
        try
        {
            await Command.Of(NpmBundle.Npm, "--version").RunAsync(Path.GetTempPath(), Ct);
        }
        catch (Win32Exception)
        {
            Assert.Skip("npm is not installed.");
        }
    }
}
