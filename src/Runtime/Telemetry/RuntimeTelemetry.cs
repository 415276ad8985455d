using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServiceLoop.Runtime.Telemetry;

/// <summary>What the runtime measures and traces. A host exports the meter and the source named <see cref="Name"/>; without one, all of it costs next to nothing.</summary>
/// <remarks>Names follow OpenTelemetry: dots, singular, seconds. Every instrument is safe for all threads.</remarks>
public static class RuntimeTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "ServiceLoop";

    /// <summary>Traces: bursts, commits, work.</summary>
    public static readonly ActivitySource Source = new(Name);

    internal static readonly Meter Meter = new(Name);

    /// <summary>Bursts that committed.</summary>
    internal static readonly Counter<long> Bursts = Meter.CreateCounter<long>(
        "serviceloop.burst.count",
        "{burst}",
        "Bursts that were committed."
    );

    /// <summary>From load to durable commit.</summary>
    internal static readonly Histogram<double> BurstDuration = Meter.CreateHistogram<double>(
        "serviceloop.burst.duration",
        "s",
        "Time of a burst, from loading the instance to the durable commit."
    );

    /// <summary>How many commits shared a transaction.</summary>
    internal static readonly Histogram<int> CommitGroupSize = Meter.CreateHistogram<int>(
        "serviceloop.commit.group_size",
        "{commit}",
        "Commits that shared one transaction."
    );

    /// <summary>One transaction of a group.</summary>
    internal static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>(
        "serviceloop.commit.duration",
        "s",
        "Time of one group's transaction on the database."
    );

    /// <summary>Losers of a version check, a lease or a key.</summary>
    internal static readonly Counter<long> CommitConflicts = Meter.CreateCounter<long>(
        "serviceloop.commit.conflict",
        "{commit}",
        "Commits that lost against somebody else's."
    );

    /// <summary>Commits that wait for their turn.</summary>
    internal static readonly UpDownCounter<long> CommitsWaiting = Meter.CreateUpDownCounter<long>(
        "serviceloop.commit.waiting",
        "{commit}",
        "Commits that wait for a transaction."
    );

    /// <summary>Faults and standstills.</summary>
    internal static readonly Counter<long> IncidentsOpened = Meter.CreateCounter<long>(
        "serviceloop.incident.opened",
        "{incident}",
        "Incidents that were opened."
    );

    /// <summary>From due to done.</summary>
    internal static readonly Histogram<double> TimerLateness = Meter.CreateHistogram<double>(
        "serviceloop.timer.lateness",
        "s",
        "Time from the moment a timer was due to the commit that it caused."
    );
}
