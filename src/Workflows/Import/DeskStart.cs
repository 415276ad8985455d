using System.Text.Json;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.ServiceDesk;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Import;

/// <summary>
/// The starter set of the desk: what it needs to work at all, from files in the folder <c>desk</c> beside the definitions. What is there already, by its
/// id or its name, stays as people have made it.
/// </summary>
/// <param name="parts">What the files are read by, in the order of their dependence.</param>
/// <param name="folder">Where definitions lie.</param>
/// <param name="logger">Told what was made.</param>
internal sealed class DeskStart(IEnumerable<IDeskStartPart> parts, DefinitionPlace folder, ILogger<DeskStart> logger)
{
    /// <summary>Brings in what is missing. One node at a time: entries of a file may depend on one another (<see cref="StartLock"/>).</summary>
    /// <returns>How many things were made.</returns>
    /// <exception cref="StartException">A file is wrong: it is named, with the place and the cure.</exception>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (folder.Find() is not { } definitions || !Directory.Exists(DefinitionPlace.DeskIn(definitions)))
            return 0;

        var made = 0;

        foreach (var part in parts)
            if (Path.Combine(DefinitionPlace.DeskIn(definitions), part.FileName) is var path && File.Exists(path))
                made += await BringAsync(part, path, ct);

        if (made > 0)
            Log.DeskStarted(logger, made);

        return made;
    }

    private static async Task<int> BringAsync(IDeskStartPart part, string path, CancellationToken ct)
    {
        try
        {
            return await part.BringAsync(await File.ReadAllTextAsync(path, ct), Path.GetDirectoryName(path)!, ct);
        }
        catch (JsonException e)
        {
            throw new StartException(
                $"{path}: line {e.LineNumber + 1}, {e.Path ?? "$"}: {e.Message} Correct the file, or take it out of the folder.",
                e
            );
        }
        catch (DeskStartException e)
        {
            throw new StartException($"{path}: {e.Place}: {e.Message} Correct the file, or take it out of the folder.", e);
        }
    }
}

/// <summary>One file of the starter set.</summary>
internal interface IDeskStartPart
{
    /// <summary>Its name in the folder.</summary>
    string FileName { get; }

    /// <summary>Makes what is missing.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="folder">The folder, for files that it names.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many things were made.</returns>
    /// <exception cref="DeskStartException">An entry cannot be used.</exception>
    Task<int> BringAsync(string json, string folder, CancellationToken ct);
}

/// <summary>An entry of the starter set that cannot be used.</summary>
/// <param name="place">Where in the file.</param>
/// <param name="message">Why.</param>
/// <param name="inner">The refusal.</param>
internal sealed class DeskStartException(string place, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Where in the file, as a JSON path.</summary>
    public string Place { get; } = place;
}

/// <summary>How the files of the starter set are read.</summary>
internal static class DeskStartFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    /// <summary>A file with one object.</summary>
    public static T ReadOne<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new DeskStartException("$", "The file is empty.");

    /// <summary>Takes the entries of a file one after the other.</summary>
    /// <returns>How many were made.</returns>
    public static async Task<int> EachAsync<T>(string json, Func<T, Task<bool>> bring)
        where T : class
    {
        var (made, index) = (0, 0);

        foreach (var entry in ReadOne<T?[]>(json))
        {
            var place = $"$[{index++}]";

            try
            {
                if (await bring(entry ?? throw new DeskStartException(place, "The entry is null.")))
                    made++;
            }
            catch (DeskRefusedException e) when (e.Kind != DeskRefusal.Conflict)
            {
                throw new DeskStartException(place, e.Message, e);
            }
            catch (DeskRefusedException)
            {
                // Somebody was faster with the same entry.
            }
        }

        return made;
    }
}
