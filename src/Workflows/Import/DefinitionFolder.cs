using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.CommandLine;

namespace ServiceLoop.Workflows.Import;

/// <summary>A folder with one definition in each file.</summary>
internal sealed class DefinitionFolder
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ElsaJson.MaxDepth,
    };

    // Of one version and one server: in a file they would only make differences.
    private static readonly string[] LeftOut =
    [
        "id",
        "createdAt",
        "publishedAt",
        "note",
        "links",
        "tenantId",
        "providerName",
        "materializerName",
        "materializerContext",
        "isMaterializerAvailable",
    ];

    private readonly string folder;
    private readonly Dictionary<string, DefinitionFile> files = new(StringComparer.Ordinal);

    private DefinitionFolder(string folder) => this.folder = folder;

    /// <summary>The files of a folder and those below it.</summary>
    public static DefinitionFolder Read(string folder)
    {
        var result = new DefinitionFolder(folder);

        foreach (var path in DefinitionPlace.FilesIn(folder))
            if (DefinitionFile.Read(path) is { Definition: { } definition } file)
                result.files.TryAdd(definition.DefinitionId, file);

        return result;
    }

    /// <summary>Writes a version into the file of its line, or a new one.</summary>
    /// <returns>The file; null when it says the same already.</returns>
    public string? Write(DefinitionRow row)
    {
        var definition = StoredDefinition.Read(row);
        var known = files.GetValueOrDefault(row.DefinitionId);

        if (known is { Definition: { } before } && StoredDefinition.AreSame(before, definition))
            return null;

        var path = known?.Path ?? Path.Combine(folder, NameOf(row.DefinitionId));
        File.WriteAllBytes(path, Format(row));
        files[row.DefinitionId] = DefinitionFile.Read(path);
        return path;
    }

    /// <summary>The file form: the stored members in their order, one to a line, with the id of the line first.</summary>
    internal static byte[] Format(DefinitionRow row)
    {
        var stored = (JsonObject)
            JsonNode.Parse(
                row.Content.Span,
                new JsonNodeOptions { PropertyNameCaseInsensitive = true },
                new JsonDocumentOptions { MaxDepth = ElsaJson.MaxDepth }
            )!;
        var file = new JsonObject
        {
            ["definitionId"] = row.DefinitionId,
            ["name"] = stored["name"]?.DeepClone(),
            ["version"] = row.Version,
            ["isLatest"] = true,
            ["isPublished"] = true,
        };

        foreach (var (name, value) in stored)
            if (
                !file.Any(m => m.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                && !LeftOut.Contains(name, StringComparer.OrdinalIgnoreCase)
            )
                file[name] = value?.DeepClone();

        if (file["name"] is null)
            file.Remove("name");

        StorageDrivers.WriteForOthers(file);
        using var buffer = new MemoryStream();

        using (var writer = new Utf8JsonWriter(buffer, Layout))
            file.WriteTo(writer);

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>A name that every file system takes; different ids never give the same.</summary>
    private static string NameOf(string definitionId)
    {
        var name = new StringBuilder();

        foreach (var rune in definitionId.EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or '.')
                name.Append(rune);
            else
                name.Append('~').Append(rune.Value.ToString("x", System.Globalization.CultureInfo.InvariantCulture)).Append('~');

        return name.Append(".json").ToString();
    }
}
