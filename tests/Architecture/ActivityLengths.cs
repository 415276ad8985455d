using System.Text.RegularExpressions;

namespace ServiceLoop.Architecture.Tests;

/// <summary>Counts the lines of code of classes in formatted source: without their inputs, outputs, documentation, empty lines and lone brackets.</summary>
internal static partial class ActivityLengths
{
    /// <summary>Each class of the file that is no static one, with its lines.</summary>
    public static IEnumerable<(string Class, int Lines)> In(string source)
    {
        var lines = source.Split('\n');

        for (var i = 0; i < lines.Length; i++)
            if (ClassStart().Match(lines[i]) is { Success: true } start)
                yield return (start.Groups[1].Value, CountBody(lines.Skip(i + 1).TakeWhile(l => l != "}")));
    }

    private static int CountBody(IEnumerable<string> body)
    {
        var count = 0;
        var open = 0;

        foreach (var line in body.Select(l => l.Trim()))
        {
            if (open > 0 || Argument().IsMatch(line))
                open += line.Count(c => c is '[' or '(') - line.Count(c => c is ']' or ')');
            else if (line.Any(char.IsLetterOrDigit) && !line.StartsWith("//", StringComparison.Ordinal) && !Port().IsMatch(line))
                count++;
        }

        return count;
    }

    [GeneratedRegex(@"^public (?:sealed |abstract )*class (\w+)")]
    private static partial Regex ClassStart();

    [GeneratedRegex(@"^\[(Input|Output)\b")]
    private static partial Regex Argument();

    [GeneratedRegex(@"^public (Input|Output)<")]
    private static partial Regex Port();
}
