using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>One day of a holiday list.</summary>
/// <param name="Date">The day.</param>
/// <param name="Name">Of which holiday.</param>
/// <param name="IsOffDay">True: a holiday. False: a make-up workday (调休).</param>
public sealed record Holiday(DateOnly Date, string Name, bool IsOffDay);

/// <summary>Reads lists of holidays, and puts them into a calendar.</summary>
/// <remarks>
/// Formats: the JSON of <c>holiday-cn</c> (an object with <c>days</c>), a plain JSON list of <c>{ name, date, isOffDay }</c>, and lines of
/// <c>date,name,isOffDay</c> with or without a heading. Dates are <c>yyyy-MM-dd</c>.
/// </remarks>
public static class HolidayList
{
    /// <summary>Most characters of a list.</summary>
    public const int MaxLength = 1_000_000;

    private const int MaxProblems = 20;

    /// <summary>Reads a list.</summary>
    /// <returns>The days in order, and what is wrong; days count only when nothing is.</returns>
    public static (ImmutableArray<Holiday> Days, ImmutableArray<CalendarProblem> Problems) Read(string text)
    {
        if (text.Length > MaxLength)
            return ([], [new("list", $"The list has {text.Length} characters; {MaxLength} are read at most. Import year by year.")]);

        var problems = new List<CalendarProblem>();
        var days = text.AsSpan().TrimStart() is ['{' or '[', ..] ? FromJson(text, problems) : FromLines(text, problems);

        foreach (var twice in days.GroupBy(d => d.Date).Where(g => g.Distinct().Count() > 1))
            problems.Add(new($"list ({twice.Key:yyyy-MM-dd})", "The day is there twice with different meanings. Keep one."));

        if (days.Count == 0 && problems.Count == 0)
            problems.Add(new("list", "The list has no days."));

        return ([.. days.Distinct().OrderBy(d => d.Date)], [.. problems.Take(MaxProblems)]);
    }

    /// <summary>A version with the days of a list: holidays close, make-up workdays open with the given hours. Exceptions of other days stay.</summary>
    /// <param name="version">The version.</param>
    /// <param name="days">The list.</param>
    /// <param name="makeUpHours">Hours of make-up workdays; when empty, those of the first day of the week that has any.</param>
    public static CalendarVersion Into(CalendarVersion version, ImmutableArray<Holiday> days, ImmutableArray<OpenHours> makeUpHours)
    {
        var hours = makeUpHours.IsDefaultOrEmpty ? UsualHours(version) : makeUpHours;
        var listed = days.Select(d =>
            d.IsOffDay ? CalendarException.Closed(d.Date, d.Name) : new CalendarException(d.Date, ExceptionKind.Open, hours, d.Name)
        );
        var dates = days.Select(d => d.Date).ToHashSet();
        return CalendarRules.Ordered(version with { Exceptions = [.. version.Exceptions.Where(e => !dates.Contains(e.Date)), .. listed] });
    }

    private static ImmutableArray<OpenHours> UsualHours(CalendarVersion version) =>
        version.Weekly.GroupBy(w => w.Day).OrderBy(g => ((int)g.Key + 6) % 7).FirstOrDefault() is { } day
            ? [.. day.Select(w => w.Hours).OrderBy(h => h.FromMinute)]
            : [];

    private static List<Holiday> FromJson(string text, List<CalendarProblem> problems)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var list = json.RootElement;

            if (list.ValueKind == JsonValueKind.Object && !list.TryGetProperty("days", out list))
                problems.Add(new("days", "The object has no member 'days'. Send the file of a year as it is, or a list of days."));
            else if (list.ValueKind != JsonValueKind.Array)
                problems.Add(new("days", "'days' is not a list of { name, date, isOffDay }."));
            else
                return [.. list.EnumerateArray().Select((day, i) => OfJson(day, i, problems)).OfType<Holiday>()];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add(new("list", $"The list is not sound JSON: {e.Message}"));
        }

        return [];
    }

    private static Holiday? OfJson(JsonElement day, int index, List<CalendarProblem> problems)
    {
        var place = $"days[{index}]";

        if (day.ValueKind != JsonValueKind.Object)
            problems.Add(new(place, "Not an object with name, date and isOffDay."));
        else if (!day.TryGetProperty("isOffDay", out var off) || off.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            problems.Add(new($"{place}.isOffDay", "isOffDay is missing. It is true for a holiday and false for a make-up workday."));
        else
            return Day(place, TextOf(day, "date"), TextOf(day, "name"), off.GetBoolean(), problems);

        return null;
    }

    private static string? TextOf(JsonElement day, string member) =>
        day.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static List<Holiday> FromLines(string text, List<CalendarProblem> problems)
    {
        var days = new List<Holiday>();
        var number = 0;

        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;

            if (line.Trim().Length == 0 || (number == 1 && line.TrimStart('\uFEFF').StartsWith("date", StringComparison.OrdinalIgnoreCase)))
                continue;

            var cells = line.TrimStart('\uFEFF').Split(',');
            var place = $"line {number}";

            if (cells.Length != 3)
                problems.Add(new(place, $"'{SoundText.Quoted(line)}' has {cells.Length} cells instead of three: date,name,isOffDay."));
            else if (!bool.TryParse(cells[2].Trim(), out var off))
                problems.Add(new(place, $"'{SoundText.Quoted(cells[2])}' is neither true (holiday) nor false (make-up workday)."));
            else if (Day(place, cells[0].Trim(), cells[1].Trim(), off, problems) is { } day)
                days.Add(day);
        }

        return days;
    }

    private static Holiday? Day(string place, string? date, string? name, bool off, List<CalendarProblem> problems)
    {
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            problems.Add(new(place, $"'{SoundText.Quoted(date)}' is not a date. Write it like 2026-02-17."));
        else if (name is null || name.Length > CalendarRules.MaxName || !SoundText.IsOneLine(name))
            problems.Add(new(place, $"The name is missing, or is not one line of at most {CalendarRules.MaxName} characters."));
        else
            return new(day, name, off);

        return null;
    }
}
