using System.Globalization;
using System.Runtime.InteropServices;

namespace ServiceLoop.Engine.Bench.Measuring;

/// <summary>The machine that the figures belong to: what it is, never what it is called.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Processor()}, {Environment.ProcessorCount} logical cores, {memory:0} GiB; {RuntimeInformation.OSDescription.Split('#')[0].Trim()}, {RuntimeInformation.OSArchitecture}; {RuntimeInformation.FrameworkDescription}, workstation collector, one thread, processor time. {DateTime.UtcNow:yyyy-MM-dd}."
        );
    }

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        var line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? "Processor of unknown model";
    }
}
