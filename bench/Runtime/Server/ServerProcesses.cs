using System.Globalization;

namespace ServiceLoop.Runtime.Bench.Server;

/// <summary>What PostgreSQL's processes have cost, as Linux counts it.</summary>
internal static class ServerProcesses
{
    // Fields of /proc/PID/stat behind the name; see proc(5).
    private const int Parent = 1;
    private const int OwnTime = 11;
    private const int WithChildren = 15;
    private const double TicksPerSecond = 100;

    /// <summary>Of the server whose data folder lies under a home.</summary>
    public static TimeSpan TimeOf(string home)
    {
        if (
            !OperatingSystem.IsLinux()
            || Directory.EnumerateFiles(home, "postmaster.pid", SearchOption.AllDirectories).FirstOrDefault() is not { } file
        )
            return TimeSpan.Zero;

        var postmaster = File.ReadLines(file).First();
        var ticks = Ticks(postmaster, postmaster, WithChildren);

        foreach (var process in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])))
            ticks += Ticks(process!, postmaster, OwnTime + 2);

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Ticks of a process that is the postmaster or its child; 0 for others and those that have ended.</summary>
    private static long Ticks(string process, string postmaster, int end)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var isOurs = process == postmaster ? end == WithChildren : fields[Parent] == postmaster;
            return isOurs ? fields[OwnTime..end].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)) : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
