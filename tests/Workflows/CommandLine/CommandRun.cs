using System.Text.Json;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Tests.CommandLine;

/// <summary>A call of the command line, in process.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>Non-empty lines of the output.</summary>
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The last line, which is JSON.</summary>
    public JsonElement Result => JsonDocument.Parse(Lines[^1]).RootElement;

    public static async Task<CommandRun> Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Commands.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}

/// <summary>A directory for the files of one test; gone afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("serviceloop-");

    public string Path => folder.FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a definition: a sequence of activities.</summary>
    public string WriteFlow(string name, string activities, string envelope = "") =>
        Write(
            $"{name}.json",
            $$"""{ "definitionId": "{{name}}", "name": "{{name}}", {{envelope}} "root": { "type": "Elsa.Sequence", "activities": [ {{activities}} ] } }"""
        );

    public void Dispose() => folder.Delete(recursive: true);
}
