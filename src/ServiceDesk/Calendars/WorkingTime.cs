using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>A span of working time.</summary>
/// <param name="From">UTC.</param>
/// <param name="To">UTC, later.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WorkingSpan(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>How long it is.</summary>
    public TimeSpan Length => To - From;
}

/// <summary>Arithmetic with the working time of one calendar. Pure, for all threads; years are worked out when first asked for, and kept.</summary>
public sealed class WorkingTime
{
    // A calendar that does not reach a sum in so many years never does, for people.
    private const int HorizonYears = 30;

    private readonly ConcurrentDictionary<int, WorkingYear> years = new();
    private readonly WallTime wall;

    /// <summary>Prepares a calendar.</summary>
    /// <exception cref="TimeZoneNotFoundException">The system does not know its zone.</exception>
    public WorkingTime(BusinessCalendar calendar)
    {
        Calendar = calendar;
        wall = new(
            WallTime.Find(calendar.Zone) ?? throw new TimeZoneNotFoundException($"The time zone '{calendar.Zone}' is unknown here.")
        );
    }

    /// <summary>The calendar.</summary>
    public BusinessCalendar Calendar { get; }

    /// <summary>Whether a moment is working time; the moment of closing is not.</summary>
    public bool IsOpen(DateTimeOffset moment) => Find(moment.UtcTicks, moment, 0) is { } opening && opening.From <= moment;

    /// <summary>The moment itself when it is working time, else the next opening; null when there is none in thirty years.</summary>
    public DateTimeOffset? NextOpening(DateTimeOffset moment) =>
        Find(moment.UtcTicks, moment, HorizonYears) is { } opening ? Later(opening.From, moment) : null;

    /// <summary>Working time between two moments; nothing when the second is not later.</summary>
    public TimeSpan Between(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
            return TimeSpan.Zero;

        var (first, last) = (YearAt(from), YearAt(to));
        var worked = Of(last).Until(to.UtcTicks) - Of(first).Until(from.UtcTicks);

        for (var year = first; year < last; year++)
            worked += Of(year).Total;

        return new TimeSpan(worked);
    }

    /// <summary>The earliest moment by which so much working time has passed; the start itself for none.</summary>
    /// <returns>UTC; null when the calendar has not so much working time in thirty years.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The span is negative.</exception>
    public DateTimeOffset? Add(DateTimeOffset start, TimeSpan worked)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worked, TimeSpan.Zero);

        if (worked == TimeSpan.Zero)
            return start.ToUniversalTime();

        var first = YearAt(start);
        var left = worked.Ticks + Of(first).Until(start.UtcTicks);

        for (var year = first; year <= Math.Min(first + HorizonYears, 9998); year++)
        {
            if (left <= Of(year).Total)
                return At(Of(year).When(left));

            left -= Of(year).Total;
        }

        return null;
    }

    /// <summary>Whether there is any working time on a day.</summary>
    public bool IsWorkingDay(DateOnly date) => !Calendar.HoursOf(date).IsEmpty;

    /// <summary>
    /// The n-th working day after the day of the start, at the same time on the wall, clipped to the hours of that day: not before its first opening, and a
    /// time at which it is closed becomes the closing before. A start outside working time counts from the next opening.
    /// </summary>
    /// <returns>UTC; null when the calendar has not so many working days in thirty years.</returns>
    public DateTimeOffset? AddDays(DateTimeOffset start, int days)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);

        if (NextOpening(start) is not { } counted)
            return null;

        var first = wall.DateAt(counted);
        var date = first;

        for (var left = days; left > 0; )
        {
            date = date.AddDays(1);

            if (date.Year > first.Year + HorizonYears || date.Year > 9998)
                return null;

            if (IsWorkingDay(date))
                left--;
        }

        return Clipped(date, wall.At(date, wall.TimeAt(counted)));
    }

    /// <summary>The spans of working time between two moments, in order.</summary>
    public IEnumerable<WorkingSpan> Spans(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
            yield break;

        for (var year = YearAt(from); year <= YearAt(to); year++)
        {
            var table = Of(year);

            for (var i = table.NotEndedAt(from.UtcTicks); i < table.Count && table[i].Start < to.UtcTicks; i++)
                yield return new(Later(At(table[i].Start), from), Earlier(At(table[i].End), to));
        }
    }

    /// <summary>An instant as people in the zone of the calendar read it.</summary>
    public DateTimeOffset Local(DateTimeOffset instant) => wall.In(instant);

    private DateTimeOffset Clipped(DateOnly date, DateTimeOffset wanted)
    {
        DateTimeOffset? best = null;

        foreach (var hours in Calendar.HoursOf(date).OrderBy(h => h.FromMinute))
        {
            var (opens, closes) = (
                wall.At(date, TimeSpan.FromMinutes(hours.FromMinute)),
                wall.At(date, TimeSpan.FromMinutes(hours.ToMinute))
            );

            if (best is null || opens <= wanted)
                best = wanted < opens ? opens : Earlier(wanted, closes);
        }

        return best ?? wanted;
    }

    private WorkingSpan? Find(long ticks, DateTimeOffset moment, int moreYears)
    {
        var first = YearAt(moment);

        for (var year = first; year <= Math.Min(first + moreYears, 9998); year++)
            if (Of(year) is var table && table.NotEndedAt(ticks) is var i && i < table.Count)
                return new(At(table[i].Start), At(table[i].End));

        return null;
    }

    private int YearAt(DateTimeOffset moment) => Math.Clamp(wall.DateAt(moment).Year, 2, 9998);

    private WorkingYear Of(int year) => years.GetOrAdd(year, static (y, self) => new WorkingYear(self.Calendar, self.wall, y), this);

    private static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => (a > b ? a : b).ToUniversalTime();

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => (a < b ? a : b).ToUniversalTime();
}
