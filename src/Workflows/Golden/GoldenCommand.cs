using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Golden;

/// <summary>The verb <c>golden</c>: runs a file of cases and says which differ.</summary>
internal static class GoldenCommand
{
    public const string Usage = """
        golden FILE.jsonl [--base DIR] [--only NAME] [--semantics sound|elsa-counter|elsa-token] [--deviations FILE.json|none] [--level 1|2]
          Runs the cases of a file, one a line. Prints one JSON object per case {name, ok, differences}, and the count {cases, ok, matched,
          deviations, failed}. A case that differs on purpose, and exactly as listed, is ok and has "deviation": the reason; its differences stay
          visible. ok = matched + deviations; cases = ok + failed.
          --base DIR          directory of definitions that a case names by path (default: that of FILE)
          --only NAME         only the case of this name; may be given several times
          --semantics S       semantics of every case (default: given.semantics, else by given.mode)
          --deviations FILE   what differs on purpose, with the values that are right instead (default: the list of the product,
                              tests/Golden/deviations.json, which is part of the program); none: every difference fails
          --level 1           compares lines, status, incidents, output, bookmarks, correlation id and name only (default: 2, all)
          Exit code: 0 when every case is ok, 1 otherwise.
        """;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Commands.Console console, CancellationToken ct)
    {
        var given = Arguments.Parse(arguments, ["--base", "--only", "--semantics", "--deviations", "--level"], []);

        if (given.Free is not [var file])
            throw new UsageException("Name one file of cases.");

        if (given.Find("--level") is not (null or "1" or "2"))
            throw new UsageException($"There is no level '{given.Find("--level")}'. Use 1 or 2.");

        var semantics = Parts.Semantics(given.Find("--semantics"));
        var only = given.All("--only");
        var directory = given.Find("--base") ?? Path.GetDirectoryName(Path.GetFullPath(file))!;
        Deviations deviations;
        string[] lines;

        try
        {
            deviations = given.Find("--deviations") switch
            {
                null => Deviations.Listed,
                "none" => Deviations.None,
                var path => Deviations.Read(path),
            };
            lines = await File.ReadAllLinesAsync(file, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            await console.Error.WriteLineAsync(e.Message);
            return Commands.Failed;
        }

        var (matched, failed, deviating) = (0, 0, 0);
        var names = new HashSet<string>(StringComparer.Ordinal);

        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i].TrimStart('\uFEFF')))
                continue;

            GoldenResult result;

            if (!GoldenCase.TryRead(lines[i], i + 1, out var golden, out var error))
                result = new GoldenResult($"line {i + 1}", [new("line", null, error)]);
            else if (only.Count > 0 && !only.Contains(golden!.Name))
                continue;
            else
            {
                names.Add(golden!.Name);
                result = await GoldenCheck.RunAsync(
                    golden,
                    deviations.For(golden.Name),
                    semantics,
                    directory,
                    given.Find("--level") != "1",
                    ct
                );
            }

            if (result.IsDeviation)
                deviating++;
            else if (result.IsOk)
                matched++;
            else
                failed++;

            await console.Out.WriteLineAsync(result.ToJson().ToJsonString(Compact));
        }

        // The list of the product is about the recorded cases; another file need not have them.
        if (only.Count == 0 && given.Has("--deviations"))
            foreach (var stray in deviations.Names.Where(n => !names.Contains(n)))
                await console.Error.WriteLineAsync($"Warning: the deviation '{stray}' names no case of this file.");

        if (only.FirstOrDefault(n => !names.Contains(n)) is { } missing)
        {
            await console.Error.WriteLineAsync($"There is no case '{missing}' in '{file}'.");
            return Commands.Failed;
        }

        var ok = matched + deviating;
        await console.Out.WriteLineAsync(
            $$"""{"cases":{{ok + failed}},"ok":{{ok}},"matched":{{matched}},"deviations":{{deviating}},"failed":{{failed}}}"""
        );
        return failed == 0 ? Commands.Ok : Commands.Failed;
    }
}
