using System.Text.Encodings.Web;
using System.Text.Json;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Golden;

/// <summary>The verb <c>golden</c>: runs a file of cases and says which differ.</summary>
internal static class GoldenCommand
{
    public const string Usage = """
        golden FILE.jsonl [--base DIR] [--only NAME] [--semantics sound|elsa-counter|elsa-token] [--deviations FILE.json] [--level 1|2]
          Runs the cases of a file, one a line. Prints one JSON object per case {name, ok, differences} and the sum {cases, ok, failed, deviations}.
          --base DIR          directory of definitions that a case names by path (default: that of FILE)
          --only NAME         only the case of this name; may be given several times
          --semantics S       semantics of every case (default: given.semantics, else by given.mode)
          --deviations FILE   cases that differ on purpose, with the values that replace the expected ones
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
            deviations = given.Find("--deviations") is { } path ? Deviations.Read(path) : Deviations.None;
            lines = await File.ReadAllLinesAsync(file, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            await console.Error.WriteLineAsync(e.Message);
            return Commands.Failed;
        }

        var (ok, failed, deviating) = (0, 0, 0);
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
                    deviations.Find(golden.Name),
                    semantics,
                    directory,
                    given.Find("--level") != "1",
                    ct
                );
            }

            if (result.IsOk)
                ok++;
            else
                failed++;

            if (result.IsDeviation)
                deviating++;

            await console.Out.WriteLineAsync(result.ToJson().ToJsonString(Compact));
        }

        if (only.Count == 0)
            foreach (var stray in deviations.Names.Where(n => !names.Contains(n)))
                await console.Error.WriteLineAsync($"Warning: the deviation '{stray}' names no case of this file.");

        if (only.FirstOrDefault(n => !names.Contains(n)) is { } missing)
        {
            await console.Error.WriteLineAsync($"There is no case '{missing}' in '{file}'.");
            return Commands.Failed;
        }

        await console.Out.WriteLineAsync($$"""{"cases":{{ok + failed}},"ok":{{ok}},"failed":{{failed}},"deviations":{{deviating}}}""");
        return failed == 0 ? Commands.Ok : Commands.Failed;
    }
}
