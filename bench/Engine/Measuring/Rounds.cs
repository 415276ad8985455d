using System.Diagnostics;

namespace ServiceLoop.Engine.Bench.Measuring;

/// <summary>What was measured for one contestant; times and bytes of one operation.</summary>
/// <param name="Name">The contestant.</param>
/// <param name="Median">Nanoseconds, the median of the rounds.</param>
/// <param name="Best">Nanoseconds, the fastest round.</param>
/// <param name="Bytes">Allocated by the measuring thread.</param>
/// <param name="Ratio">Time beside the first contestant's: the median of the ratios of each round.</param>
internal sealed record Figure(string Name, double Median, double Best, double Bytes, double Ratio);

/// <summary>Measures contestants in turn, round by round, on this thread.</summary>
/// <remarks>
/// Times are processor time: others who take the core away do not count. The process has one busy thread; the collector works on it, and the just-in-time
/// compiler has finished after the warm-up.
/// </remarks>
internal static class Rounds
{
    public static IReadOnlyList<Figure> Measure(IReadOnlyList<Contestant> contestants, Effort effort)
    {
        // Twice: code that all share settles only after the last one has used it.
        foreach (var contestant in contestants.Concat(contestants))
            WarmUp(contestant, effort.WarmUp / 2);

        var calls = contestants.Select(c => Calibrate(c, effort.Round)).ToArray();
        var times = contestants.Select(_ => new double[effort.Rounds]).ToArray();
        var bytes = new long[contestants.Count];

        for (var round = 0; round < effort.Rounds; round++)
        for (var c = 0; c < contestants.Count; c++)
        {
            GC.Collect(0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            times[c][round] = Time(contestants[c], calls[c]) / ((double)calls[c] * contestants[c].Operations);
            bytes[c] += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return
        [
            .. contestants.Select(
                (contestant, c) =>
                    new Figure(
                        contestant.Name,
                        Median(times[c]),
                        times[c].Min(),
                        bytes[c] / ((double)calls[c] * contestant.Operations * effort.Rounds),
                        Median([.. times[c].Select((time, round) => time / times[0][round])])
                    )
            ),
        ];
    }

    private static void WarmUp(Contestant contestant, TimeSpan span)
    {
        var end = Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency);

        do contestant.Run();
        while (Stopwatch.GetTimestamp() < end);
    }

    private static int Calibrate(Contestant contestant, TimeSpan round)
    {
        var wanted = round.TotalNanoseconds;
        var calls = 1;

        while (true)
        {
            var time = Time(contestant, calls);

            if (time >= wanted / 4 || calls >= 1 << 24)
                return Math.Max(1, (int)Math.Min(1 << 26, calls * (wanted / Math.Max(time, 1))));

            calls *= 4;
        }
    }

    private static double Time(Contestant contestant, int calls)
    {
        var run = contestant.Run;
        var start = Environment.CpuUsage.TotalTime;

        for (var i = 0; i < calls; i++)
            run();

        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
