using System.IO.Compression;

namespace ServiceLoop.Runtime.Files;

/// <summary>Reads files that somebody sent, alone or in a zip file: never unpacked to a disk, and never more in memory than is said.</summary>
public static class SentFiles
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>Opens a zip file; the stream stays open.</summary>
    /// <param name="stream">Its bytes.</param>
    /// <param name="name">What people call it.</param>
    /// <exception cref="SentFileException">It is none.</exception>
    public static ZipArchive OpenZip(Stream stream, string name)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        // A file of a few bytes is no "invalid data" to it, but a wrong position.
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IOException)
        {
            throw new SentFileException(FileFlaw.NoZip, $"'{name}' is not a zip file.", e);
        }
    }

    /// <summary>Reads a file of a zip file, whatever the zip file claims to hold.</summary>
    /// <param name="entry">The file.</param>
    /// <param name="name">What people call it.</param>
    /// <param name="most">Most bytes, unpacked.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="SentFileException">It has more, or cannot be unpacked.</exception>
    public static async Task<byte[]> ReadAsync(ZipArchiveEntry entry, string name, int most, CancellationToken ct)
    {
        try
        {
            await using var stream = await entry.OpenAsync(ct);
            return await ReadAsync(stream, name, most, ct);
        }
        catch (InvalidDataException e)
        {
            throw new SentFileException(FileFlaw.NoZip, $"'{name}' cannot be unpacked: {e.Message}", e);
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What people call it.</param>
    /// <param name="most">Most bytes.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="SentFileException">It has more.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, string name, int most, CancellationToken ct)
    {
        using var content = new MemoryStream();
        var block = new byte[BlockBytes];

        while (await stream.ReadAsync(block, ct) is > 0 and var count)
        {
            if (content.Length + count > most)
                throw new SentFileException(FileFlaw.TooLarge, $"'{name}' has more than {most:N0} bytes.");

            content.Write(block, 0, count);
        }

        return content.ToArray();
    }
}

/// <summary>What is wrong with a file before anybody looks into it.</summary>
public enum FileFlaw
{
    /// <summary>More bytes than are read.</summary>
    TooLarge,

    /// <summary>More files in it than are read.</summary>
    TooMany,

    /// <summary>Not a zip file, though it is called so, or a damaged one.</summary>
    NoZip,
}

/// <summary>A file that is not read. The message names it and says why.</summary>
/// <param name="flaw">What is wrong with it.</param>
/// <param name="message">A sentence.</param>
/// <param name="inner">Where it comes from.</param>
public sealed class SentFileException(FileFlaw flaw, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What is wrong with it.</summary>
    public FileFlaw Flaw => flaw;
}
