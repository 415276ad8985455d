using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace ServiceLoop.Engine.Bench.Measuring;

/// <summary>Listens to the runtime's random samples of allocations: the share of each type in all allocated bytes.</summary>
/// <remarks>
/// The runtime draws bytes, not objects (<c>AllocationSampled</c>, since .NET 9), so each sample counts for the same number of bytes.
/// </remarks>
internal sealed class AllocationTypes : EventListener
{
    private const EventKeywords AllocationSampling = (EventKeywords)0x80000000000;
    private readonly ConcurrentDictionary<string, long> samples = new(StringComparer.Ordinal);

    /// <summary>Types with their share of all bytes, the largest first.</summary>
    public IEnumerable<(string Type, double Share)> Shares()
    {
        var all = (double)samples.Values.Sum();
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

        if (names.IndexOf("TypeName") is >= 0 and var index && eventData.Payload?[index] is string type)
            samples.AddOrUpdate(type, 1, static (_, count) => count + 1);
    }
}
