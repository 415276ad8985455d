using System.IO.Compression;
using System.Text.Json;

namespace ServiceLoop.Engine.Tests.Charts;

/// <summary>Reads the files of <c>tests/Golden</c>.</summary>
internal static class GoldenFile
{
    public static IEnumerable<JsonElement> Read(string name)
    {
        using Stream file = File.OpenRead(PathOf(name));
        using var content = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(content);

        while (reader.ReadLine() is { } line)
            if (line.Length > 0)
            {
                using var document = JsonDocument.Parse(line);
                yield return document.RootElement.Clone();
            }
    }

    public static string PathOf(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "tests", "Golden", name) is var path && File.Exists(path))
                return path;

        throw new FileNotFoundException($"tests/Golden/{name} is not above {AppContext.BaseDirectory}.");
    }
}
