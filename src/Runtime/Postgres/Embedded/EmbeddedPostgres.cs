using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>A PostgreSQL for a machine where none is configured: found or fetched, created at the first start, kept between starts.</summary>
/// <remarks>
/// <para>Any number of programs may start it on the same home at the same time: the first starts the server, the others attach to it, and
/// the last one that stops in order stops it. A program that is killed leaves the server running, and the next start attaches; a killed
/// server is started again by the next start and recovers. Data are as safe as PostgreSQL makes them: <c>fsync</c> stays on.</para>
/// <para>Meant for one machine: a program in several nodes sets <c>ConnectionStrings__Default</c> and does not use this class.</para>
/// <para>Thread-safe; one instance is one user of the server.</para>
/// </remarks>
public sealed class EmbeddedPostgres(EmbeddedPostgresOptions options, ILogger<EmbeddedPostgres> logger, TimeProvider time)
    : IAsyncDisposable
{
    // Longer than a first start with a download, shorter than a person's patience with a hung process.
    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(20);

    // Nothing signals that a server which somebody else started is ready.
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim turn = new(1, 1);
    private Session? session;

    /// <summary>The server as this instance uses it.</summary>
    /// <param name="Use">The share of <c>users.lock</c> that keeps others from stopping the server.</param>
    private sealed record Session(DataHome Home, string ConnectionString, FileStream Use);

    /// <summary>Makes sure that the server runs and has the application's database; attaches if it runs already.</summary>
    /// <returns>A connection string for Npgsql, valid until <see cref="StopAsync"/>. A second call returns the same.</returns>
    /// <exception cref="EmbeddedPostgresException">It cannot run here; the message names the cure.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled; what was begun is undone or finished by the next start.</exception>
    public async Task<string> StartAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            session ??= await OpenAsync(ct);
            return session.ConnectionString;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Leaves the server; stops it if no other program uses it. Close your connections first: open ones are cut off.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            if (session is { } open)
            {
                session = null;
                await CloseAsync(open, ct);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>As <see cref="StopAsync"/>, but a server that does not stop is only logged: the next start attaches to it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync(CancellationToken.None);
        }
        catch (EmbeddedPostgresException error)
        {
            Log.StopFailed(logger, error);
        }
    }

    private async Task<Session> OpenAsync(CancellationToken ct)
    {
        var home = new DataHome(options.Home ?? DataHome.DefaultPath());
        Log.UsingEmbedded(logger, home.Root);
        try
        {
            home.Create();
            using var alone = await FileLock.TakeAsync(home.InstanceLock, LockPatience, logger, time, ct);
            var use =
                FileLock.TryShare(home.UsersLock)
                ?? throw new EmbeddedPostgresException($"Another program locks '{home.UsersLock}'. Stop it.");
            try
            {
                return new(home, await RunAsync(home, ct), use);
            }
            catch
            {
                await use.DisposeAsync();
                throw;
            }
        }
        catch (UnauthorizedAccessException error)
        {
            throw new EmbeddedPostgresException(
                $"The user {Environment.UserName} may not use '{home.Root}': {error.Message} "
                    + $"Start ServiceLoop as the user who made the folder, or set {EmbeddedPostgresOptions.HomeVariable} to another one.",
                error
            );
        }
    }

    private async Task<string> RunAsync(DataHome home, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        var run = RunFile.Find(home.RunFile);
        if (home.HasCluster && run is null)
        {
            throw new EmbeddedPostgresException(
                $"'{home.RunFile}' is lost or damaged, and with it the password of the cluster '{home.Data}'. "
                    + "Restore the file from a backup, or set a new password for the role serviceloop (in PostgreSQL's single-user mode) and write the file anew."
            );
        }

        if (home.HasCluster && await FindRunningAsync(home, run!, ct) is { } port)
        {
            Log.Attached(logger, port);
        }
        else
        {
            try
            {
                (run, port) = await LaunchAsync(home, run, ct);
                Log.ServerReady(logger, port, (long)time.GetElapsedTime(start).TotalMilliseconds);
            }
            // A program that was killed had just begun to start the server: it was not to be seen, and has taken the cluster meanwhile.
            catch (EmbeddedPostgresException) when (Postmaster.Find(home.Data) is { State: PostmasterState.Alive })
            {
                if (RunFile.Find(home.RunFile) is not { } left || await FindRunningAsync(home, left, ct) is not { } found)
                {
                    throw;
                }

                (run, port) = (left, found);
                Log.Attached(logger, port);
            }
        }

        await ServerProbe.EnsureDatabaseAsync(port, run!.Password, ct);
        return ServerProbe.ConnectionString(port, run.Password);
    }

    private async Task<(RunFile Run, int Port)> LaunchAsync(DataHome home, RunFile? known, CancellationToken ct)
    {
        var binaries = await new BinaryFinder(options, home, logger, time).FindAsync(home.ClusterMajor(), ct);
        var account = await ServerAccount.FindAsync(home, ct);
        var cluster = new Cluster(options, home, binaries, account, logger, time);
        var run = known is not null && home.HasCluster ? known : RunFile.New(binaries);
        if (!home.HasCluster)
        {
            // The password first: a cluster whose password was never written down would be lost.
            run.Write(home.RunFile);
            await cluster.CreateAsync(run.Password, ct);
        }

        var launch = new ServerLaunch(home, binaries, account, logger, time);
        var port = await launch.StartAsync(run.Port, free => cluster.ConfigureAsync(free, ct), options.StartTimeout, ct);
        run = run with { Port = port, BinDirectory = binaries.Directory, Version = binaries.Version.ToString() };
        run.Write(home.RunFile);
        return (run, port);
    }

    // Null = nobody serves the cluster. A server that a killed program was just starting is waited for.
    private async Task<int?> FindRunningAsync(DataHome home, RunFile run, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        var probe = new ServerProbe(home);
        while (Postmaster.Find(home.Data) is { State: PostmasterState.Alive } postmaster)
        {
            switch (postmaster.Port is { } port ? await probe.AskAsync(port, run.Password, ct) : ProbeResult.NotReady)
            {
                case ProbeResult.Ours:
                    return postmaster.Port;
                case ProbeResult.Foreign:
                    // This home was copied while its server ran; the lock file came along, and names the server of the original.
                    File.Delete(Postmaster.FileOf(home.Data));
                    Log.RemovedStaleLock(logger, postmaster.Pid, "the server of another folder");
                    return null;
                case ProbeResult.WrongPassword:
                    throw new EmbeddedPostgresException(
                        $"The PostgreSQL of '{home.Data}' (process {postmaster.Pid}) does not accept the password in '{home.RunFile}'. "
                            + "Restore that file, or set the password of the role serviceloop to the one in it."
                    );
                default:
                    break;
            }

            if (time.GetElapsedTime(start) > options.StartTimeout)
            {
                throw new EmbeddedPostgresException(
                    $"The PostgreSQL of '{home.Data}' (process {postmaster.Pid}) runs but was not ready after {options.StartTimeout.TotalSeconds:0} s. "
                        + $"See '{Path.Combine(home.Data, "log")}', end that process and start again."
                );
            }

            await Task.Delay(ProbeEvery, time, ct);
        }

        return null;
    }

    private async Task CloseAsync(Session open, CancellationToken ct)
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(open.ConnectionString));
        using var alone = await FileLock.TakeAsync(open.Home.InstanceLock, LockPatience, logger, time, ct);
        await open.Use.DisposeAsync();
        using var last = FileLock.TryTake(open.Home.UsersLock);
        if (last is null)
        {
            Log.LeftRunning(logger);
            return;
        }

        var programs = RunFile.Find(open.Home.RunFile)?.BinDirectory ?? "";
        var (binaries, whyNot) = await PostgresBinaries.ProbeAsync(programs, ct);
        if (binaries is null)
        {
            throw new EmbeddedPostgresException(
                $"The PostgreSQL of '{open.Home.Data}' goes on running, because the programs in '{programs}' that started it cannot stop it: {whyNot}. "
                    + "The next start attaches to it."
            );
        }

        var launch = new ServerLaunch(open.Home, binaries, await ServerAccount.FindAsync(open.Home, ct), logger, time);
        if (await launch.StopAsync(ct))
        {
            Log.ServerStopped(logger);
        }
    }
}
