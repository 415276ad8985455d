using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Windows;

/// <summary>A stretch of each day by the clock on somebody's wall.</summary>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends. Not after <paramref name="From"/>: it ends on the next day.</param>
public sealed record DailyWindow(TimeOnly From, TimeOnly To)
{
    /// <summary>Days on which it begins; none means every day.</summary>
    public ImmutableArray<DayOfWeek> Days { get; init; } = [];

    internal bool BeginsOn(DateOnly day) => Days.IsDefaultOrEmpty || Days.Contains(day.DayOfWeek);
}

/// <summary>The moments at which the clock on a wall shows certain times.</summary>
/// <remarks>
/// Wall clocks are put back and forward. An hour that comes twice counts twice and one that is left out not at all, so whoever looks at the clock at
/// one of these moments always reads a time inside the window.
/// </remarks>
public static class LocalTimes
{
    private static readonly TimeSpan Stride = TimeSpan.FromHours(12);

    /// <summary>The moments of a range at which the wall clock of a zone is in one of the windows.</summary>
    /// <param name="zone">Where the wall is.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="isOff">Days on which no window begins; null for none.</param>
    /// <param name="range">Where to look.</param>
    public static ImmutableArray<Span> In(
        TimeZoneInfo zone,
        IReadOnlyCollection<DailyWindow> windows,
        Func<DateOnly, bool>? isOff,
        Span range
    )
    {
        var found = new List<Span>();

        foreach (var (piece, offset) in Pieces(zone, range))
        {
            var last = DateOnly.FromDateTime((piece.End.UtcDateTime + offset));

            for (var day = DateOnly.FromDateTime(piece.Start.UtcDateTime + offset).AddDays(-1); day <= last; day = day.AddDays(1))
            {
                if (isOff is not null && isOff(day))
                    continue;

                foreach (var window in windows.Where(w => w.BeginsOn(day)))
                {
                    var start = new DateTimeOffset(day.ToDateTime(window.From), offset);
                    var end = new DateTimeOffset(day.AddDays(window.To > window.From ? 0 : 1).ToDateTime(window.To), offset);
                    found.Add(
                        new(
                            (start > piece.Start ? start : piece.Start).ToUniversalTime(),
                            (end < piece.End ? end : piece.End).ToUniversalTime()
                        )
                    );
                }
            }
        }

        return Spans.Of(found);
    }

    /// <summary>The time that the wall clock of a zone shows.</summary>
    public static DateTime Wall(TimeZoneInfo zone, DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, zone).DateTime;

    /// <summary>The zone of a name; null when there is no such zone.</summary>
    public static TimeZoneInfo? Find(string? name) =>
        !string.IsNullOrEmpty(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>A range in pieces within which the distance to UTC stays the same.</summary>
    private static IEnumerable<(Span Piece, TimeSpan Offset)> Pieces(TimeZoneInfo zone, Span range)
    {
        var start = range.Start;
        var offset = zone.GetUtcOffset(start);

        for (var at = start; at < range.End; )
        {
            var next = range.End - at < Stride ? range.End : at + Stride;

            if (zone.GetUtcOffset(next) == offset)
            {
                at = next;
                continue;
            }

            at = Change(zone, offset, at, next);
            yield return (new(start, at), offset);
            (start, offset) = (at, zone.GetUtcOffset(at));
        }

        yield return (new(start, range.End), offset);
    }

    private static DateTimeOffset Change(TimeZoneInfo zone, TimeSpan offset, DateTimeOffset before, DateTimeOffset after)
    {
        while (after.UtcTicks - before.UtcTicks > 1)
        {
            var middle = before + ((after - before) / 2);

            if (zone.GetUtcOffset(middle) == offset)
                before = middle;
            else
                after = middle;
        }

        return after;
    }
}
