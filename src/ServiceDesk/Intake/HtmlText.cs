using System.Net;
using System.Text;

namespace ServiceLoop.ServiceDesk.Intake;

/// <summary>The text of a piece of HTML: what a reader would see, without scripts, styles and tags. Nothing of it is ever shown as HTML.</summary>
internal static class HtmlText
{
    private static readonly string[] Unread = ["script", "style", "head", "title", "noscript", "template", "svg", "iframe", "object"];

    private static readonly HashSet<string> Breaking = new(StringComparer.OrdinalIgnoreCase)
    {
        "br",
        "p",
        "div",
        "tr",
        "li",
        "ul",
        "ol",
        "table",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "pre",
    };

    /// <summary>The text. Each character is looked at a bounded number of times, whatever the input.</summary>
    public static string Of(string html)
    {
        var text = new StringBuilder(html.Length);

        for (var at = 0; at < html.Length; )
        {
            var next = html[at] == '<' ? AfterTag(html, at, text) : -1;

            if (next > at)
            {
                at = next;
                continue;
            }

            text.Append(html[at++]);
        }

        return Tidy(WebUtility.HtmlDecode(text.ToString()));
    }

    /// <returns>Where it goes on; -1 when no tag begins here.</returns>
    private static int AfterTag(string html, int at, StringBuilder text)
    {
        if (html.AsSpan(at).StartsWith("<!--", StringComparison.Ordinal))
            return html.IndexOf("-->", at + 4, StringComparison.Ordinal) is var end and >= 0 ? end + 3 : html.Length;

        var start = at + 1 < html.Length && html[at + 1] == '/' ? at + 2 : at + 1;

        if (start >= html.Length || !(char.IsAsciiLetter(html[start]) || html[start] is '!' or '?'))
            return -1;

        var stop = start;

        while (stop < html.Length && char.IsAsciiLetterOrDigit(html[stop]))
            stop++;

        var name = html[start..stop];
        var close = CloseOf(html, stop);

        if (Breaking.Contains(name))
            text.Append('\n');
        else if (name is "td" or "th" or "TD" or "TH")
            text.Append(' ');

        if (start == at + 1 && Unread.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            var end = html.IndexOf($"</{name}", close, StringComparison.OrdinalIgnoreCase);
            return end < 0 ? html.Length : CloseOf(html, end);
        }

        return close;
    }

    /// <summary>Behind the bracket that closes a tag; one within quotes does not.</summary>
    private static int CloseOf(string html, int at)
    {
        var quote = '\0';

        for (; at < html.Length; at++)
        {
            if (quote != '\0')
                quote = html[at] == quote ? '\0' : quote;
            else if (html[at] is '"' or '\'')
                quote = html[at];
            else if (html[at] == '>')
                return at + 1;
        }

        return html.Length;
    }

    private static string Tidy(string text)
    {
        var lines = text.Replace('\u00a0', ' ')
            .Replace("\0", "", StringComparison.Ordinal)
            .Split('\n')
            .Select(l => string.Join(' ', l.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries)));
        var tidy = new StringBuilder();
        var empty = 0;

        foreach (var line in lines)
        {
            empty = line.Length == 0 ? empty + 1 : 0;

            if (empty < 2)
                tidy.Append(line).Append('\n');
        }

        return tidy.ToString().Trim();
    }
}
