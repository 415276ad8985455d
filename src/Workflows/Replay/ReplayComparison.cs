using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ServiceLoop.Workflows.Replay;

/// <summary>The totals of a report that was written before.</summary>
/// <param name="Cases">Cases of the log that were played.</param>
/// <param name="Seed">Seed of chance.</param>
/// <param name="Counts">Where cases ended, and what was counted.</param>
internal sealed record ReplayTotalsFile(int Cases, int Seed, ImmutableSortedDictionary<string, int> Counts)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="ReplayFileException">It is no report.</exception>
    public static ReplayTotalsFile Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            var counts = new[] { ("ended", "ends"), ("", "totals") }.SelectMany(part =>
                root.GetProperty(part.Item2).EnumerateObject().Select(c => ($"{part.Item1} {c.Name}".TrimStart(), c.Value.GetInt32()))
            );
            return new(
                root.GetProperty("cases").GetInt32(),
                root.GetProperty("seed").GetInt32(),
                counts.ToImmutableSortedDictionary(c => c.Item1, c => c.Item2, StringComparer.Ordinal)
            );
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new ReplayFileException(path, 1, $"This is no report of a replay (--json): {e.Message}");
        }
    }

    /// <summary>Those of a report.</summary>
    public static ReplayTotalsFile Of(ReplayReport report) =>
        new(
            report.Cases,
            report.Seed,
            report
                .Ends.Select(e => KeyValuePair.Create($"ended {e.Key}", e.Value))
                .Concat(report.Totals)
                .ToImmutableSortedDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal)
        );
}

/// <summary>A total in which two replays differ.</summary>
/// <param name="What">What was counted.</param>
/// <param name="Before">There.</param>
/// <param name="Now">Here.</param>
/// <param name="MustAgree">True: it depends on the log and the seed alone, and may not differ.</param>
internal sealed record ReplayDifference(string What, int Before, int Now, bool MustAgree);

/// <summary>Compares the totals of two replays of the same log with the same seed.</summary>
internal static class ReplayComparison
{
    // What the log and the seed decide. All else also depends on who was free in which second: callbacks and their calls, offers to wait, alarms. It is told,
    // and may differ.
    private static readonly ImmutableArray<string> Decided =
    [
        "cases",
        "seed",
        "contact",
        "channel",
        "ended",
        "survey",
        "message case-received",
        "message case-settled",
        "message question-to-customer",
        "message survey-invitation",
        "task solve-case",
    ];

    /// <summary>In what they differ; the ends of cases are compared by status, and told with their reasons.</summary>
    public static ImmutableArray<ReplayDifference> Of(ReplayTotalsFile before, ReplayReport report) =>
        Of(before, ReplayTotalsFile.Of(report));

    /// <summary>In what two totals differ.</summary>
    public static ImmutableArray<ReplayDifference> Of(ReplayTotalsFile before, ReplayTotalsFile now)
    {
        var (one, other) = (All(before), All(now));
        return
        [
            .. one
                .Keys.Union(other.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(k => new ReplayDifference(k, one.GetValueOrDefault(k), other.GetValueOrDefault(k), IsDecided(k)))
                .Where(d => d.Before != d.Now),
        ];
    }

    /// <summary>The differences as lines of text.</summary>
    public static string ToText(string path, IReadOnlyCollection<ReplayDifference> differences)
    {
        var text = new StringBuilder();
        var name = Path.GetFileName(path);

        if (differences.Count == 0)
            return $"All totals are those of {name}.";

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{differences.Count(d => d.MustAgree)} totals differ from {name} that may not, {differences.Count(d => !d.MustAgree)} that may:"
        );

        foreach (var d in differences.OrderByDescending(d => d.MustAgree))
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {(d.MustAgree ? "MUST AGREE" : "may differ")} {d.What, -50} {d.Before, 8} {d.Now, 8}"
            );

        return text.ToString();
    }

    private static Dictionary<string, int> All(ReplayTotalsFile file)
    {
        var all = new Dictionary<string, int>(file.Counts, StringComparer.Ordinal) { ["cases"] = file.Cases, ["seed"] = file.Seed };

        // By status alone, beside those with their reasons.
        foreach (var status in file.Counts.Where(c => c.Key.StartsWith("ended ", StringComparison.Ordinal)))
        {
            var bare = status.Key.Split(',')[0];

            if (bare != status.Key)
            {
                all.Remove(status.Key);
                all[$"reason{status.Key["ended".Length..]}"] = status.Value;
                all[bare] = all.GetValueOrDefault(bare) + status.Value;
            }
        }

        return all;
    }

    private static bool IsDecided(string what) =>
        Decided.Any(d =>
            what == d || what.StartsWith(d + " ", StringComparison.Ordinal) || what.StartsWith(d + ":", StringComparison.Ordinal)
        );
}
