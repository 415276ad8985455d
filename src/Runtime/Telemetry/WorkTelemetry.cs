using System.Diagnostics.Metrics;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Telemetry;

/// <summary>What is measured of the work queue.</summary>
internal static class WorkTelemetry
{
    // A measurement of the whole queue is made once a minute by one node of all; older ones say nothing.
    private static readonly TimeSpan MeasurementLasts = TimeSpan.FromMinutes(3);

    private static readonly Counter<long> Done = RuntimeTelemetry.Meter.CreateCounter<long>(
        "serviceloop.work.done",
        "{work}",
        "Work that was done."
    );
    private static readonly Counter<long> Failures = RuntimeTelemetry.Meter.CreateCounter<long>(
        "serviceloop.work.failure",
        "{attempt}",
        "Attempts that failed."
    );
    private static readonly Counter<long> GivenUp = RuntimeTelemetry.Meter.CreateCounter<long>(
        "serviceloop.work.given_up",
        "{work}",
        "Work whose attempts are used up."
    );

    private static Measurement? last;

    static WorkTelemetry()
    {
        RuntimeTelemetry.Meter.CreateObservableGauge("serviceloop.work.depth", Depths, "{work}", "Work in the queue, by state.");
        RuntimeTelemetry.Meter.CreateObservableGauge(
            "serviceloop.work.oldest_due",
            Oldest,
            "s",
            "For how long the oldest work has been due."
        );
    }

    private sealed record Measurement(WorkDepths Depths, DateTimeOffset At, long Timestamp);

    public static void Did(WorkRow work) => Done.Add(1, KindOf(work));

    public static void Failed(WorkRow work) => Failures.Add(1, KindOf(work));

    public static void GaveUp(WorkRow work) => GivenUp.Add(1, KindOf(work));

    public static void Measured(WorkDepths depths, DateTimeOffset now) =>
        Volatile.Write(ref last, new Measurement(depths, now, TimeProvider.System.GetTimestamp()));

    private static IEnumerable<Measurement<long>> Depths() =>
        Fresh() is { Depths: var depths }
            ? [Of(depths.Due, "due"), Of(depths.Waiting, "waiting"), Of(depths.Failing, "failing"), Of(depths.Buried, "buried")]
            : [];

    private static IEnumerable<Measurement<double>> Oldest() =>
        Fresh() is { } fresh ? [new(fresh.Depths.OldestDueAt is { } due ? Math.Max(0, (fresh.At - due).TotalSeconds) : 0)] : [];

    private static Measurement? Fresh() =>
        Volatile.Read(ref last) is { } known && TimeProvider.System.GetElapsedTime(known.Timestamp) < MeasurementLasts ? known : null;

    private static Measurement<long> Of(long count, string state) => new(count, KeyValuePair.Create<string, object?>("state", state));

    private static KeyValuePair<string, object?> KindOf(WorkRow work) => KeyValuePair.Create<string, object?>("kind", work.Kind.ToString());
}
