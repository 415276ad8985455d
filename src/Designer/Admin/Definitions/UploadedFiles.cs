using System.IO.Compression;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components.Forms;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Files;

namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>A file that a browser sent, or one inside a zip file.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Content">Its bytes; none when it has a flaw.</param>
/// <param name="Flaw">What is wrong with it; null for nothing.</param>
public sealed record UploadedFile(string Name, ReadOnlyMemory<byte> Content, FileFlaw? Flaw);

/// <summary>Reads definitions as people send them: JSON files, and zip files of them.</summary>
public static class UploadedFiles
{
    /// <summary>Most bytes of a zip file.</summary>
    public const int MaxZipBytes = 30 * 1024 * 1024;

    /// <summary>Most definitions in one zip file.</summary>
    public const int MaxEntries = 1000;

    /// <summary>The files one after the other; zip files are opened, and what is not JSON in them is passed over.</summary>
    public static async IAsyncEnumerable<UploadedFile> ReadAsync(
        IReadOnlyList<IBrowserFile> files,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        foreach (var file in files)
        {
            var isZip = file.Name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
            var most = isZip ? MaxZipBytes : ElsaJson.MaxBytes;

            if (file.Size > most)
            {
                yield return new(file.Name, default, FileFlaw.TooLarge);
                continue;
            }

            await using var stream = file.OpenReadStream(most, ct);
            var content = await SentFiles.ReadAsync(stream, file.Name, most, ct);

            if (!isZip)
                yield return new(file.Name, content, null);
            else
                await foreach (var inside in UnzipAsync(file.Name, new MemoryStream(content), ct))
                    yield return inside;
        }
    }

    /// <summary>The JSON files in a zip file; one that is none, or holds too many, is told as such.</summary>
    /// <param name="name">Name of the zip file.</param>
    /// <param name="zip">Its bytes.</param>
    /// <param name="ct">Cancels.</param>
    public static async IAsyncEnumerable<UploadedFile> UnzipAsync(
        string name,
        MemoryStream zip,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var (archive, flaw) = Open(name, zip);

        if (archive is null)
        {
            yield return new(name, default, flaw);
            yield break;
        }

        using (archive)
        {
            var entries = archive.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).ToList();

            if (entries.Count > MaxEntries)
            {
                yield return new(name, default, FileFlaw.TooMany);
                yield break;
            }

            foreach (var entry in entries)
                yield return await ReadAsync($"{name}/{entry.FullName}", entry, ct);
        }
    }

    private static (ZipArchive? Archive, FileFlaw? Flaw) Open(string name, MemoryStream zip)
    {
        try
        {
            return (SentFiles.OpenZip(zip, name), null);
        }
        catch (SentFileException e)
        {
            return (null, e.Flaw);
        }
    }

    private static async Task<UploadedFile> ReadAsync(string name, ZipArchiveEntry entry, CancellationToken ct)
    {
        try
        {
            return new(name, await SentFiles.ReadAsync(entry, name, ElsaJson.MaxBytes, ct), null);
        }
        catch (SentFileException e)
        {
            return new(name, default, e.Flaw);
        }
    }
}
