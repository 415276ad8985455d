using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>Filters on texts.</summary>
internal static partial class TextFilters
{
    /// <summary>Name and body of each.</summary>
    public static IEnumerable<KeyValuePair<string, Func<FilterCall, object?>>> All { get; } =
        new Dictionary<string, Func<FilterCall, object?>>(StringComparer.Ordinal)
        {
            ["append"] = static f => Joined(f, f.Text(0), f.Text(1)),
            ["prepend"] = static f => Joined(f, f.Text(1), f.Text(0)),
            ["capitalize"] = static f => f.Text(0) is { Length: > 0 } text ? char.ToUpperInvariant(text[0]) + text[1..] : "",
            ["downcase"] = static f => f.Text(0).ToLowerInvariant(),
            ["upcase"] = static f => f.Text(0).ToUpperInvariant(),
            ["strip"] = static f => f.Text(0).Trim(),
            ["lstrip"] = static f => f.Text(0).TrimStart(),
            ["rstrip"] = static f => f.Text(0).TrimEnd(),
            ["strip_newlines"] = static f => f.Text(0).ReplaceLineEndings(""),
            ["newline_to_br"] = static f => Replaced(f, f.Text(0).ReplaceLineEndings("\n"), "\n", "<br />\n", everywhere: true),
            ["strip_html"] = static f => Tags().Replace(f.Text(0), ""),
            ["escape"] = static f => WebUtility.HtmlEncode(f.Text(0)),
            ["escape_once"] = static f => WebUtility.HtmlEncode(WebUtility.HtmlDecode(f.Text(0))),
            ["xml_escape"] = static f => WebUtility.HtmlEncode(f.Text(0)),
            ["url_encode"] = static f => WebUtility.UrlEncode(f.Text(0)),
            ["url_decode"] = static f => WebUtility.UrlDecode(f.Text(0)),
            ["base64"] = static f => Convert.ToBase64String(Encoding.UTF8.GetBytes(f.Text(0))),
            ["base64_encode"] = static f => Convert.ToBase64String(Encoding.UTF8.GetBytes(f.Text(0))),
            ["base64_decode"] = static f => FromBase64(f.Text(0)),
            ["replace"] = static f => Replaced(f, f.Text(0), f.Text(1), f.Text(2), everywhere: true),
            ["replace_first"] = static f => Replaced(f, f.Text(0), f.Text(1), f.Text(2), everywhere: false),
            ["remove"] = static f => Replaced(f, f.Text(0), f.Text(1), "", everywhere: true),
            ["remove_first"] = static f => Replaced(f, f.Text(0), f.Text(1), "", everywhere: false),
            ["split"] = static f => Split(f),
            ["truncate"] = static f => Truncate(f),
            ["truncatewords"] = static f => TruncateWords(f),
        };

    private static string Joined(FilterCall filter, string first, string second)
    {
        filter.Reserve((long)first.Length + second.Length);
        return first + second;
    }

    private static string FromBase64(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : "";
    }

    private static string Replaced(FilterCall filter, string text, string from, string to, bool everywhere)
    {
        var at = from.Length == 0 ? -1 : text.IndexOf(from, StringComparison.Ordinal);

        if (at < 0)
            return text;

        if (!everywhere)
            return Joined(filter, text[..at] + to, text[(at + from.Length)..]);

        filter.Reserve(text.Length + ((long)text.AsSpan().Count(from) * (to.Length - from.Length)));
        return text.Replace(from, to, StringComparison.Ordinal);
    }

    private static LiquidList Split(FilterCall filter)
    {
        var (text, separator) = (filter.Text(0), filter.Text(1));

        return filter.Limited(
            separator.Length == 0
                ? text.EnumerateRunes().Select(rune => rune.ToString())
                : text.Split(separator).Reverse().SkipWhile(part => part.Length == 0).Reverse()
        );
    }

    private static string Truncate(FilterCall filter)
    {
        var text = filter.Text(0);
        var length = filter.Count > 1 ? Math.Max(0, filter.Whole(1)) : 50;
        var ellipsis = filter.Count > 2 ? filter.Text(2) : "...";

        return text.Length <= length ? text : string.Concat(text.AsSpan(0, Math.Max(0, length - ellipsis.Length)), ellipsis);
    }

    private static string TruncateWords(FilterCall filter)
    {
        var words = filter.Text(0).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var count = filter.Count > 1 ? Math.Max(1, filter.Whole(1)) : 15;

        return words.Length <= count ? filter.Text(0) : string.Join(' ', words.Take(count)) + (filter.Count > 2 ? filter.Text(2) : "...");
    }

    [GeneratedRegex("<[^>]*>", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Tags();
}
