using System.Text.Json;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Workflows.CommandLine;

/// <summary>A definition in a file, or what is wrong with the file.</summary>
/// <param name="Path">The file as the caller named it.</param>
/// <param name="Definition">The definition; null when the file holds none.</param>
/// <param name="Errors">What is wrong.</param>
internal sealed record DefinitionFile(string Path, WorkflowDefinition? Definition, IReadOnlyList<CompileError> Errors)
{
    /// <summary>Reads a file. Never throws for what may be wrong with it.</summary>
    /// <remarks>A definition without id gets one from the name of its file.</remarks>
    public static DefinitionFile Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
                return Refused(path, "file.directory", "This is a directory; name a file.");

            var length = new FileInfo(path).Length;

            if (length > ElsaJson.MaxBytes)
                return Refused(
                    path,
                    "json.too-large",
                    $"The definition has {length:N0} bytes; at most {ElsaJson.MaxBytes:N0} are read. Split it into sub-workflows."
                );

            var definition = ElsaJson.Read(File.ReadAllBytes(path));
            ReadTexts(definition.Json);

            if (definition.DefinitionId.Length == 0)
                definition = definition with { DefinitionId = System.IO.Path.GetFileNameWithoutExtension(path) };

            return new DefinitionFile(path, definition, []);
        }
        catch (WorkflowCompilationException e)
        {
            return new DefinitionFile(path, null, e.Errors);
        }
        catch (FileNotFoundException)
        {
            return Refused(path, "file.missing", "There is no such file.");
        }
        catch (DirectoryNotFoundException)
        {
            return Refused(path, "file.missing", "There is no such file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Refused(path, "file.unreadable", $"The file cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // For example text that is not UTF-8.
            return Refused(path, "json.malformed", $"The file is no valid definition: {e.Message}");
        }
    }

    /// <summary>One line for an error: file, severity, JSON path, code, message.</summary>
    public static string Line(string path, CompileError error) =>
        $"{path}: {(error.Severity == CompileSeverity.Error ? "error" : "warning")} {error.Path} {error.Code}: {OneLine(error.Message)}";

    /// <summary>Reads every text once: one that is not Unicode is found here and not in the middle of something.</summary>
    /// <exception cref="InvalidOperationException">One is not.</exception>
    private static void ReadTexts(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    _ = member.Name;
                    ReadTexts(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                    ReadTexts(item);

                break;
            case JsonValueKind.String:
                _ = json.GetString();
                break;
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static DefinitionFile Refused(string path, string code, string message) => new(path, null, [new(code, "$", message)]);
}
