using System.Text;

namespace ServiceLoop.Workflows.Replay;

/// <summary>A file cannot be replayed; the message names the file and the line.</summary>
internal sealed class ReplayFileException(string path, int line, string message) : Exception($"{path}({line}): {message}");

/// <summary>Reads comma-separated values with quotes, after RFC 4180; a quoted value may hold line breaks.</summary>
internal static class CsvFile
{
    private const int LongestValue = 100_000;

    /// <summary>All rows but the header, with the line that each begins on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">The columns that it must have, in this order.</param>
    /// <exception cref="ReplayFileException">It is something else.</exception>
    public static IReadOnlyList<(int Line, string[] Values)> Read(string path, params string[] header)
    {
        using var text = new StreamReader(path, Encoding.UTF8);
        var rows = new List<(int, string[])>();
        var line = 1;
        var isFirst = true;

        while (text.Peek() >= 0)
        {
            var begins = line;
            var values = Row(text, path, ref line);

            // An empty line, as some programs write at the end.
            if (values is [""])
                continue;

            if (isFirst)
            {
                isFirst = false;

                if (!values.Select(v => v.Trim()).SequenceEqual(header, StringComparer.OrdinalIgnoreCase))
                    throw new ReplayFileException(
                        path,
                        begins,
                        $"The first line is '{string.Join(',', values)}', and must be '{string.Join(',', header)}'."
                    );

                continue;
            }

            if (values.Length != header.Length)
                throw new ReplayFileException(
                    path,
                    begins,
                    $"There are {values.Length} values, and must be {header.Length}: {string.Join(',', header)}."
                );

            rows.Add((begins, values));
        }

        return isFirst ? throw new ReplayFileException(path, 1, $"The file is empty. Its first line is '{string.Join(',', header)}'.")
            : rows.Count == 0 ? throw new ReplayFileException(path, line, "There is nothing below the first line.")
            : rows;
    }

    private static string[] Row(StreamReader text, string path, ref int line)
    {
        var values = new List<string>();
        var value = new StringBuilder();
        var begins = line;
        var isQuoted = false;

        while (true)
        {
            var next = text.Read();

            if (next == '\n')
                line++;

            if (next < 0 && isQuoted)
                throw new ReplayFileException(path, begins, "A quote that is opened here is never closed.");

            if (value.Length > LongestValue)
                throw new ReplayFileException(path, begins, $"A value has more than {LongestValue} characters. Is a quote missing?");

            if (next == '"' && isQuoted && text.Peek() == '"')
            {
                _ = text.Read();
                value.Append('"');
            }
            else if (next == '"' && (isQuoted || value.Length == 0))
            {
                isQuoted = !isQuoted;
            }
            else if (next == ',' && !isQuoted)
            {
                values.Add(value.ToString());
                value.Clear();
            }
            else if (next < 0 || (next == '\n' && !isQuoted))
            {
                values.Add(value.ToString().TrimEnd('\r'));
                return [.. values];
            }
            else
            {
                value.Append((char)next);
            }
        }
    }
}
