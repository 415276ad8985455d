using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace ServiceLoop.Engine.Bench.Measuring;

/// <summary>Listens to the runtime's random samples of allocations: the share of each type in all allocated bytes.</summary>
/// <remarks>
/// The runtime draws bytes, not objects (<c>AllocationSampled</c>, since .NET 9): one in <see cref="MeanDistance"/> on average, and an object counts once
/// however often it is drawn. A sample therefore stands for its size divided by the probability that an object of that size is drawn at all.
/// </remarks>
internal sealed class AllocationTypes : EventListener
{
    private const EventKeywords AllocationSampling = (EventKeywords)0x80000000000;
    private const double MeanDistance = 102_400;
    private readonly ConcurrentDictionary<string, double> samples = new(StringComparer.Ordinal);

    /// <summary>Types with their share of all bytes, the largest first.</summary>
    public IEnumerable<(string Type, double Share)> Shares()
    {
        var all = samples.Values.Sum();
        return samples.OrderByDescending(s => s.Value).Select(s => (s.Key, s.Value / all));
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Informational, AllocationSampling);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName != "AllocationSampled" || eventData.PayloadNames is not { } names)
            return;

        if (
            eventData.Payload is { } payload
            && names.IndexOf("TypeName") is >= 0 and var type
            && names.IndexOf("ObjectSize") is >= 0 and var size
            && payload[type] is string name
        )
        {
            var bytes = Convert.ToDouble(payload[size], CultureInfo.InvariantCulture);
            var weight = bytes / (1 - Math.Exp(-bytes / MeanDistance));
            samples.AddOrUpdate(name, static (_, weight) => weight, static (_, sum, weight) => sum + weight, weight);
        }
    }
}
