using System.IO.Compression;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components.Forms;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>What is wrong with a file before it is read as a definition.</summary>
public enum FileFlaw
{
    /// <summary>More bytes than are read.</summary>
    TooLarge,

    /// <summary>More files in it than are read.</summary>
    TooMany,

    /// <summary>Not a zip file, though it is called so.</summary>
    NoZip,
}

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
            using var buffer = new MemoryStream();
            await stream.CopyToAsync(buffer, ct);

            if (!isZip)
                yield return new(file.Name, buffer.ToArray(), null);
            else
                foreach (var inside in Unzip(file.Name, buffer))
                    yield return inside;
        }
    }

    /// <summary>The JSON files in a zip file.</summary>
    /// <param name="name">Name of the zip file.</param>
    /// <param name="zip">Its bytes.</param>
    public static IEnumerable<UploadedFile> Unzip(string name, MemoryStream zip)
    {
        if (Open(zip) is not { } archive)
        {
            yield return new(name, default, FileFlaw.NoZip);
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
                yield return Read($"{name}/{entry.FullName}", entry);
        }
    }

    private static ZipArchive? Open(MemoryStream zip)
    {
        try
        {
            zip.Position = 0;
            return new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Reads no more than a definition may have, whatever the file claims to hold.</summary>
    private static UploadedFile Read(string name, ZipArchiveEntry entry)
    {
        try
        {
            using var stream = entry.Open();
            using var content = new MemoryStream();
            var block = new byte[16 * 1024];

            while (stream.Read(block) is > 0 and var count)
            {
                content.Write(block, 0, count);

                if (content.Length > ElsaJson.MaxBytes)
                    return new(name, default, FileFlaw.TooLarge);
            }

            return new(name, content.ToArray(), null);
        }
        catch (InvalidDataException)
        {
            return new(name, default, FileFlaw.NoZip);
        }
    }
}
