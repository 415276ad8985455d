using System.Text;
using ServiceLoop.ServiceDesk.Triage;

namespace ServiceLoop.Triage.Training;

/// <summary>A file of examples cannot be used; the sentences name lines and cures.</summary>
/// <param name="faults">What is wrong, at most the first ones.</param>
public sealed class LabelledFileException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>What is wrong: a sentence each.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}

/// <summary>Reads examples from CSV: a text and what it is about on each line, quoted where needed.</summary>
public static class LabelledFile
{
    private const int MostFaults = 20;
    private const int LongestText = 20_000;
    private const int LongestLabel = 100;
    private const long MostBytes = 200 * 1024 * 1024;

    private static readonly string[] TextNames = ["text", "message", "utterance", "sentence"];
    private static readonly string[] LabelNames = ["label", "category", "intent", "class"];

    /// <summary>Reads a file.</summary>
    /// <param name="path">UTF-8.</param>
    /// <param name="labelColumn">Header of the column of labels; null: label, category or intent, else the second column.</param>
    /// <exception cref="LabelledFileException">It cannot be used.</exception>
    public static IReadOnlyList<LabelledText> Read(string path, string? labelColumn)
    {
        try
        {
            var file = new FileInfo(path);

            if (file.Length > MostBytes)
                throw new LabelledFileException([
                    $"{path}: the file has {file.Length:N0} bytes; at most {MostBytes:N0} are read. Split it.",
                ]);

            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true), false);
            return Read(reader, path, labelColumn);
        }
        catch (DecoderFallbackException)
        {
            throw new LabelledFileException([$"{path}: the file is not UTF-8. Save it as UTF-8."]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LabelledFileException([$"{path}: the file cannot be read: {e.Message.ReplaceLineEndings(" ")}"]);
        }
    }

    /// <summary>Reads examples.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="name">Its name, for what is wrong with it.</param>
    /// <param name="labelColumn">Header of the column of labels; null: as usual.</param>
    /// <exception cref="LabelledFileException">They cannot be used.</exception>
    public static IReadOnlyList<LabelledText> Read(TextReader reader, string name, string? labelColumn)
    {
        var examples = new List<LabelledText>();
        var faults = new List<string>();
        (int Text, int Label)? columns = null;
        var isFirst = true;

        foreach (var (line, read, fault) in CsvLines.Of(reader))
        {
            var cells = read;

            if (faults.Count >= MostFaults)
                break;

            if (fault is not null)
            {
                faults.Add($"{name}:{line}: {fault}");
                continue;
            }

            if (isFirst)
            {
                isFirst = false;
                cells = [cells[0].TrimStart('\ufeff'), .. cells.Skip(1)];
                columns = Header(cells, labelColumn);

                if (columns is not null)
                    continue;

                if (labelColumn is not null)
                    throw new LabelledFileException([
                        $"{name}:{line}: there is no column '{labelColumn}' in the header: {string.Join(", ", cells)}.",
                    ]);
            }

            var (text, label) = columns ?? (0, 1);

            if (cells.Count <= Math.Max(text, label))
                faults.Add($"{name}:{line}: {cells.Count} column(s), and text and label are needed. Quote texts with commas: \"…\".");
            else if (Fault(cells[text].Trim(), cells[label].Trim()) is { } wrong)
                faults.Add($"{name}:{line}: {wrong}");
            else
                examples.Add(new(cells[text].Trim(), cells[label].Trim()));
        }

        if (faults.Count == 0 && examples.Select(e => e.Label).Distinct(StringComparer.Ordinal).Take(2).Count() < 2)
            faults.Add($"{name}: {examples.Count} example(s) with fewer than two labels. A classifier needs at least two.");

        return faults.Count == 0 ? examples : throw new LabelledFileException(faults);
    }

    private static (int Text, int Label)? Header(IReadOnlyList<string> cells, string? labelColumn)
    {
        var names = cells.Select(c => c.Trim().ToLowerInvariant()).ToList();
        var label = labelColumn is null ? names.FindIndex(LabelNames.Contains) : names.IndexOf(labelColumn.ToLowerInvariant());
        var text = names.FindIndex(TextNames.Contains);

        return label < 0 ? null
            : text >= 0 ? (text, label)
            : labelColumn is not null && names.Count > 1 ? (label == 0 ? 1 : 0, label)
            : null;
    }

    private static string? Fault(string text, string label) =>
        text.Length == 0 ? "the text is empty. Give one, or remove the line."
        : label.Length == 0 ? "the label is empty. Give one, or remove the line."
        : text.Length > LongestText ? $"the text has {text.Length:N0} characters; at most {LongestText:N0} are read. Is a quote missing?"
        : label.Length > LongestLabel ? $"the label has {label.Length:N0} characters; at most {LongestLabel} are read. Is a quote missing?"
        : label.Any(char.IsControl) ? "the label has a control character. Remove it."
        : text.Contains('\0', StringComparison.Ordinal) ? "the text holds a NUL. Remove it."
        : null;
}

/// <summary>Lines of CSV, as RFC 4180 has them: quoted cells may hold commas, quotes twice and line breaks.</summary>
internal static class CsvLines
{
    /// <summary>The records; a broken one has a fault. Numbers are those of the line where a record begins, from 1. Empty lines are left out.</summary>
    public static IEnumerable<(int Line, IReadOnlyList<string> Cells, string? Fault)> Of(TextReader reader)
    {
        var (line, begin) = (1, 1);
        var cells = new List<string>();
        var cell = new StringBuilder();
        var (isQuoted, wasQuoted) = (false, false);
        string? fault = null;

        for (var next = reader.Read(); ; next = reader.Read())
        {
            if (isQuoted && next >= 0)
            {
                if (next == '"' && reader.Peek() == '"')
                    cell.Append((char)reader.Read());
                else if (next == '"')
                    isQuoted = false;
                else
                {
                    cell.Append((char)next);
                    line += next == '\n' ? 1 : 0;
                }

                continue;
            }

            switch (next)
            {
                case '"' when cell.Length == 0 && !wasQuoted:
                    isQuoted = wasQuoted = true;
                    break;
                case '\r':
                    break;
                case ',' or '\n' or < 0:
                    if (next < 0 && isQuoted)
                        fault = "a quote is opened and never closed.";

                    cells.Add(cell.ToString());
                    cell.Clear();
                    wasQuoted = false;

                    if (next == ',')
                        break;

                    if (cells.Count > 1 || cells[0].Length > 0)
                        yield return (begin, [.. cells], fault);

                    cells.Clear();
                    fault = null;
                    begin = ++line;

                    if (next < 0)
                        yield break;

                    break;
                default:
                    if (wasQuoted)
                        fault ??= $"'{(char)next}' follows a closing quote. Write quotes within a text twice.";

                    cell.Append((char)next);
                    break;
            }
        }
    }
}
