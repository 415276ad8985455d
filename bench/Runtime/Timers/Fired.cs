using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Telemetry;

namespace ServiceLoop.Runtime.Bench.Timers;

/// <summary>Listens to the runtime's own measure of timers: each that was committed, and how late.</summary>
internal sealed class Fired : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly MeterListener listener;
    private readonly Lock gate = new();
    private readonly List<double> lateness = [];

    public Fired()
    {
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == RuntimeTelemetry.Name && instrument.Name == "serviceloop.timer.lateness")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (_, seconds, _, _) =>
            {
                lock (gate)
                    lateness.Add(seconds * 1000);
            }
        );
        listener.Start();
    }

    public int Count
    {
        get
        {
            lock (gate)
                return lateness.Count;
        }
    }

    /// <summary>Waits until so many have fired.</summary>
    /// <exception cref="TimeoutException">They have not.</exception>
    public async Task UntilAsync(int count, TimeSpan patience, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();

        while (Count < count)
        {
            if (Stopwatch.GetElapsedTime(start) > patience)
                throw new TimeoutException($"{Count} of {count} timers have fired after {patience.TotalSeconds:0} s.");

            await Task.Delay(Look, ct);
        }
    }

    /// <summary>Lateness of all, sorted, in milliseconds.</summary>
    public double[] Sorted()
    {
        lock (gate)
            return [.. lateness.Order()];
    }

    /// <summary>Least, p50, p99, most; seconds or milliseconds as they come.</summary>
    public static string Describe(double[] sorted, string format) =>
        string.Join(
            " | ",
            new[] { 0, 0.5, 0.99, 1 }.Select(p =>
                Latencies.Percentile(sorted, p).ToString(format, System.Globalization.CultureInfo.InvariantCulture)
            )
        );

    public void Dispose() => listener.Dispose();
}
