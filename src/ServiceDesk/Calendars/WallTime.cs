using System.Globalization;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>Wall times of a zone as instants: the one place where daylight saving is decided.</summary>
internal sealed class WallTime(TimeZoneInfo zone)
{
    // The longest gap known: Samoa left out a whole day.
    private const int MaxGapMinutes = 36 * 60;

    /// <summary>The zone of an IANA id; null when there is none of that name.</summary>
    public static TimeZoneInfo? Find(string id) =>
        id.Contains('/', StringComparison.Ordinal) || id is "UTC" or "GMT"
            ? TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId
                ? zone
                : null
            : null;

    /// <summary>As people write it: <c>09:00</c>; the end of a day is <c>24:00</c>.</summary>
    public static string Text(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");

    /// <summary>Minute of the day that a text like <c>09:00</c> or <c>24:00</c> means; null for any other text.</summary>
    public static int? Parse(string? text) =>
        text is { Length: 5 }
        && text[2] == ':'
        && int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
        && int.TryParse(text.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
        && minute < 60
        && (hour < 24 || (hour == 24 && minute == 0))
            ? (hour * 60) + minute
            : null;

    /// <summary>The day on the wall at an instant.</summary>
    public DateOnly DateAt(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The time on the wall at an instant.</summary>
    public TimeSpan TimeAt(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone).TimeOfDay;

    /// <summary>The offset of the zone at an instant.</summary>
    public DateTimeOffset In(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone);

    /// <summary>The instant of a wall time. One that does not exist moves forward to the end of the gap; of two the earlier is meant.</summary>
    public DateTimeOffset At(DateOnly date, TimeSpan time)
    {
        var local = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified) + time;

        if (zone.IsInvalidTime(local))
            local = EndOfGap(local);

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private DateTime EndOfGap(DateTime local)
    {
        var minute = new DateTime(local.Ticks - (local.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified);

        for (var i = 1; i <= MaxGapMinutes; i++)
            if (minute.AddMinutes(i) is var later && !zone.IsInvalidTime(later))
                return later;

        return local;
    }
}
