namespace ServiceLoop.Workflows.Start;

/// <summary>
/// Settings whose values lie in files, as container platforms give secrets: where a setting is called <c>Secrets:Key</c>, <c>Secrets:KeyFile</c> may name a
/// file with its value, as an environment variable <c>Secrets__KeyFile</c>.
/// </summary>
internal static class SettingFiles
{
    private const string Ending = "File";

    /// <summary>The one setting of note without a section, in the spelling that platforms use.</summary>
    private const string UrlFile = DatabaseAddress.UrlVariable + "_FILE";

    /// <summary>A secret, a certificate: more is a mistake, such as the name of a device.</summary>
    private const int MostBytes = 1024 * 1024;

    /// <summary>Adds what the files of the settings say.</summary>
    /// <exception cref="StartException">A file cannot be read, or a setting is given twice.</exception>
    public static T AddSettingFiles<T>(this T settings)
        where T : IConfigurationBuilder
    {
        var given = settings as IConfiguration ?? settings.Build();
        var found = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

        foreach (var (name, path) in given.AsEnumerable())
            if (NameOf(name) is { } setting && !string.IsNullOrWhiteSpace(path))
                found[setting] = string.IsNullOrWhiteSpace(given[setting])
                    ? Read(name, path.Trim())
                    : throw new StartException($"Both {setting} and {name} are set. Leave one of them out.");

        settings.AddInMemoryCollection(found);
        return settings;
    }

    /// <summary>The setting whose file a setting names; null when it names none.</summary>
    public static string? NameOf(string name)
    {
        if (name.Equals(UrlFile, StringComparison.OrdinalIgnoreCase))
            return DatabaseAddress.UrlVariable;

        // Without a section it may be a variable of another program: SSL_CERT_FILE, HISTFILE.
        return
            name.IndexOf(':', StringComparison.Ordinal) > 0
            && name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)
            && !name.EndsWith(':' + Ending, StringComparison.OrdinalIgnoreCase)
            && !name.StartsWith("Logging:", StringComparison.OrdinalIgnoreCase)
            ? name[..^Ending.Length]
            : null;
    }

    private static string Read(string name, string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= MostBytes
                ? File.ReadAllText(path).TrimEnd('\r', '\n')
                : throw new StartException(
                    $"The file that {name} names, '{path}', has {length:N0} bytes; a setting has at most {MostBytes:N0}."
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartException($"The file that {name} names, '{path}', cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
