namespace ServiceLoop.Workflows.Import;

/// <summary>The folder that is imported at start.</summary>
/// <param name="settings">May name it.</param>
/// <param name="environment">Where the program lies.</param>
/// <param name="logger">Told when it does not exist.</param>
internal sealed class DefinitionPlace(IConfiguration settings, IHostEnvironment environment, ILogger<DefinitionImport> logger)
{
    /// <summary>The folder, relative to where the caller stands; empty for none. Default: <c>definitions</c> there, else beside the program.</summary>
    public const string PathSetting = "Definitions:Path";

    private const string DefaultFolder = "definitions";
    private const string DeskFolder = "desk";

    /// <summary>The folder; null for none.</summary>
    public string? Find()
    {
        if (settings[PathSetting] is { } given)
        {
            if (string.IsNullOrWhiteSpace(given))
                return null;

            var folder = Path.GetFullPath(given);

            if (Directory.Exists(folder))
                return folder;

            Log.NoDefinitions(logger, folder);
            return null;
        }

        string[] usual = [Path.GetFullPath(DefaultFolder), Path.Combine(environment.ContentRootPath, DefaultFolder)];
        return usual.FirstOrDefault(Directory.Exists);
    }

    /// <summary>Where in it the starter set of the desk lies.</summary>
    public static string DeskIn(string folder) => Path.Combine(folder, DeskFolder);

    /// <summary>The files with definitions in a folder and those below it, in order; the starter set of the desk is none of them.</summary>
    public static IEnumerable<string> FilesIn(string folder)
    {
        var desk = Path.GetFullPath(DeskIn(folder)) + Path.DirectorySeparatorChar;
        return Directory
            .EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Where(path => !Path.GetFullPath(path).StartsWith(desk, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
    }
}
