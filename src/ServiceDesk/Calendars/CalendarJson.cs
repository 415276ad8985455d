using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>Hours and exceptions of a version as they are stored.</summary>
internal static class CalendarJson
{
    private sealed record Stored(ImmutableArray<StoredDay> Weekly, ImmutableArray<StoredException> Exceptions);

    private sealed record StoredDay(int Day, int From, int To);

    private sealed record StoredException(string Date, bool Open, ImmutableArray<int> Hours, string Name);

    public static string Write(CalendarVersion version) =>
        JsonSerializer.Serialize(
            new Stored(
                [.. version.Weekly.Select(w => new StoredDay((int)w.Day, w.Hours.FromMinute, w.Hours.ToMinute))],
                [
                    .. version.Exceptions.Select(e => new StoredException(
                        e.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                        e.Kind == ExceptionKind.Open,
                        [.. e.Hours.SelectMany(h => new[] { h.FromMinute, h.ToMinute })],
                        e.Name
                    )),
                ]
            )
        );

    public static CalendarVersion Read(int number, DateOnly? effectiveFrom, string json)
    {
        var stored = JsonSerializer.Deserialize<Stored>(json)!;
        return new(
            number,
            effectiveFrom,
            [.. stored.Weekly.Select(w => new WeeklyHours((DayOfWeek)w.Day, new(w.From, w.To)))],
            [
                .. stored.Exceptions.Select(e => new CalendarException(
                    DateOnly.ParseExact(e.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                    e.Open ? ExceptionKind.Open : ExceptionKind.Closed,
                    [.. e.Hours.Chunk(2).Select(h => new OpenHours(h[0], h[1]))],
                    e.Name
                )),
            ]
        );
    }
}
