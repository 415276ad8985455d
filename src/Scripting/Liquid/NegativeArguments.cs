using System.Text;

namespace ServiceLoop.Scripting.Liquid;

/// <summary>Puts parentheses around negative numbers after <c>:</c> and <c>,</c> in tags.</summary>
/// <remarks>The template engine would read <c>slice: -4</c> as a subtraction. The text outside of tags, in quotes and in <c>raw</c> blocks stays as it is.</remarks>
internal static class NegativeArguments
{
    /// <summary>The template with such numbers in parentheses; the same string when there are none.</summary>
    public static string Enclose(string template)
    {
        if (!template.Contains('-', StringComparison.Ordinal))
            return template;

        var text = new StringBuilder(template.Length + 16);
        var at = 0;

        while (Tag(template, at) is var (start, end) && end > start)
        {
            text.Append(template, at, start - at);
            AppendTag(text, template, start, end);
            at =
                IsRaw(template.AsSpan(start, end - start))
                && template.IndexOf("endraw", end, StringComparison.Ordinal) is var raw
                && raw > 0
                    ? raw
                    : end;
            text.Append(template, end, at - end);
        }

        return text.Append(template, at, template.Length - at).ToString();
    }

    // The next "{{ … }}" or "{% … %}", with both ends.
    private static (int Start, int End) Tag(string template, int from)
    {
        for (var start = template.IndexOf('{', from); start >= 0 && start + 1 < template.Length; start = template.IndexOf('{', start + 1))
        {
            if (template[start + 1] is not ('{' or '%'))
                continue;

            var end = template.IndexOf(template[start + 1] == '{' ? "}}" : "%}", start + 2, StringComparison.Ordinal);
            return end < 0 ? default : (start, end + 2);
        }

        return default;
    }

    private static bool IsRaw(ReadOnlySpan<char> tag) => tag[2..].TrimStart('-').TrimStart().StartsWith("raw", StringComparison.Ordinal);

    private static void AppendTag(StringBuilder text, string template, int start, int end)
    {
        var (quote, previous) = ('\0', '\0');

        for (var i = start; i < end; i++)
        {
            var c = template[i];

            if (quote == '\0' && c == '-' && previous is (':' or ',') && char.IsAsciiDigit(template[i + 1]))
            {
                var last = i + 1;

                while (char.IsAsciiDigit(template[last]) || (template[last] == '.' && char.IsAsciiDigit(template[last + 1])))
                    last++;

                text.Append('(').Append(template, i, last - i).Append(')');
                (i, previous) = (last - 1, '0');
                continue;
            }

            if (quote == '\0' ? c is '\'' or '"' : c == quote)
                quote = quote == '\0' ? c : '\0';

            if (!char.IsWhiteSpace(c))
                previous = c;

            text.Append(c);
        }
    }
}
