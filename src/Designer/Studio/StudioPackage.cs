using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace ServiceLoop.Designer.Studio;

/// <summary>The npm package of Elsa Studio on this machine: beside a published program, else where the build installed it.</summary>
internal sealed class StudioPackage
{
    private const string Manifest = "package.json";
    private static readonly HashSet<string> Ours = new(StringComparer.Ordinal) { "appsettings.json", "index.html", Manifest };

    private readonly FrozenDictionary<string, StudioFile> files;

    private StudioPackage(string? folder)
    {
        if (folder is null)
        {
            files = FrozenDictionary<string, StudioFile>.Empty;
            return;
        }

        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Manifest)));
        Version = manifest.RootElement.GetProperty("version").GetString()!;
        files = List(folder);
    }

    /// <summary>Version of the package; null when it is not there.</summary>
    public string? Version { get; }

    /// <summary>How many files browsers can get.</summary>
    public int Count => files.Count;

    /// <summary>Looks for the package.</summary>
    public static StudioPackage Find()
    {
        var built = typeof(StudioPackage)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(a => a.Key == nameof(StudioPackage))
            ?.Value;
        string?[] places = [Path.Combine(AppContext.BaseDirectory, "studio"), built];
        return new(places.FirstOrDefault(p => p is not null && File.Exists(Path.Combine(p, Manifest))));
    }

    /// <summary>The file at an address below <c>/studio/</c>; null when there is none.</summary>
    public StudioFile? Find(string address) => files.GetValueOrDefault(address);

    private static FrozenDictionary<string, StudioFile> List(string folder)
    {
        var all = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToHashSet(StringComparer.Ordinal);
        return all.Where(path => !path.EndsWith(".map", StringComparison.Ordinal))
            .Select(path => (Address: Path.GetRelativePath(folder, path).Replace('\\', '/'), File: StudioFile.Describe(path, all)))
            .Where(entry => entry.File is not null && !Ours.Contains(entry.Address))
            .ToFrozenDictionary(entry => entry.Address, entry => entry.File!, StringComparer.Ordinal);
    }
}
