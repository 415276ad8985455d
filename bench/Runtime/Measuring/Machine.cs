using System.Globalization;
using System.Runtime.InteropServices;

namespace ServiceLoop.Runtime.Bench.Measuring;

/// <summary>The machine that the figures belong to: what it is, never what it is called.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Processor()}, {Environment.ProcessorCount} logical cores shared by client and server, {memory:0} GiB; {RuntimeInformation.OSDescription.Split('#')[0].Trim()}; {RuntimeInformation.FrameworkDescription}. {DateTime.UtcNow:yyyy-MM-dd}."
        );
    }

    private static string Processor()
    {
        const string Path = "/proc/cpuinfo";
        var line = File.Exists(Path)
            ? File.ReadLines(Path).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? "Processor of unknown model";
    }
}
