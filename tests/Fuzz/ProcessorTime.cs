using System.Diagnostics;
using System.Globalization;

namespace ServiceLoop.Fuzz;

/// <summary>How long one thread has really computed: what a busy machine does not change.</summary>
/// <remarks>
/// Linux tells it of every thread, in steps of 10 ms. Elsewhere the time of the whole process stands for it, which is never less.
/// </remarks>
public sealed class ProcessorTime
{
    /// <summary>Ticks a second of the times in /proc, the same on every architecture.</summary>
    private const int TicksPerSecond = 100;

    private readonly string? file;
    private readonly TimeSpan begin;

    private ProcessorTime(string? file)
    {
        this.file = file;
        begin = Read();
    }

    /// <summary>Counts from now on what the calling thread computes; may be asked from any thread.</summary>
    public static ProcessorTime OfThisThread() =>
        new(
            OperatingSystem.IsLinux() && File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false) is { } self
                ? Path.Combine("/proc", self.FullName[(self.FullName.IndexOf("/proc/", StringComparison.Ordinal) + 6)..], "stat")
                : null
        );

    /// <summary>What the thread has computed since; nothing once it has ended.</summary>
    public TimeSpan Elapsed => Read() - begin;

    private TimeSpan Read()
    {
        if (file is null)
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime;
        }

        try
        {
            // The second field is the name in brackets and may hold blanks; user and system time are the 14th and the 15th.
            var text = File.ReadAllText(file);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
        }
        catch (IOException)
        {
            return begin;
        }
    }
}
