using System.Diagnostics;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Embedded;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Postgres.Embedded;

public sealed class EmbeddedPostgresTests : IAsyncLifetime
{
    private const string Remember = "create table memory(word text); insert into memory values ('kept')";
    private const string Recall = "select word from memory";
    private const string WhichServer = "select pg_postmaster_start_time()";

    private readonly TestCluster cluster = new();

    private const UnixFileMode Readable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task First_start_creates_a_cluster_and_tells_each_step()
    {
        cluster.Options = PostgresFixtureServer.Options(cluster.Home.Root);
        var clock = Stopwatch.StartNew();

        var server = await cluster.NewUser().StartAsync(Ct);

        TestContext.Current.SendDiagnosticMessage($"first start: {clock.ElapsedMilliseconds} ms");
        (await TestCluster.AskAsync(server, "select current_database() || ' ' || current_user")).ShouldBe("serviceloop serviceloop");
        (
            await TestCluster.AskAsync(server, "select datcollate || ' ' || datctype from pg_database where datname = 'serviceloop'")
        ).ShouldBe("C.UTF-8 C.UTF-8");
        cluster.Told.ShouldContain(line => line.StartsWith("Creating the database cluster"));
        cluster.Told.ShouldContain(line => line.StartsWith("Starting PostgreSQL on port"));
        cluster.Told.ShouldContain(line => line.StartsWith("PostgreSQL is ready"));
    }

    [Fact]
    public async Task Server_is_durable_private_and_on_the_loopback_only()
    {
        cluster.Options = PostgresFixtureServer.Options(cluster.Home.Root);

        var server = await cluster.NewUser().StartAsync(Ct);

        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes", "data_checksums" })
        {
            (await TestCluster.AskAsync(server, $"show {setting}")).ShouldBe("on", setting);
        }

        (await TestCluster.AskAsync(server, "show listen_addresses")).ShouldBe("127.0.0.1");
        (await TestCluster.AskAsync(server, "show unix_socket_directories")).ShouldBe("");
        var stranger = new NpgsqlConnectionStringBuilder(server) { Password = "guess" }.ConnectionString;
        var refused = await Should.ThrowAsync<PostgresException>(() => TestCluster.AskAsync(stranger, "select 1"));
        refused.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(cluster.Home.RunFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(cluster.Home.Data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task Restart_keeps_data_port_and_password()
    {
        var user = cluster.NewUser();
        var before = await user.StartAsync(Ct);
        await TestCluster.AskAsync(before, Remember);

        await user.StopAsync(Ct);
        Postmaster.Find(cluster.Home.Data).ShouldBeNull();
        var after = await cluster.NewUser().StartAsync(Ct);

        after.ShouldBe(before);
        (await TestCluster.AskAsync(after, Recall)).ShouldBe("kept");
    }

    [Fact]
    public async Task Killed_server_recovers_at_the_next_start()
    {
        var before = await cluster.NewUser().StartAsync(Ct);
        await TestCluster.AskAsync(before, Remember);

        await cluster.KillServerAsync(Ct);
        var clock = Stopwatch.StartNew();
        var after = await cluster.NewUser().StartAsync(Ct);

        TestContext.Current.SendDiagnosticMessage($"recovery after kill -9: {clock.ElapsedMilliseconds} ms");
        (await TestCluster.AskAsync(after, Recall)).ShouldBe("kept");
    }

    [Fact]
    public async Task Killed_program_leaves_the_server_and_the_next_start_attaches()
    {
        using var other = SecondProcess.Start(cluster.Home.Root);
        var before = await other.ConnectionStringAsync(Ct);
        await TestCluster.AskAsync(before, Remember);
        var server = await TestCluster.AskAsync(before, WhichServer);

        await other.KillAsync(Ct);
        var clock = Stopwatch.StartNew();
        var after = await cluster.NewUser().StartAsync(Ct);

        TestContext.Current.SendDiagnosticMessage($"attach: {clock.ElapsedMilliseconds} ms");
        (await TestCluster.AskAsync(after, WhichServer)).ShouldBe(server);
        (await TestCluster.AskAsync(after, Recall)).ShouldBe("kept");
        cluster.Told.ShouldContain(line => line.StartsWith("Attached to the PostgreSQL"));
    }

    [Fact]
    public async Task Programs_killed_in_the_middle_of_the_first_start_do_not_spoil_it()
    {
        foreach (var milliseconds in new[] { 100, 200, 300, 450, 600, 800, 1000, 1300 })
        {
            using var other = SecondProcess.Start(cluster.Home.Root);
            await Task.WhenAny(other.ConnectionStringAsync(Ct), Task.Delay(milliseconds, Ct));
            await other.KillAsync(Ct);
        }

        var server = await cluster.NewUser().StartAsync(Ct);

        (await TestCluster.AskAsync(server, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Server_that_a_killed_program_was_starting_unseen_is_attached_to()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("A shell script stands for the program that was killed.");
            return;
        }

        var before = cluster.NewUser();
        await before.StartAsync(Ct);
        await before.StopAsync(Ct);
        var real = RunFile.Find(cluster.Home.RunFile)!.BinDirectory;
        var folder = Directory.CreateTempSubdirectory("serviceloop-bin-");

        try
        {
            File.SetUnixFileMode(folder.FullName, Readable);
            foreach (var name in new[] { "initdb", "postgres" })
                File.CreateSymbolicLink(Path.Combine(folder.FullName, name), Path.Combine(real, name));

            var program = Path.Combine(folder.FullName, "pg_ctl");
            // Whoever starts finds that another start was quicker.
            await File.WriteAllTextAsync(
                program,
                $"#!/bin/sh\n[ \"$1\" = start ] && '{real}/pg_ctl' \"$@\"\nexec '{real}/pg_ctl' \"$@\"\n",
                Ct
            );
            File.SetUnixFileMode(program, Readable);
            cluster.Options = cluster.Options with { BinDirectory = folder.FullName };
            var user = cluster.NewUser();

            var server = await user.StartAsync(Ct);

            (await TestCluster.AskAsync(server, "select 1")).ShouldBe(1);
            cluster.Told.ShouldContain(line => line.StartsWith("Attached"));
            await user.StopAsync(Ct);
            Postmaster.Find(cluster.Home.Data).ShouldBeNull();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Two_programs_that_start_at_once_share_one_server()
    {
        using var first = SecondProcess.Start(cluster.Home.Root);
        using var second = SecondProcess.Start(cluster.Home.Root);
        var third = cluster.NewUser().StartAsync(Ct);

        var servers = await Task.WhenAll(first.ConnectionStringAsync(Ct), second.ConnectionStringAsync(Ct), third);

        servers.Distinct().Count().ShouldBe(1);
        await first.StopAsync(Ct);
        await second.StopAsync(Ct);
        (await TestCluster.AskAsync(await third, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Last_user_stops_the_server()
    {
        var (first, second) = (cluster.NewUser(), cluster.NewUser());
        await Task.WhenAll(first.StartAsync(Ct), second.StartAsync(Ct));

        await first.StopAsync(Ct);
        Postmaster.Find(cluster.Home.Data).ShouldNotBeNull();
        await second.StopAsync(Ct);

        Postmaster.Find(cluster.Home.Data).ShouldBeNull();
    }

    [Fact]
    public async Task Taken_port_is_replaced()
    {
        var user = cluster.NewUser();
        var before = new NpgsqlConnectionStringBuilder(await user.StartAsync(Ct)).Port;
        await user.StopAsync(Ct);
        using var squatter = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, before);
        squatter.Start();

        var after = new NpgsqlConnectionStringBuilder(await user.StartAsync(Ct)).Port;

        after.ShouldNotBe(before);
        cluster.Told.ShouldContain(line => line.StartsWith($"Port {before} is taken"));
    }

    [Fact]
    public async Task Settings_of_the_caller_win_over_ours()
    {
        cluster.Options = cluster.Options with
        {
            Settings = cluster.Options.Settings.Add("max_connections", "12").Add("application_name", "o'clock"),
        };

        var server = await cluster.NewUser().StartAsync(Ct);

        (await TestCluster.AskAsync(server, "show max_connections")).ShouldBe("12");
    }
}
