using Microsoft.Extensions.Options;

namespace ServiceLoop.Workflows.Start;

/// <summary>Settings as records with defaults.</summary>
internal static class Settings
{
    /// <summary>Reads a section into a record; what it does not name keeps its default.</summary>
    /// <exception cref="StartException">A value cannot be read, or there is no such setting.</exception>
    public static T ReadSection<T>(this IConfiguration settings, string section)
        where T : class, new()
    {
        try
        {
            return Own(settings.GetSection(section)).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();
        }
        catch (Exception e) when (e is InvalidOperationException or OptionsValidationException)
        {
            throw new StartException($"The settings of '{section}' cannot be used: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Without the names of files, whose values stand beside them.</summary>
    private static IConfiguration Own(IConfigurationSection section)
    {
        var all = section.AsEnumerable(makePathsRelative: true).ToList();
        return all.Exists(IsFile) ? new ConfigurationBuilder().AddInMemoryCollection(all.Where(s => !IsFile(s))).Build() : section;

        bool IsFile(KeyValuePair<string, string?> setting) =>
            SettingFiles.NameOf($"{section.Path}:{setting.Key}") is not null
            && !string.IsNullOrWhiteSpace(section[setting.Key[..^"File".Length]]);
    }
}
