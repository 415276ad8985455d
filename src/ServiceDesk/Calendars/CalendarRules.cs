using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>What a calendar must be, and how it is put in order.</summary>
public static class CalendarRules
{
    /// <summary>Most exceptions of one version: thirty years of long holiday lists.</summary>
    public const int MaxExceptions = 2000;

    /// <summary>Most openings of one day.</summary>
    public const int MaxOpeningsPerDay = 12;

    /// <summary>Most characters of a name.</summary>
    public const int MaxName = 200;

    private static readonly DateOnly Earliest = new(2000, 1, 1);
    private static readonly DateOnly Latest = new(2199, 12, 31);

    /// <summary>A version with weekly hours that touch midnight split, and all in order of time.</summary>
    public static CalendarVersion Ordered(CalendarVersion version) =>
        version with
        {
            Weekly = [.. version.Weekly.SelectMany(Split).OrderBy(w => ((int)w.Day + 6) % 7).ThenBy(w => w.Hours.FromMinute)],
            Exceptions =
            [
                .. version
                    .Exceptions.OrderBy(e => e.Date)
                    .Select(e => e with { Hours = [.. e.Hours.OrderBy(h => h.FromMinute)], Name = e.Name.Trim() }),
            ],
        };

    /// <summary>All that is wrong with a calendar whose versions are <see cref="Ordered"/>; empty when it may be used.</summary>
    public static ImmutableArray<CalendarProblem> Check(string name, string zone, CalendarVersion version)
    {
        var problems = ImmutableArray.CreateBuilder<CalendarProblem>();

        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || !SoundText.IsOneLine(name))
            problems.Add(new("name", $"The name of a calendar is one line of 1 to {MaxName} characters."));

        if (WallTime.Find(zone) is null)
            problems.Add(new("zone", $"'{SoundText.Quoted(zone)}' is not an IANA time zone. Use one like 'Asia/Shanghai'."));

        if (version.EffectiveFrom is { } from && (from < Earliest || from > Latest))
            problems.Add(
                new("effectiveFrom", $"{from:yyyy-MM-dd} is too far away. Use a day from {Earliest:yyyy-MM-dd} to {Latest:yyyy-MM-dd}.")
            );

        foreach (var day in version.Weekly.GroupBy(w => w.Day))
            CheckHours($"weekly ({day.Key})", [.. day.Select(w => w.Hours)], problems);

        CheckExceptions(version.Exceptions, problems);

        if (version.Weekly.IsEmpty && !version.Exceptions.Any(e => e.Kind == ExceptionKind.Open))
            problems.Add(new("weekly", "The calendar never opens. Give it at least one span of opening hours."));

        return problems.ToImmutable();
    }

    private static void CheckExceptions(ImmutableArray<CalendarException> exceptions, ImmutableArray<CalendarProblem>.Builder problems)
    {
        if (exceptions.Length > MaxExceptions)
            problems.Add(
                new(
                    "exceptions",
                    $"There are {exceptions.Length} exceptions; a calendar has {MaxExceptions} at most. Leave out past years."
                )
            );

        foreach (var twice in exceptions.GroupBy(e => e.Date).Where(g => g.Count() > 1))
            problems.Add(new("exceptions", $"There are {twice.Count()} exceptions for {twice.Key:yyyy-MM-dd}. Keep one."));

        foreach (var exception in exceptions)
        {
            var field = $"exceptions ({exception.Date:yyyy-MM-dd})";

            if (exception.Date < Earliest || exception.Date > Latest)
                problems.Add(new(field, $"The day is too far away. Use one from {Earliest:yyyy-MM-dd} to {Latest:yyyy-MM-dd}."));

            if (exception.Name.Length > MaxName || !SoundText.IsOneLine(exception.Name))
                problems.Add(new(field, $"The name of an exception is one line of at most {MaxName} characters."));

            if (exception.Kind == ExceptionKind.Open && exception.Hours.IsEmpty)
                problems.Add(new(field, "A day that is open needs hours. Give them, or close the day."));

            if (exception.Kind == ExceptionKind.Closed && !exception.Hours.IsEmpty)
                problems.Add(new(field, "A day that is closed has no hours. Leave them out, or open the day."));

            CheckHours(field, exception.Hours, problems);
        }
    }

    private static void CheckHours(string field, ImmutableArray<OpenHours> hours, ImmutableArray<CalendarProblem>.Builder problems)
    {
        if (hours.Length > MaxOpeningsPerDay)
            problems.Add(new(field, $"There are {hours.Length} spans; a day has {MaxOpeningsPerDay} at most."));

        foreach (var span in hours)
            if (
                span.FromMinute is < 0 or >= OpenHours.MinutesPerDay
                || span.ToMinute is < 1 or > OpenHours.MinutesPerDay
                || span.ToMinute <= span.FromMinute
            )
                problems.Add(
                    new(field, $"{span} is not a span within one day. It begins at 00:00 to 23:59 and ends later, at 24:00 at the latest.")
                );

        for (var i = 1; i < hours.Length; i++)
            if (hours[i].FromMinute < hours[i - 1].ToMinute)
                problems.Add(new(field, $"{hours[i - 1]} and {hours[i]} overlap. Make one span of them."));
    }

    private static IEnumerable<WeeklyHours> Split(WeeklyHours hours)
    {
        var (from, to) = (hours.Hours.FromMinute, hours.Hours.ToMinute);

        if (to > from || to < 0 || from >= OpenHours.MinutesPerDay)
            return [hours];

        var evening = new WeeklyHours(hours.Day, new(from, OpenHours.MinutesPerDay));
        var next = (DayOfWeek)(((int)hours.Day + 1) % 7);
        return to == 0 ? [evening] : [evening, new(next, new(0, to))];
    }
}
