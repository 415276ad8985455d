using System.Globalization;
using System.Text;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>Moments in templates: <c>"now"</c> is the time of the step, and formats are those of <c>strftime</c>.</summary>
internal static class Moments
{
    /// <summary>The moment that a value means; null when it means none.</summary>
    public static DateTimeOffset? Find(object? value, DateTimeOffset now) =>
        value switch
        {
            DateTimeOffset moment => moment,
            "now" or "today" => now,
            decimal seconds when Math.Abs(seconds) < 62_135_596_800m => DateTimeOffset.UnixEpoch.AddSeconds((double)seconds),
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) =>
                moment,
            _ => null,
        };

    /// <summary>Formats a moment by a <c>strftime</c> pattern; an unknown code stays as it is.</summary>
    public static string Format(DateTimeOffset moment, string pattern)
    {
        var text = new StringBuilder();

        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 == pattern.Length)
            {
                text.Append(pattern[i]);
                continue;
            }

            var flag = pattern[i + 1] is '-' or '_' or '^' or '0' && i + 2 < pattern.Length ? pattern[++i] : '\0';
            text.Append(Flagged(Part(moment, pattern[++i]), flag));
        }

        return text.ToString();
    }

    private static string Flagged(string part, char flag) =>
        flag switch
        {
            '-' => part.TrimStart('0', ' ') is { Length: > 0 } digits ? digits : part[^1..],
            '_' => part.TrimStart('0').PadLeft(part.Length),
            '0' => part.Replace(' ', '0'),
            '^' => part.ToUpperInvariant(),
            _ => part,
        };

    private static string Part(DateTimeOffset moment, char code) =>
        code switch
        {
            'Y' => Text(moment, "yyyy"),
            'C' => Number(moment.Year / 100, 2),
            'y' => Text(moment, "yy"),
            'm' => Text(moment, "MM"),
            'B' => Text(moment, "MMMM"),
            'b' or 'h' => Text(moment, "MMM"),
            'd' => Text(moment, "dd"),
            'e' => moment.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'j' => Number(moment.DayOfYear, 3),
            'H' => Text(moment, "HH"),
            'k' => moment.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'I' => Text(moment, "hh"),
            'l' => Text(moment, "%h").PadLeft(2),
            'M' => Text(moment, "mm"),
            'S' => Text(moment, "ss"),
            'L' => Text(moment, "fff"),
            'N' => Text(moment, "fffffff") + "00",
            'p' => Text(moment, "tt").ToUpperInvariant(),
            'P' => Text(moment, "tt").ToLowerInvariant(),
            'A' => Text(moment, "dddd"),
            'a' => Text(moment, "ddd"),
            'u' => Number(moment.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)moment.DayOfWeek, 1),
            'w' => Number((int)moment.DayOfWeek, 1),
            'V' => Number(ISOWeek.GetWeekOfYear(moment.DateTime), 2),
            'G' => Number(ISOWeek.GetYear(moment.DateTime), 4),
            'U' => Number((moment.DayOfYear + 6 - (int)moment.DayOfWeek) / 7, 2),
            'W' => Number((moment.DayOfYear + 6 - (((int)moment.DayOfWeek + 6) % 7)) / 7, 2),
            's' => moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'z' => Text(moment, "zzz").Replace(":", "", StringComparison.Ordinal),
            'Z' => moment.Offset == TimeSpan.Zero ? "UTC" : Text(moment, "zzz"),
            'D' or 'x' => Text(moment, "MM/dd/yy"),
            'F' => Text(moment, "yyyy-MM-dd"),
            'T' or 'X' => Text(moment, "HH:mm:ss"),
            'R' => Text(moment, "HH:mm"),
            'r' => Text(moment, "hh:mm:ss tt"),
            'c' => Text(moment, "ddd MMM") + moment.Day.ToString(CultureInfo.InvariantCulture).PadLeft(3) + Text(moment, " HH:mm:ss yyyy"),
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => "%" + code,
        };

    private static string Text(DateTimeOffset moment, string format) => moment.ToString(format, CultureInfo.InvariantCulture);

    private static string Number(int number, int digits) => number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
}
