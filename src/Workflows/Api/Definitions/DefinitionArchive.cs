using System.IO.Compression;
using System.Runtime.CompilerServices;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Files;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Definitions;

/// <summary>Several definitions in one zip file. Nothing is ever unpacked to a disk, and no more than some megabytes to memory.</summary>
internal static class DefinitionArchive
{
    /// <summary>Name of a file with several.</summary>
    public const string FileName = "workflow-definitions.zip";

    /// <summary>Definitions in one import.</summary>
    public const int MaxDefinitions = 1000;

    /// <summary>All of them together, unpacked.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The same versions give the same bytes.</summary>
    private static readonly DateTimeOffset Moment = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Packs versions, in the order of their lines.</summary>
    public static byte[] Write(IEnumerable<DefinitionRow> rows)
    {
        using var buffer = new MemoryStream();

        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var row in rows.OrderBy(r => r.DefinitionId, StringComparer.Ordinal).ThenBy(r => r.Version))
            {
                var entry = archive.CreateEntry(DefinitionDocument.NameOf(row));
                entry.LastWriteTime = Moment;
                using var stream = entry.Open();
                stream.Write(DefinitionDocument.Write(row));
            }

        return buffer.ToArray();
    }

    /// <summary>Reads the definitions in files, each JSON or a zip of JSON. All or nothing.</summary>
    /// <exception cref="RequestException">One is neither, or it is too much.</exception>
    /// <exception cref="WorkflowCompilationException">One is no definition; the place names the file.</exception>
    public static async Task<IReadOnlyList<WorkflowDefinition>> ReadAsync(IFormFileCollection files, CancellationToken ct)
    {
        var found = new List<WorkflowDefinition>();
        var bytes = 0L;

        try
        {
            await foreach (var (name, content) in ContentsAsync(files, ct))
            {
                if (found.Count == MaxDefinitions)
                    throw new RequestException(
                        "import.too-many",
                        $"More than {MaxDefinitions} definitions in one import. Send them in several."
                    );

                if ((bytes += content.Length) > MaxBytes)
                    throw new RequestException(
                        "import.too-large",
                        $"Up to '{name}' it is more than {MaxBytes:N0} bytes, unpacked. Send fewer files at a time."
                    );

                found.Add(Read(name, content));
            }
        }
        catch (SentFileException e)
        {
            throw new RequestException(e.Flaw == FileFlaw.NoZip ? "import.zip" : "import.too-large", e.Message);
        }

        return found;
    }

    private static async IAsyncEnumerable<(string Name, byte[] Content)> ContentsAsync(
        IFormFileCollection files,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        foreach (var file in files)
        {
            await using var stream = file.OpenReadStream();

            if (IsJson(file.FileName))
            {
                yield return (file.FileName, await SentFiles.ReadAsync(stream, file.FileName, ElsaJson.MaxBytes, ct));
                continue;
            }

            if (!Path.GetExtension(file.FileName).Equals(".zip", StringComparison.OrdinalIgnoreCase))
                throw Unreadable(file.FileName);

            using var archive = SentFiles.OpenZip(stream, file.FileName);

            foreach (var entry in archive.Entries)
            {
                // Folders, and what macOS adds.
                if (entry.FullName.EndsWith('/') || entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal))
                    continue;

                var name = $"{file.FileName}/{entry.FullName}";
                yield return IsJson(entry.FullName)
                    ? (name, await SentFiles.ReadAsync(entry, name, ElsaJson.MaxBytes, ct))
                    : throw Unreadable(name);
            }
        }
    }

    private static WorkflowDefinition Read(string name, byte[] content)
    {
        try
        {
            return DefinitionDocument.Read(ElsaJson.Read(content));
        }
        catch (WorkflowCompilationException e)
        {
            throw new WorkflowCompilationException([
                .. e.Errors.Select(x => x with { Path = $"{name}: {x.Path}", Message = $"{name}: {x.Message}" }),
            ]);
        }
    }

    private static bool IsJson(string name) => Path.GetExtension(name).Equals(".json", StringComparison.OrdinalIgnoreCase);

    private static RequestException Unreadable(string name) =>
        new("import.unknown-file", $"'{name}' is neither a .json nor a .zip file of such. Take it out, and send the rest again.");
}
