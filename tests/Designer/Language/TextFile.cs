using System.Xml.Linq;

namespace ServiceLoop.Designer.Tests.Language;

/// <summary>The resource files of the pages, and the places in their sources that name a text.</summary>
internal static class TextFile
{
    public static readonly string Root = FindRoot();

    /// <summary>Every English file, as a path within the project and without its ending.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Root, "*.resx", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".zh-Hans.resx", StringComparison.Ordinal))
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file)[..^".resx".Length])
            .Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyDictionary<string, string> English(string name) => Read(name + ".resx");

    public static IReadOnlyDictionary<string, string> Chinese(string name) => Read(name + ".zh-Hans.resx");

    private static Dictionary<string, string> Read(string file) =>
        XDocument
            .Load(Path.Combine(Root, file))
            .Root!.Elements("data")
            .ToDictionary(text => text.Attribute("name")!.Value, text => text.Element("value")!.Value, StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ServiceLoop.slnx")))
                return Path.Combine(folder.FullName, "src", "Designer");

        throw new DirectoryNotFoundException("These tests read the sources beside which they were built.");
    }
}
