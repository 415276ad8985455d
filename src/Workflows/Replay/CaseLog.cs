using System.Collections.Immutable;
using System.Globalization;

namespace ServiceLoop.Workflows.Replay;

/// <summary>Something that happened to a case in the log.</summary>
/// <param name="Activity">Number of the activity.</param>
/// <param name="At">When, UTC.</param>
internal sealed record LoggedEvent(int Activity, DateTimeOffset At);

/// <summary>A case of the log.</summary>
/// <param name="Id">Its number there.</param>
/// <param name="Events">In the order of time; the first is the first contact.</param>
internal sealed record LoggedCase(string Id, ImmutableArray<LoggedEvent> Events)
{
    // Of the helpdesk that the log is of: 1 says how serious it is, 3 enters it, 9 waits for the customer.
    private static readonly ImmutableArray<int> CustomerActs = [1, 3, 9];

    /// <summary>The first contact.</summary>
    public DateTimeOffset Begins => Events[0].At;

    /// <summary>When the customer writes again: the later entries, and the ends of waits. All else is work of agents, who work when the product asks them.</summary>
    public IEnumerable<DateTimeOffset> Returns =>
        Events
            .Skip(1)
            .Zip(Events.Skip(2).Select(e => (DateTimeOffset?)e.At).Append(null), (e, next) => (e, next))
            .Where(p => CustomerActs.Contains(p.e.Activity))
            .Select(p => p.e.Activity == 9 ? p.next ?? p.e.At : p.e.At);
}

/// <summary>A log of cases: <c>CaseID,ActivityID,CompleteTimestamp</c>.</summary>
internal static class CaseLog
{
    /// <summary>Reads one.</summary>
    /// <param name="path">The file; its moments are wall times of the desk.</param>
    /// <param name="zone">Zone of the desk.</param>
    /// <returns>Cases in the order of their first contact.</returns>
    /// <exception cref="ReplayFileException">It is none.</exception>
    public static ImmutableArray<LoggedCase> Read(string path, TimeZoneInfo zone)
    {
        var events = new Dictionary<string, List<LoggedEvent>>(StringComparer.Ordinal);

        foreach (var (line, values) in CsvFile.Read(path, "CaseID", "ActivityID", "CompleteTimestamp"))
        {
            if (values[0].Trim() is not { Length: > 0 and <= 100 } id)
                throw new ReplayFileException(path, line, $"The case is '{values[0]}'. Give 1 to 100 characters.");

            if (!int.TryParse(values[1], NumberStyles.None, CultureInfo.InvariantCulture, out var activity))
                throw new ReplayFileException(path, line, $"The activity is '{values[1]}'. Give a whole number.");

            if (
                !DateTime.TryParseExact(
                    values[2].Trim(),
                    ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFF"],
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var wall
                ) || wall.Year is < 2001 or > 2100
            )
                throw new ReplayFileException(
                    path,
                    line,
                    $"The moment is '{values[2]}'. Write it like 2012-04-03 16:55:38, from 2001 to 2100."
                );

            // A wall time that the change to summer time leaves out is an hour later.
            if (zone.IsInvalidTime(wall))
                wall = wall.AddHours(1);

            if (!events.TryGetValue(id, out var own))
                events.Add(id, own = []);

            own.Add(new(activity, new DateTimeOffset(wall, zone.GetUtcOffset(wall)).ToUniversalTime()));
        }

        return
        [
            .. events
                .Select(e => new LoggedCase(e.Key, [.. e.Value.OrderBy(x => x.At)]))
                .OrderBy(c => c.Begins)
                .ThenBy(c => c.Id, StringComparer.Ordinal),
        ];
    }
}

/// <summary>What a customer says, and what it is about in truth.</summary>
/// <param name="Text">The words.</param>
/// <param name="Category">What it is about.</param>
internal sealed record CustomerMessage(string Text, string Category)
{
    /// <summary>Reads messages: <c>text,category</c>.</summary>
    /// <exception cref="ReplayFileException">The file holds something else.</exception>
    public static ImmutableArray<CustomerMessage> Read(string path) =>
        [
            .. CsvFile
                .Read(path, "text", "category")
                .Select(row =>
                    row.Values[0].Trim() is not { Length: > 0 } text ? throw new ReplayFileException(path, row.Line, "The text is empty.")
                    : row.Values[1].Trim() is not { Length: > 0 and <= 200 } category
                        ? throw new ReplayFileException(path, row.Line, $"The category is '{row.Values[1]}'. Give 1 to 200 characters.")
                    : new CustomerMessage(text, category)
                ),
        ];
}
