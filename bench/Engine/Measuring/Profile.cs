using System.Diagnostics;
using System.Globalization;
using ServiceLoop.Engine.Bench.Cases;

namespace ServiceLoop.Engine.Bench.Measuring;

/// <summary>Repeats one contestant, for a profiler to look at, and lists what it allocates by type.</summary>
internal static class Profile
{
    public static int Run(string wanted, string[] options)
    {
        var all = AllCases.Groups(Effort.Full).SelectMany(g => g.Contestants);
        var contestant = all.FirstOrDefault(c => c.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase));

        if (contestant is null)
        {
            Console.Error.WriteLine(
                $"No contestant's name contains '{wanted}'. There are:\n{string.Join('\n', all.Select(c => $"  {c.Name}"))}"
            );
            return 2;
        }

        var seconds = options is [var text] ? double.Parse(text, CultureInfo.InvariantCulture) : 5;
        Repeat(contestant, seconds / 5);

        using var types = new AllocationTypes();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var calls = Repeat(contestant, seconds);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls;

        Console.WriteLine(
            FormattableString.Invariant($"{contestant.Name}: {calls:N0} calls, {seconds * 1e6 / calls:0.000} µs and {bytes:0} B each")
        );

        foreach (var (type, share) in types.Shares().Take(30))
            Console.WriteLine(FormattableString.Invariant($"  {share * 100, 5:0.0} %  {share * bytes, 9:0} B  {type}"));

        return 0;
    }

    private static long Repeat(Contestant contestant, double seconds)
    {
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        var calls = 0L;

        for (; Stopwatch.GetTimestamp() < end; calls++)
            contestant.Run();

        return calls;
    }
}
