using Npgsql;

namespace ServiceLoop.Workflows.Start;

/// <summary>Which database the settings name, if they name one.</summary>
internal static class DatabaseAddress
{
    /// <summary>The usual setting; as an environment variable <c>ConnectionStrings__Default</c>.</summary>
    public const string Setting = "ConnectionStrings:Default";

    /// <summary>What hosting platforms set: <c>postgres://user:password@host:port/database?sslmode=require</c>.</summary>
    public const string UrlVariable = "DATABASE_URL";

    /// <summary>The connection string of the settings; null when none is set, which asks for the embedded server.</summary>
    /// <exception cref="StartException">One is set and cannot be read.</exception>
    public static string? Find(IConfiguration settings) =>
        Text(settings[Setting]) is { } given ? Read(given, "ConnectionStrings__Default")
        : Text(settings[UrlVariable]) is { } url ? Read(url, UrlVariable)
        : null;

    private static string Read(string given, string source)
    {
        try
        {
            var settings = given.Contains("://", StringComparison.Ordinal) ? OfUrl(given) : new NpgsqlConnectionStringBuilder(given);
            return string.IsNullOrEmpty(settings.Host) ? throw new FormatException("it names no host") : Named(settings).ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The value may hold a password: it is never repeated.
            throw new StartException(
                $"{source} is no address of a PostgreSQL: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. "
                    + "Write Host=db;Username=serviceloop;Password=…;Database=serviceloop, or postgres://user:password@host:5432/database; "
                    + "leave it out to use the embedded server.",
                e
            );
        }
    }

    private static NpgsqlConnectionStringBuilder OfUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("postgres" or "postgresql"))
            throw new FormatException("a URL must look like postgres://user:password@host:5432/database");

        var person = url.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = url.IdnHost,
            Username = Uri.UnescapeDataString(person[0]),
            Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')),
        };

        if (url.Port > 0)
            settings.Port = url.Port;

        if (person.Length == 2)
            settings.Password = Uri.UnescapeDataString(person[1]);

        foreach (var part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            var name = Uri.UnescapeDataString(pair[0]);
            var value = pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : "";

            if (name == "sslmode")
                settings["SSL Mode"] = value.Replace("-", "", StringComparison.Ordinal); // libpq: verify-full, Npgsql: VerifyFull
            else
                settings[name] = value;
        }

        return settings;
    }

    /// <summary>Seen in <c>pg_stat_activity</c>.</summary>
    private static NpgsqlConnectionStringBuilder Named(NpgsqlConnectionStringBuilder settings)
    {
        if (string.IsNullOrEmpty(settings.ApplicationName))
            settings.ApplicationName = "serviceloop";

        return settings;
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
