using System.IO.Compression;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
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
        var budget = new Budget();
        var found = new List<WorkflowDefinition>();

        foreach (var file in files)
        {
            await using var stream = file.OpenReadStream();

            if (IsJson(file.FileName))
                found.Add(await ReadAsync(stream, file.FileName, budget, ct));
            else if (Path.GetExtension(file.FileName).Equals(".zip", StringComparison.OrdinalIgnoreCase))
                await ReadZipAsync(stream, file.FileName, found, budget, ct);
            else
                throw Unreadable(file.FileName);
        }

        return found;
    }

    private static async Task ReadZipAsync(
        Stream stream,
        string fileName,
        List<WorkflowDefinition> found,
        Budget budget,
        CancellationToken ct
    )
    {
        ZipArchive archive;

        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IOException)
        {
            // A file of a few bytes is no "invalid data" to it.
            throw new RequestException("import.zip", $"'{fileName}' is not a zip file: {e.Message}");
        }

        using (archive)
            foreach (var entry in archive.Entries)
            {
                // Folders, and what macOS adds.
                if (entry.FullName.EndsWith('/') || entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal))
                    continue;

                var name = $"{fileName}/{entry.FullName}";

                if (!IsJson(entry.FullName))
                    throw Unreadable(name);

                try
                {
                    await using var content = await entry.OpenAsync(ct);
                    found.Add(await ReadAsync(content, name, budget, ct));
                }
                catch (InvalidDataException e)
                {
                    throw new RequestException("import.zip", $"'{name}' cannot be unpacked: {e.Message}");
                }
            }
    }

    private static async Task<WorkflowDefinition> ReadAsync(Stream stream, string name, Budget budget, CancellationToken ct)
    {
        if (++budget.Definitions > MaxDefinitions)
            throw new RequestException("import.too-many", $"More than {MaxDefinitions} definitions in one import. Send them in several.");

        // What a zip says of its sizes is not believed: it is counted while it is read.
        using var buffer = new MemoryStream();
        var chunk = new byte[64 * 1024];

        while (await stream.ReadAsync(chunk, ct) is > 0 and var count)
        {
            budget.Bytes += count;

            if (buffer.Length + count > ElsaJson.MaxBytes)
                throw new RequestException("import.too-large", $"'{name}' has more than {ElsaJson.MaxBytes:N0} bytes.");

            if (budget.Bytes > MaxBytes)
                throw new RequestException(
                    "import.too-large",
                    $"Up to '{name}' it is more than {MaxBytes:N0} bytes, unpacked. Send fewer files at a time."
                );

            buffer.Write(chunk, 0, count);
        }

        try
        {
            return DefinitionDocument.Read(ElsaJson.Read(buffer.ToArray()));
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

    private sealed class Budget
    {
        public int Definitions { get; set; }

        public long Bytes { get; set; }
    }
}
