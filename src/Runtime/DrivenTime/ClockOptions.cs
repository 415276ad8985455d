using System.Globalization;

namespace ServiceLoop.Runtime.DrivenTime;

/// <summary>Where the product's time comes from.</summary>
public enum ClockMode
{
    /// <summary>From the machine.</summary>
    Real,

    /// <summary>From a start on at a speed, and it may be moved forward through the door <c>PUT /api/clock</c>: for replays and rehearsals only.</summary>
    Driven,
}

/// <summary>Settings of the product's time: section <c>Clock</c>. Without them it is real.</summary>
public sealed record ClockOptions
{
    /// <summary>Real, or driven.</summary>
    public ClockMode Mode { get; init; } = ClockMode.Real;

    /// <summary>
    /// Name of the one database whose time may be driven; required where it is. Settings that wander to another installation do nothing there but keep it
    /// from starting.
    /// </summary>
    public string OnlyFor { get; init; } = "";

    /// <summary>The product's time at <see cref="Origin"/>, UTC; required where time is driven.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Real moment from which time counts, UTC; null for the start of the node. Nodes that share it agree, also those that start later.</summary>
    public DateTimeOffset? Origin { get; init; }

    /// <summary>Seconds of the product in a real second, above 0 and at most a million.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>What is wrong with the settings, with value and cure; null when they can be used.</summary>
    /// <param name="database">Name of the database that is used.</param>
    public string? Fault(string? database) =>
        Mode == ClockMode.Real
            ? Start is null && Origin is null && Speed.Equals(1.0) && OnlyFor.Length == 0
                ? null
                : "Clock:Start, Clock:Origin, Clock:Speed and Clock:OnlyFor count only where time is driven. Leave them out, or set Clock:Mode=driven."
            : OnlyFor.Length == 0 || OnlyFor != database
                ? $"Clock:Mode is driven and Clock:OnlyFor names '{OnlyFor}', but the database is '{database}'. Time is driven for the one database only that "
                    + "Clock:OnlyFor names: correct it, or leave Clock:Mode out, so that time is real."
                : Start is null
                    ? "Clock:Mode is driven and Clock:Start is missing. Say when time starts, for example 2026-03-02T09:00:00Z."
                    : Pace.IsSpeed(Speed)
                        ? null
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"Clock:Speed is {Speed}. Give a number above 0, at most {Pace.Fastest:0}."
                        );

    /// <summary>The driven clock; null when time is real.</summary>
    /// <param name="real">The time of the world.</param>
    public DrivenClock? Open(TimeProvider real) =>
        Mode == ClockMode.Driven && Start is { } start
            ? new DrivenClock(new Pace(start.ToUniversalTime(), (Origin ?? real.GetUtcNow()).ToUniversalTime(), Speed), real)
            : null;
}
