using System.Diagnostics;
using System.Globalization;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>What became of the process that <c>postmaster.pid</c> names.</summary>
internal enum PostmasterState
{
    /// <summary>It is a PostgreSQL, and as far as one can see the one of this cluster.</summary>
    Alive,

    /// <summary>No such process.</summary>
    Gone,

    /// <summary>Dead, but its parent has not asked for its end yet; PostgreSQL takes it for alive.</summary>
    Zombie,

    /// <summary>The process id was given to another program; common in containers, where ids start low again.</summary>
    Foreign,
}

/// <summary>The lock file of a cluster: which process serves it, and where.</summary>
/// <param name="Port">Null while the server has not got that far.</param>
internal sealed record Postmaster(int Pid, int? Port, PostmasterState State)
{
    // Lines of postmaster.pid, see PostgreSQL's miscadmin.h (LOCK_FILE_LINE_*).
    private const int PidLine = 0;
    private const int PortLine = 3;

    // Process, folder and time of start: what follows is written while the server starts.
    private const int NameLines = 3;

    public static string FileOf(string data) => Path.Combine(data, "postmaster.pid");

    /// <summary>Reads the lock file of <paramref name="data"/>; null if there is none. A file without a process id, as a full disk leaves it, is nobody's: <see cref="PostmasterState.Foreign"/>.</summary>
    public static Postmaster? Find(string data)
    {
        if (TryRead(FileOf(data)) is not { } text)
        {
            return null;
        }

        var lines = text.Split('\n');
        return int.TryParse(lines[PidLine], CultureInfo.InvariantCulture, out var pid)
            ? new(pid, PortOf(lines), OperatingSystem.IsLinux() ? StateOnLinux(pid, text) : StateElsewhere(pid))
            : new(0, null, PostmasterState.Foreign);
    }

    private static int? PortOf(string[] lines) =>
        lines.Length > PortLine && int.TryParse(lines[PortLine], CultureInfo.InvariantCulture, out var port) ? port : null;

    private static PostmasterState StateOnLinux(int pid, string lockFile)
    {
        // "4711 (postgres) S 1 …": the name may hold spaces and brackets, so the state is what follows the last bracket.
        if (TryRead($"/proc/{pid}/stat") is not { } stat)
        {
            return PostmasterState.Gone;
        }

        var nameEnd = stat.LastIndexOf(')');
        var name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..nameEnd];
        return stat[nameEnd + 2] switch
        {
            'X' => PostmasterState.Gone,
            'Z' => PostmasterState.Zombie,
            // A postmaster works in its data folder. Another cluster's has another lock file there; another user's cannot be looked into.
            _ when name == "postgres" && TryRead($"/proc/{pid}/cwd/postmaster.pid") is { } served && IsSame(served, lockFile) =>
                PostmasterState.Alive,
            _ => PostmasterState.Foreign,
        };
    }

    private static bool IsSame(string lockFile, string other) =>
        lockFile.Split('\n').Take(NameLines).SequenceEqual(other.Split('\n').Take(NameLines), StringComparer.Ordinal);

    private static PostmasterState StateElsewhere(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.ProcessName.Contains("postgres", StringComparison.OrdinalIgnoreCase)
                ? PostmasterState.Alive
                : PostmasterState.Foreign;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return PostmasterState.Gone;
        }
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
