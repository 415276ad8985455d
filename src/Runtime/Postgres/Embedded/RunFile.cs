using System.Security.Cryptography;
using System.Text.Json;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>What another start must know to attach: the content of <c>run.json</c>, readable by its owner only.</summary>
/// <param name="Port">The port that the server had last and should have again; 0 = none yet.</param>
/// <param name="Password">Of the superuser; made once per cluster.</param>
/// <param name="BinDirectory">The programs that started the server last; they stop it too.</param>
/// <param name="Version">Of those programs, for people.</param>
internal sealed record RunFile(int Port, string Password, string BinDirectory, string Version)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static RunFile New(PostgresBinaries binaries) =>
        new(0, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), binaries.Directory, binaries.Version.ToString());

    /// <summary>The file at <paramref name="path"/>, or null if it is absent or unreadable as JSON.</summary>
    public static RunFile? Find(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunFile>(File.ReadAllText(path), Format);
        }
        catch (Exception error) when (error is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file in one move: a reader sees the old or the new one, whole.</summary>
    public void Write(string path)
    {
        var next = path + ".next";
        PrivateFile.Write(next, JsonSerializer.Serialize(this, Format));
        File.Move(next, path, overwrite: true);
    }
}

/// <summary>Files with a secret in them: mode 0600 from the first byte, on disk before anybody relies on them.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string text)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
