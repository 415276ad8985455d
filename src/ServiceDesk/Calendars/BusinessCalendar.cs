using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>Opening hours on one day of the week. A day may have many.</summary>
/// <param name="Day">The day, as it is called in the zone of the calendar.</param>
/// <param name="Hours">From when to when.</param>
public sealed record WeeklyHours(DayOfWeek Day, OpenHours Hours);

/// <summary>A span of local wall time within one day.</summary>
/// <param name="FromMinute">Minute of the day at which it begins, 0 to 1439.</param>
/// <param name="ToMinute">Minute of the day before which it ends, 1 to 1440 (midnight). In weekly hours it may be before the beginning: the span then ends on the next day.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OpenHours(int FromMinute, int ToMinute)
{
    /// <summary>Minutes of a day on the wall.</summary>
    public const int MinutesPerDay = 24 * 60;

    /// <summary>The whole day.</summary>
    public static readonly OpenHours AllDay = new(0, MinutesPerDay);

    /// <summary>Minute of the day that a text like <c>09:00</c> or <c>24:00</c> means; null for any other text.</summary>
    public static int? Minute(string? text) => WallTime.Parse(text);

    /// <summary>As people write it: <c>09:00-12:00</c>.</summary>
    public override string ToString() => $"{WallTime.Text(FromMinute)}-{WallTime.Text(ToMinute)}";
}

/// <summary>What an exception does to its day.</summary>
public enum ExceptionKind
{
    /// <summary>No working time on that day: a holiday.</summary>
    Closed,

    /// <summary>Working time as given, whatever the week says: a make-up workday (调休), or shorter hours.</summary>
    Open,
}

/// <summary>One day that is not as the week says.</summary>
/// <param name="Date">The day in the zone of the calendar.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Hours">Opening hours of that day; empty when it is closed.</param>
/// <param name="Name">How people call it, for example <c>春节</c>; may be empty.</param>
public sealed record CalendarException(DateOnly Date, ExceptionKind Kind, ImmutableArray<OpenHours> Hours, string Name)
{
    /// <summary>A holiday.</summary>
    public static CalendarException Closed(DateOnly date, string name) => new(date, ExceptionKind.Closed, [], name);
}

/// <summary>One version of a calendar: a whole set of hours and exceptions.</summary>
/// <param name="Number">From 1, rising.</param>
/// <param name="EffectiveFrom">The first day for which it counts; earlier days stay as the versions before say. Null: it counts for all days.</param>
/// <param name="Weekly">Hours of the week, no two of a day overlapping.</param>
/// <param name="Exceptions">Exceptions, at most one a day.</param>
public sealed record CalendarVersion(
    int Number,
    DateOnly? EffectiveFrom,
    ImmutableArray<WeeklyHours> Weekly,
    ImmutableArray<CalendarException> Exceptions
);

/// <summary>Working time of a part of the company (工作日历), as one version and those before it say.</summary>
/// <param name="Id">Id.</param>
/// <param name="Name">How people call it.</param>
/// <param name="Zone">IANA zone in which its wall times are meant; the same in all versions.</param>
/// <param name="Versions">At least one, the latest last. For each day the last one counts that is in effect on it.</param>
public sealed record BusinessCalendar(string Id, string Name, string Zone, ImmutableArray<CalendarVersion> Versions)
{
    /// <summary>Number of the latest version.</summary>
    public int Version => Versions[^1].Number;

    /// <summary>The hours of a day.</summary>
    internal ImmutableArray<OpenHours> HoursOf(DateOnly date)
    {
        for (var i = Versions.Length - 1; i >= 0; i--)
            if (Versions[i].EffectiveFrom is not { } from || from <= date)
                return HoursOf(Versions[i], date);

        return HoursOf(Versions[0], date);
    }

    private static ImmutableArray<OpenHours> HoursOf(CalendarVersion version, DateOnly date)
    {
        foreach (var exception in version.Exceptions)
            if (exception.Date == date)
                return exception.Kind == ExceptionKind.Closed ? [] : exception.Hours;

        return [.. version.Weekly.Where(w => w.Day == date.DayOfWeek).Select(w => w.Hours)];
    }
}
