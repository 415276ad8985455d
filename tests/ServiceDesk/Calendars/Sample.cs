using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.ServiceDesk.Calendars;

namespace ServiceLoop.ServiceDesk.Tests.Calendars;

/// <summary>Calendars for tests.</summary>
internal static class Sample
{
    public static readonly ImmutableArray<OpenHours> OfficeDay = [new(9 * 60, 12 * 60), new((13 * 60) + 30, 18 * 60)];

    /// <summary>Shanghai, Monday to Friday, lunch, and the list of February 2026.</summary>
    public static readonly BusinessCalendar China = Of(
        "Asia/Shanghai",
        OfficeWeek,
        [
            .. Enumerable.Range(15, 9).Select(d => CalendarException.Closed(new(2026, 2, d), "春节")),
            new(new(2026, 2, 14), ExceptionKind.Open, OfficeDay, "春节"),
            new(new(2026, 2, 28), ExceptionKind.Open, OfficeDay, "春节"),
        ]
    );

    public static readonly BusinessCalendar NewYorkAlways = Of("America/New_York", Always, []);

    public static ImmutableArray<WeeklyHours> OfficeWeek =>
        [.. from day in Enumerable.Range(1, 5) from hours in OfficeDay select new WeeklyHours((DayOfWeek)day, hours)];

    public static ImmutableArray<WeeklyHours> Always => [.. Enum.GetValues<DayOfWeek>().Select(d => new WeeklyHours(d, OpenHours.AllDay))];

    public static BusinessCalendar Of(string zone, ImmutableArray<WeeklyHours> weekly, ImmutableArray<CalendarException> exceptions) =>
        new("calendar", "Calendar", zone, [new CalendarVersion(1, null, weekly, exceptions)]);

    /// <summary>A moment written with its offset, or as wall time of Shanghai.</summary>
    public static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text.Length > 16 ? text : $"{text}+08:00", CultureInfo.InvariantCulture);
}
