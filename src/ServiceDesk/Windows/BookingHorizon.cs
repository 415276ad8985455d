using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Windows;

/// <summary>How far ahead a moment is looked for before the customer is asked to book one.</summary>
public static class BookingHorizon
{
    /// <summary>Business days that are searched.</summary>
    public const int Days = 5;

    /// <summary>Never further than this, should the service be closed for weeks.</summary>
    public static readonly TimeSpan Furthest = TimeSpan.FromDays(60);

    /// <summary>The end of the n-th day on which the service is open, counted after the day of <paramref name="from"/>.</summary>
    /// <param name="service">When the service is open, from <paramref name="from"/> on.</param>
    /// <param name="zone">Zone of the service: it tells the days apart.</param>
    /// <param name="from">Now, UTC.</param>
    /// <param name="days">How many days.</param>
    public static DateTimeOffset EndOf(ImmutableArray<Span> service, TimeZoneInfo zone, DateTimeOffset from, int days = Days)
    {
        var furthest = from + Furthest;
        var today = DateOnly.FromDateTime(LocalTimes.Wall(zone, from));
        var seen = today;
        var end = from;

        foreach (var span in service)
        {
            // A span over midnight, or over many days, opens every day that it touches.
            for (var at = span.Start > from ? span.Start : from; at < span.End && at < furthest; )
            {
                var day = DateOnly.FromDateTime(LocalTimes.Wall(zone, at));

                if (day > seen)
                {
                    if (days == 0)
                        return end;

                    seen = day;
                    days--;
                }

                var next = NextMidnight(zone, at);
                end = next < span.End ? next : span.End;
                at = next;
            }
        }

        return end < furthest ? end : furthest;
    }

    private static DateTimeOffset NextMidnight(TimeZoneInfo zone, DateTimeOffset at)
    {
        var midnight = LocalTimes.Wall(zone, at).Date.AddDays(1);

        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(15);

        var next = new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
        return next > at ? next : at.AddHours(1);
    }
}
