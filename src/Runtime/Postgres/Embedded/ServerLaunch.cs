using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>Starts and stops the server of a cluster with <c>pg_ctl</c>, and clears what a killed one left behind.</summary>
/// <remarks>
/// <c>pg_ctl</c> detaches the server: it has a session of its own, so neither Ctrl+C in the terminal nor the end of the program that
/// started it reaches it. It does not die with its starter (no PDEATHSIG) because other programs may use it by then.
/// </remarks>
internal sealed class ServerLaunch(DataHome home, PostgresBinaries binaries, ServerAccount? account, ILogger logger, TimeProvider time)
{
    // The processes of a killed postmaster notice its death by themselves, at the latest when their query ends.
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(500);
    private const int StopSeconds = 60;
    private const int MaxPorts = 5;

    private string StartLog => Path.Combine(home.Data, "start.log");

    /// <summary>Starts the server on <paramref name="wantedPort"/>, or on another one if that is taken or 0; returns the port.</summary>
    public async Task<int> StartAsync(int wantedPort, Func<int, Task> configure, TimeSpan timeout, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        var port = await ConfigureFreePortAsync(wantedPort, configure);
        var ports = 1;
        while (true)
        {
            Log.StartingServer(logger, port);
            var result = await RunStartAsync(timeout, ct);
            if (result.Succeeded)
            {
                return port;
            }

            var said = $"{result.Said}\n{Tail()}";
            if (TryRemoveStaleLock())
            {
                continue;
            }

            if (said.Contains("shared memory block", StringComparison.Ordinal) && time.GetElapsedTime(start) < OrphanPatience)
            {
                Log.WaitingForOrphans(logger);
                await Task.Delay(RetryEvery, time, ct);
                continue;
            }

            if (!IsFree(port) && ports++ < MaxPorts)
            {
                port = await ConfigureFreePortAsync(port, configure);
                continue;
            }

            throw EmbeddedPostgresException.Of(
                $"PostgreSQL {binaries.Version} from '{binaries.Directory}' did not start on the cluster '{home.Data}':",
                said,
                $"The whole story is in '{Path.Combine(home.Data, "log")}' and '{StartLog}'."
            );
        }
    }

    /// <summary>Ends all sessions, writes a checkpoint and stops. Returns false if the server does not run.</summary>
    public async Task<bool> StopAsync(CancellationToken ct)
    {
        if (Postmaster.Find(home.Data) is not { State: PostmasterState.Alive })
        {
            return false;
        }

        var stop = Command.Of(binaries.PgCtl, "stop", "-D", home.Data, "-m", "fast", "-w", "-t", $"{StopSeconds}", "-s");
        var result = await As(stop).RunAsync(home.Root, ct);
        return result.Succeeded || Postmaster.Find(home.Data) is null
            ? true
            : throw EmbeddedPostgresException.Of(
                $"The PostgreSQL of '{home.Data}' did not stop within {StopSeconds} s:",
                result.Said,
                "It goes on running; the next start attaches to it."
            );
    }

    private async Task<CommandResult> RunStartAsync(TimeSpan timeout, CancellationToken ct)
    {
        File.Delete(StartLog);
        var start = Command.Of(
            binaries.PgCtl,
            ["start", "-D", home.Data, "-l", StartLog, "-w", "-t", $"{(int)timeout.TotalSeconds}", "-s"]
        );
        return await StillBusy.TellAsync(As(start).RunAsync(home.Root, ct), "PostgreSQL is starting or recovering", logger, time, ct);
    }

    // Only after a refusal, and never while the process may be a server of this cluster. The check of PostgreSQL that no process is
    // attached to the old shared memory does not need the file and still protects the data.
    private bool TryRemoveStaleLock()
    {
        if (Postmaster.Find(home.Data) is not { State: PostmasterState.Zombie or PostmasterState.Foreign } stale)
        {
            return false;
        }

        File.Delete(Postmaster.FileOf(home.Data));
        Log.RemovedStaleLock(logger, stale.Pid, stale.State is PostmasterState.Zombie ? "dead" : "another program");
        return true;
    }

    private async Task<int> ConfigureFreePortAsync(int port, Func<int, Task> configure)
    {
        var free = port > 0 && IsFree(port) ? port : FreePort();
        if (port > 0 && free != port)
        {
            Log.PortMoved(logger, port, free);
        }

        await configure(free);
        return free;
    }

    private string Tail()
    {
        var logs = Directory.Exists(Path.Combine(home.Data, "log")) ? new DirectoryInfo(Path.Combine(home.Data, "log")).GetFiles() : [];
        var newest = logs.MaxBy(file => file.LastWriteTimeUtc);
        return string.Join('\n', new[] { newest?.FullName, StartLog }.Where(File.Exists).Select(file => ReadEnd(file!)));
    }

    private static string ReadEnd(string path)
    {
        const int EndBytes = 4096;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, EndBytes), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    // As PostgreSQL binds it: connections of an earlier server that linger in TIME_WAIT are no obstacle.
    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Command As(Command command) => account?.Switch(command) ?? command;
}
